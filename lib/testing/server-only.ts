// Stands in for the package server-only, which throws wherever React does not set its condition: vitest and the command line.
export {}

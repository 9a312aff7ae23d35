/** Tailwind 4; its tokens are in app/globals.css. */
export default { plugins: { '@tailwindcss/postcss': {} } }

/** Why the port cannot be had, and what to do, for the person at the terminal. */

/** @typedef {{ problem: string, remedy: string }} StartFault */

/**
 * @param {NodeJS.ErrnoException} error
 * @param {string} host
 * @param {number} port
 * @returns {StartFault}
 */
export function explainListenError(error, host, port) {
  if (error.code === 'EADDRINUSE') {
    return {
      problem: `Port ${port} on ${host} is in use by another program.`,
      remedy: `Stop that program, or choose another port: PORT=${port + 1}.`,
    }
  }
  if (error.code === 'EACCES') {
    return {
      problem: `This user may not open port ${port}.`,
      remedy: 'Choose a port above 1023 with PORT, behind a reverse proxy if need be.',
    }
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return {
      problem: `${host} is not an address of this machine.`,
      remedy: 'Set HOST to 127.0.0.1, or to 0.0.0.0 for every interface.',
    }
  }
  return { problem: `Cannot listen on ${host}:${port} (${error.code}).`, remedy: 'Choose others with HOST and PORT.' }
}

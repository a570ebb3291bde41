/** Unix sockets, and the pipes of Windows that are there instead. */

export const isWindows = process.platform === "win32";

/** What a client connects to when the server's `unixsocket` is `path`. */
export function clientPath(path: string): string {
  return isWindows ? `\\\\.\\pipe\\${path}` : path;
}

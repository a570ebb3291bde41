/** The addresses of a connection's two ends, as CLIENT LIST shows them. */
import type net from "node:net";
import type { Ends } from "./network.js";
import type { EndName, StreamHandle } from "./socket-internals.js";

/** Asked of the handle, since a socket keeps what it was asked. A peer that was gone before it was accepted has no address. */
export function handleEnds(handle: StreamHandle): Ends {
  const peer: EndName = {};
  const local: EndName = {};
  handle.getpeername?.(peer);
  handle.getsockname?.(local);
  return tcpEnds(peer.address, peer.port, local.address, local.port);
}

export function socketEnds({ remoteAddress, remotePort, localAddress, localPort }: net.Socket): Ends {
  return tcpEnds(remoteAddress, remotePort, localAddress, localPort);
}

export function unixEnds(path: string): Ends {
  return { peerHost: "", peerAddress: `${path}:0`, localAddress: `${path}:0`, isUnixSocket: true };
}

function tcpEnds(
  peer: string | undefined,
  peerPort: number | undefined,
  local: string | undefined,
  port?: number,
): Ends {
  return {
    peerHost: peer ?? "",
    peerAddress: addressOf(peer, peerPort),
    localAddress: addressOf(local, port),
    isUnixSocket: false,
  };
}

/** "address:port" */
function addressOf(host: string | undefined, port: number | undefined): string {
  if (host === undefined) return "?:0";
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What the system knows a Unix socket by: on Windows, which has none among its files, a pipe of that name. */
export function systemPath(path: string): string {
  return process.platform !== "win32" || /^[\\/]{2}[.?][\\/]pipe[\\/]/i.test(path) ? path : `\\\\.\\pipe\\${path}`;
}

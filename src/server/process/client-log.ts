/** What the log says about a connection that ended, in Redis' words where it has some. */
import type { Log } from "./log.js";

/** How the reason begins why a connection was closed before its TLS handshake was done. */
const HANDSHAKE = "handshake: ";

/** Who it was: its addresses, and all that is known of it. */
interface ClosedClient {
  readonly peerAddress: string;
  readonly localAddress: string;
  describe(): string;
}

export function logClosed(log: Log, reason: string, client: ClosedClient): void {
  if (reason.startsWith(HANDSHAKE)) {
    const { peerAddress, localAddress } = client;
    const problem = reason.slice(HANDSHAKE.length);
    log.warning(`Error accepting a client connection: ${problem} (addr=${peerAddress} laddr=${localAddress})`);
  } else if (log.isOn("verbose")) log.verbose(closingMessage(reason, client.describe()));
}

function closingMessage(reason: string, client: string): string {
  if (reason === "end") return `Client closed connection ${client}`;
  if (reason === "idle timeout") return "Closing idle client";
  return /^E[A-Z]+$/.test(reason)
    ? `Reading from client: ${reason} ${client}`
    : `Closed connection (${reason}) ${client}`;
}

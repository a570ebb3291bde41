/** Who may become a client: not more than `maxclients`, and in protected mode nobody from elsewhere. */
import type { ByteStream } from "../../platform/network.js";

const MAX_CLIENTS_ERROR = "-ERR max number of clients reached\r\n";

const PROTECTED_MODE_ERROR =
  "-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default " +
  "user. In this mode connections are only accepted from the loopback interface. If you want to connect from external " +
  "computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode sending the command " +
  "'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the same host the server is " +
  "running, however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make " +
  "this change permanent. 2) Alternatively you can just disable the protected mode by editing the Redis configuration " +
  "file, and setting the protected mode option to 'no', and then restarting the server. 3) If you started the server " +
  "manually just for testing, restart it with the '--protected-mode no' option. 4) Setup an authentication password for " +
  "the default user. NOTE: You only need to do one of the above things in order for the server to start accepting " +
  "connections from the outside.\r\n";

/** What the decision depends on. */
export interface Admission {
  clientCount: number;
  maxClients: number;
  /** `protected-mode` is on, and the default user has no password. */
  isProtected: boolean;
}

/**
 * Takes in nobody it should not: tells such a peer why and ends its stream. True when the peer may come in.
 */
export function admits(stream: ByteStream, { clientCount, maxClients, isProtected }: Admission): boolean {
  const { peerHost, isUnixSocket } = stream.ends;
  // A peer that was gone before it was accepted has no address.
  if (peerHost === "" && !isUnixSocket) {
    stream.destroy();
    return false;
  }
  if (clientCount >= maxClients) {
    refuse(stream, MAX_CLIENTS_ERROR);
    return false;
  }
  if (!isProtected || isUnixSocket || isLoopback(peerHost)) return true;
  refuse(stream, PROTECTED_MODE_ERROR);
  return false;
}

/** No handshake is made only to refuse a client: nobody counts those who wait for one. */
function refuse(stream: ByteStream, error: string): void {
  if (stream.isEncrypted) return stream.destroy();
  stream.write(Buffer.from(error));
  stream.end();
}

/** As Redis has it for protected mode: any 127.x.x.x, where "local" elsewhere (`isLocal`) means 127.0.0.1. */
function isLoopback(host: string): boolean {
  return host.startsWith("127.") || host === "::1" || host.startsWith("::ffff:127.");
}

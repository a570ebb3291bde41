/** Servers with a TLS port, and raw connections to them. */
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { createServer } from "../../src/index.js";
import { Authority, type Certificate, pem } from "./certificates.js";
import { embeddedServer } from "./embedded.js";
import { freePort } from "./ports.js";
import { RespConnection } from "./resp-connection.js";
import { makeTemporaryDirectory, type Scope } from "./temporary-directory.js";
import { once } from "./time-limit.js";

/** Options of a client's socket. */
type SocketOptions = ConnectionOptions & { allowHalfOpen?: boolean };

/** What the tests of a file share: an authority, who it knows and whom it does not. */
export interface Identities {
  readonly authority: Authority;
  readonly server: Certificate;
  readonly client: Certificate;
  /** Of another authority. */
  readonly strangerAuthority: Authority;
  readonly stranger: Certificate;
  readonly directory: string;
  remove(): void;
}

/** Identities for one test, gone with it. */
export function identitiesFor(scope: Scope): Identities {
  const identities = makeIdentities();
  scope.after(() => identities.remove());
  return identities;
}

/** Identities for many tests; who makes them removes them. */
export function makeIdentities(): Identities {
  const { path, remove } = makeTemporaryDirectory();
  const authority = new Authority(path);
  const strangerAuthority = new Authority(path, "other-ca");
  return {
    authority,
    server: authority.issue("server-one"),
    client: authority.issue("client"),
    strangerAuthority,
    stranger: strangerAuthority.issue("stranger"),
    directory: path,
    remove,
  };
}

/** A server with both ports, and how to get a connection to the one with TLS. */
interface TlsServer {
  readonly plainPort: number;
  readonly tlsPort: number;
  /** A plain connection. */
  plain(): Promise<RespConnection>;
  /** A connection with TLS, with a client's certificate if one is given. Rejects when the handshake fails. */
  secure(certificate?: Certificate | null, options?: SocketOptions): Promise<RespConnection>;
  /** The same without RESP: a client of bytes. */
  socket(certificate?: Certificate | null, options?: SocketOptions): Promise<TLSSocket>;
  /** The certificate that the server shows to new connections. */
  shownName(): Promise<string>;
}

/** Starts an embedded server that asks clients for no certificate, unless `options` say otherwise. */
export async function tlsServer(
  scope: Scope,
  identities: Identities = identitiesFor(scope),
  options: Parameters<typeof createServer>[0] = {},
): Promise<TlsServer> {
  const tlsPort = await freePort();
  const { server, connect: plain } = await embeddedServer(scope, {
    "tls-port": tlsPort,
    "tls-cert-file": identities.server.cert,
    "tls-key-file": identities.server.key,
    "tls-ca-cert-file": identities.authority.cert,
    "tls-auth-clients": "no",
    ...options,
  });
  const socket: TlsServer["socket"] = async (certificate = null, socketOptions = {}) => {
    const opened = await secureSocket(tlsPort, identities.authority, certificate, socketOptions);
    scope.after(() => void opened.destroy());
    return opened;
  };
  const secure: TlsServer["secure"] = async (...args) => RespConnection.over(await socket(...args));
  return {
    plainPort: server.port,
    tlsPort,
    plain: () => plain(),
    secure,
    socket,
    async shownName() {
      const connection = await secure();
      const name = (connection.socket as TLSSocket).getPeerCertificate().subject.CN;
      await connection.close();
      return String(name);
    },
  };
}

/** A TLS socket whose handshake is done as far as the client can tell. */
export async function secureSocket(
  port: number,
  authority: Authority,
  certificate: Certificate | null = null,
  options: SocketOptions = {},
): Promise<TLSSocket> {
  const own = certificate === null ? {} : { cert: pem(certificate.cert), key: pem(certificate.key) };
  const socket = connect({ host: "127.0.0.1", port, ca: pem(authority.cert), ...own, ...options });
  await once(socket, "secureConnect");
  return socket;
}

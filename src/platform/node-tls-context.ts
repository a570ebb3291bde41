/** Makes TLS contexts with node:tls, which is loaded when the first one is made. */
import type { SecureContext } from "node:tls";
import { TLS_VERSIONS, type TlsContext, TlsError, type TlsSettings, type TlsVersion } from "./tls.js";

/** A context of Node. */
export class NodeTlsContext implements TlsContext {
  constructor(
    readonly secure: SecureContext,
    readonly versions: readonly TlsVersion[],
  ) {}
}

/** For sessions to be resumed only here. */
const SESSION_ID_CONTEXT = "redis";
/** What OpenSSL offers when nothing is said. */
const DEFAULT_CIPHERS = "DEFAULT";
const DEFAULT_CIPHER_SUITES = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";

/** Parameters in PEM, a sequence in DER; Node passes over what is none. */
const DH_PARAMS = /-----BEGIN DH PARAMETERS-----\s+M[A-Za-z0-9+/=\s]+-----END DH PARAMETERS-----/;

/** Node's module, without a cost for those who do not use it. */
export function loadTls(): typeof import("node:tls") {
  return process.getBuiltinModule("node:tls");
}

/** Throws a TlsError. */
export function createTlsContext(settings: TlsSettings): NodeTlsContext {
  const { createSecureContext } = loadTls();
  // One thing after the other, so that an error says which of them it is about.
  const make = (part: TlsError["part"], options: Parameters<typeof createSecureContext>[0]): SecureContext => {
    try {
      return createSecureContext({ ca: [], ...options });
    } catch (error) {
      throw new TlsError(part, reasonOf(error));
    }
  };
  const { cert, key, authorities: ca } = settings;
  const passphrase = settings.passphrase ?? undefined;
  make("cert", { cert });
  make("key", { cert, key, passphrase });
  make("authorities", { ca: [...ca] });
  if (settings.dhParams !== null && !DH_PARAMS.test(settings.dhParams)) throw new TlsError("dhParams", "not in PEM");
  make("dhParams", { dhparam: settings.dhParams ?? undefined });
  const suites = settings.cipherSuites ?? DEFAULT_CIPHER_SUITES;
  const ciphers = settings.ciphers ?? DEFAULT_CIPHERS;
  // The list in Node has both kinds, told apart by their first letters.
  make("cipherSuites", { ciphers: checkedSuites(suites) });
  make("ciphers", { ciphers: `${DEFAULT_CIPHER_SUITES}:${ciphers}` });
  const secure = make("other", {
    cert,
    key,
    passphrase,
    ca: [...ca],
    // OpenSSL chooses what fits the key.
    dhparam: settings.dhParams ?? "auto",
    ciphers: `${suites}:${ciphers}`,
    ...versionRange(settings.versions),
    secureOptions: secureOptions(settings),
    sessionIdContext: SESSION_ID_CONTEXT,
    sessionTimeout: settings.sessionSeconds ?? 0,
  });
  return new NodeTlsContext(secure, settings.versions);
}

function checkedSuites(suites: string): string {
  if (suites.split(":").every((suite) => suite.startsWith("TLS_"))) return suites;
  throw new TlsError("cipherSuites", "no such suite");
}

function versionRange(versions: readonly TlsVersion[]): { minVersion: TlsVersion; maxVersion: TlsVersion } {
  const used = TLS_VERSIONS.filter((version) => versions.includes(version));
  return { minVersion: used[0]!, maxVersion: used.at(-1)! };
}

function secureOptions({ versions, prefersServerCiphers, sessionSeconds }: TlsSettings): number {
  const { constants } = process.getBuiltinModule("node:crypto");
  let options = constants.SSL_OP_NO_COMPRESSION | constants.SSL_OP_NO_RENEGOTIATION;
  if (prefersServerCiphers) options |= constants.SSL_OP_CIPHER_SERVER_PREFERENCE;
  if (sessionSeconds === null) options |= constants.SSL_OP_NO_TICKET;
  if (!versions.includes("TLSv1.1")) options |= constants.SSL_OP_NO_TLSv1_1;
  if (!versions.includes("TLSv1.2")) options |= constants.SSL_OP_NO_TLSv1_2;
  return options;
}

/** OpenSSL's reason without Node's words around it. */
function reasonOf(error: unknown): string {
  const { reason, message } = error as { reason?: string; message: string };
  return reason ?? message;
}

/** What a server says about TLS: the settings of a context, and what a listener accepts with. */

/** Whether clients have to show a certificate that one of the authorities has signed. */
export type ClientCertificates = "no" | "optional" | "yes";

/** Versions of the protocol, oldest first. */
export const TLS_VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;

export type TlsVersion = (typeof TLS_VERSIONS)[number];

/** What a context is made from. Certificates and keys are texts in PEM. */
export interface TlsSettings {
  /** The server's certificate, followed by those between it and the authority. */
  readonly cert: string;
  readonly key: string;
  /** Opens an encrypted key; null when there is none. */
  readonly passphrase: string | null;
  /** Authorities for the certificates of clients; no others are trusted. */
  readonly authorities: readonly string[];
  readonly dhParams: string | null;
  /** In no order; at least one. */
  readonly versions: readonly TlsVersion[];
  /** OpenSSL's lists for up to TLS 1.2 and for TLS 1.3; null takes OpenSSL's own. */
  readonly ciphers: string | null;
  readonly cipherSuites: string | null;
  readonly prefersServerCiphers: boolean;
  /** Seconds for which a client may resume a session; null when it may not. */
  readonly sessionSeconds: number | null;
}

/** Certificate, key and rules, ready for connections. Its inside is the platform's. */
export interface TlsContext {
  readonly versions: readonly TlsVersion[];
}

/** Thrown for settings no context can be made from: `part` is what is wrong. */
export class TlsError extends Error {
  constructor(
    readonly part: "cert" | "key" | "authorities" | "ciphers" | "cipherSuites" | "dhParams" | "other",
    reason: string,
  ) {
    super(reason);
    this.name = "TlsError";
  }
}

/** What a connection is accepted with. */
export interface TlsAcceptance {
  readonly context: TlsContext;
  readonly clientCertificates: ClientCertificates;
}

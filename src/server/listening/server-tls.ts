/** The server's TLS: its context made from the directives, made anew when they change, and what connections are accepted with. */
import type { Files } from "../../platform/files.js";
import type { Network } from "../../platform/network.js";
import {
  TLS_VERSIONS,
  type TlsAcceptance,
  type TlsContext,
  TlsError,
  type TlsSettings,
  type TlsVersion,
} from "../../platform/tls.js";
import { native } from "../config/config-files.js";
import type { ConfigStore } from "../config/config-store.js";
import type { DirectiveName } from "../config/directive-table.js";
import type { Log } from "../process/log.js";

export interface ServerTlsParts {
  readonly config: ConfigStore;
  readonly files: Files;
  readonly network: Network;
  readonly log: Log;
}

/** What a context is made from. */
const CONTEXT_DIRECTIVES: readonly DirectiveName[] = [
  "tls-cert-file",
  "tls-key-file",
  "tls-key-file-pass",
  "tls-client-cert-file",
  "tls-client-key-file",
  "tls-client-key-file-pass",
  "tls-dh-params-file",
  "tls-ca-cert-file",
  "tls-ca-cert-dir",
  "tls-protocols",
  "tls-ciphers",
  "tls-ciphersuites",
  "tls-prefer-server-ciphers",
  "tls-session-caching",
  "tls-session-cache-size",
  "tls-session-cache-timeout",
  "tls-replication",
  "tls-cluster",
];

/** A certificate in PEM. */
const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;
/** The names OpenSSL looks for in a directory of authorities: a hash and a number. */
const HASHED_NAMES = "[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f].[0-9]*";
const DEFAULT_VERSIONS: readonly TlsVersion[] = ["TLSv1.2", "TLSv1.3"];

const UPDATE_PROBLEM = "Unable to update TLS configuration. Check server logs.";

/** Why there is no context, worded for the log. */
class TlsProblem extends Error {}

export class ServerTls {
  readonly #parts: ServerTlsParts;
  #context: TlsContext | null = null;

  constructor(parts: ServerTlsParts) {
    this.#parts = parts;
  }

  /** What the next connection is accepted with. */
  acceptance(): TlsAcceptance {
    if (this.#context === null) throw new Error("TLS was not started");
    return { context: this.#context, clientCertificates: this.#parts.config.get("tls-auth-clients") };
  }

  /** Makes the context if the server has a TLS port. Throws an Error when that fails; the log says why. */
  start(): void {
    if (!this.#isUsed() || this.#update()) return;
    const problem = "Failed to configure TLS. Check logs for more info.";
    this.#parts.log.warning(problem);
    throw new Error(problem);
  }

  /** Follows CONFIG SET: what cannot be used is refused, and the old context stays. */
  follow(): void {
    const { config } = this.#parts;
    config.onChangeOf(CONTEXT_DIRECTIVES, () => (this.#isUsed() && !this.#update() ? UPDATE_PROBLEM : null));
    config.onChange("tls-port", (port) => (port !== 0 && !this.#update() ? UPDATE_PROBLEM : null));
    // Sessions of clients that did not have to show a certificate end with the context.
    config.onChange("tls-auth-clients", () => {
      if (this.#isUsed()) this.#update({ needsAuthorities: false });
      return null;
    });
  }

  #isUsed(): boolean {
    const { config } = this.#parts;
    return config.get("tls-port") !== 0 || config.get("tls-replication") || config.get("tls-cluster");
  }

  #update({ needsAuthorities = true } = {}): boolean {
    try {
      this.#context = this.#parts.network.createTlsContext(this.#settings(needsAuthorities));
      return true;
    } catch (error) {
      if (error instanceof TlsError) this.#parts.log.warning(this.#describe(error));
      else if (error instanceof TlsProblem) this.#parts.log.warning(error.message);
      else throw error;
      return false;
    }
  }

  #settings(needsAuthorities: boolean): TlsSettings {
    const { config } = this.#parts;
    if (config.text("tls-cert-file") === "") throw new TlsProblem("No tls-cert-file configured!");
    if (config.text("tls-key-file") === "") throw new TlsProblem("No tls-key-file configured!");
    const hasAuthorities = config.text("tls-ca-cert-file") !== "" || config.text("tls-ca-cert-dir") !== "";
    const checksPeers =
      config.get("tls-auth-clients") !== "no" || config.get("tls-cluster") || config.get("tls-replication");
    if (needsAuthorities && checksPeers && !hasAuthorities) {
      throw new TlsProblem(
        "Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-cluster, tls-replication or " +
          "tls-auth-clients are enabled!",
      );
    }
    const versions = parseVersions(config.text("tls-protocols"));
    return {
      cert: this.#read("tls-cert-file", "Failed to load certificate: "),
      key: this.#read("tls-key-file", "Failed to load private key: "),
      passphrase: native(config.text("tls-key-file-pass")) || null,
      authorities: this.#authorities(),
      dhParams: config.text("tls-dh-params-file") === "" ? null : this.#read("tls-dh-params-file", "Failed to load "),
      versions,
      ciphers: config.text("tls-ciphers") || null,
      cipherSuites: config.text("tls-ciphersuites") || null,
      prefersServerCiphers: config.get("tls-prefer-server-ciphers"),
      sessionSeconds: config.get("tls-session-caching") ? config.get("tls-session-cache-timeout") : null,
    };
  }

  #authorities(): string[] {
    const { config, files } = this.#parts;
    const texts: string[] = [];
    if (config.text("tls-ca-cert-file") !== "") {
      const text = this.#read("tls-ca-cert-file", "Failed to configure CA certificate(s) file/directory: ");
      if (!CERTIFICATE.test(text)) {
        throw new TlsProblem("Failed to configure CA certificate(s) file/directory: no certificate found");
      }
      texts.push(text);
    }
    if (config.text("tls-ca-cert-dir") === "") return texts;
    for (const path of files.glob(HASHED_NAMES, this.#path("tls-ca-cert-dir"))) {
      try {
        const text = files.readText(path);
        if (CERTIFICATE.test(text)) texts.push(text);
      } catch {
        // As for OpenSSL, a certificate that cannot be read is one that is not there.
      }
    }
    return texts;
  }

  #read(directive: DirectiveName, problem: string): string {
    try {
      return this.#parts.files.readText(this.#path(directive));
    } catch (error) {
      throw new TlsProblem(`${problem}${this.#parts.config.text(directive)}: ${(error as Error).message}`);
    }
  }

  #path(directive: DirectiveName): string {
    const { config, files } = this.#parts;
    return files.absolute(native(config.text(directive)), native(config.get("dir")));
  }

  #describe({ part, message }: TlsError): string {
    const { config } = this.#parts;
    switch (part) {
      case "cert":
        return `Failed to load certificate: ${config.text("tls-cert-file")}: ${message}`;
      case "key":
        return `Failed to load private key: ${config.text("tls-key-file")}: ${message}`;
      case "authorities":
        return `Failed to configure CA certificate(s) file/directory: ${message}`;
      case "ciphers":
        return `Failed to configure ciphers: ${config.text("tls-ciphers")}`;
      case "cipherSuites":
        return `Failed to configure ciphersuites: ${config.text("tls-ciphersuites")}`;
      case "dhParams":
        return `${config.text("tls-dh-params-file")}: failed to read DH params.`;
      default:
        return `Failed to configure TLS: ${message}`;
    }
  }
}

/** The versions a text names, separated by single spaces; empty means the usual ones. */
function parseVersions(text: string): readonly TlsVersion[] {
  if (text === "") return DEFAULT_VERSIONS;
  return text.split(" ").map((name) => {
    const version = TLS_VERSIONS.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    if (version !== undefined) return version;
    throw new TlsProblem(
      "Invalid tls-protocols specified. Use a combination of 'TLSv1', 'TLSv1.1', 'TLSv1.2' and 'TLSv1.3'.",
    );
  });
}

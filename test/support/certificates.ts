/** Certificates for tests of TLS, made with the command openssl. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Paths of a certificate and its key, both in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority whose certificates are in one directory. */
export class Authority {
  readonly #directory: string;
  readonly #name: string;
  /** The path of its own certificate. */
  readonly cert: string;

  constructor(directory: string, name = "ca") {
    this.#directory = directory;
    this.#name = name;
    this.cert = join(directory, `${name}.crt`);
    openssl("req", "-x509", ...NEW_KEY, "-keyout", this.#key, "-out", this.cert, "-subj", `/CN=${name}`, "-days", "7");
  }

  /** A certificate for 127.0.0.1 and localhost; `commonName` tells it from others. */
  issue(commonName: string): Certificate {
    const at = (extension: string): string => join(this.#directory, `${commonName}.${extension}`);
    const { cert, key } = { cert: at("crt"), key: at("key") };
    writeFileSync(at("ext"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
    openssl("req", "-new", ...NEW_KEY, "-keyout", key, "-out", at("csr"), "-subj", `/CN=${commonName}`);
    const signing = ["-CA", this.cert, "-CAkey", this.#key, "-CAcreateserial", "-days", "7", "-extfile", at("ext")];
    openssl("x509", "-req", "-in", at("csr"), "-out", cert, ...signing);
    return { cert, key };
  }

  get #key(): string {
    return join(this.#directory, `${this.#name}.key`);
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Writes a copy of a key that only `passphrase` opens; returns its path. */
export function encryptedKey(key: string, passphrase: string): string {
  const path = `${key}.encrypted`;
  openssl("pkey", "-in", key, "-out", path, "-aes256", "-passout", `pass:${passphrase}`);
  return path;
}

/** The name under which OpenSSL looks for an authority in a directory, e.g. "6a8e5f2b.0". */
export function hashedName(cert: string): string {
  return `${openssl("x509", "-in", cert, "-noout", "-subject_hash").trim()}.0`;
}

/** The text of a file in PEM. */
export function pem(path: string): string {
  return readFileSync(path, "latin1");
}

function openssl(...args: string[]): string {
  return execFileSync("openssl", args, { encoding: "latin1", stdio: ["ignore", "pipe", "ignore"] });
}

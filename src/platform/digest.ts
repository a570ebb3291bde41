/**
 * What passwords need of cryptography. Behind the platform because node:crypto takes 4 ms of a start to load (Node 20.20),
 * which a server without passwords saves.
 */

/** Hashes, and compares what was hashed. */
export interface Digest {
  /** The 32 bytes of SHA-256. */
  sha256(bytes: Uint8Array): Uint8Array;
  /** True when two digests of the same length are equal; takes the same time whatever they hold. */
  areEqual(a: Uint8Array, b: Uint8Array): boolean;
}

/** Node's own cryptography, loaded when it is first needed. */
export class NodeDigest implements Digest {
  sha256(bytes: Uint8Array): Uint8Array {
    return process.getBuiltinModule("node:crypto").hash("sha256", bytes, "buffer");
  }

  areEqual(a: Uint8Array, b: Uint8Array): boolean {
    return process.getBuiltinModule("node:crypto").timingSafeEqual(a, b);
  }
}

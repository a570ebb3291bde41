/**
 * The digest of the data set as Redis defines it, so that two servers can be compared: SHA-1 of each key with its value, joined so
 * that the order of keys does not matter.
 *
 *     xor(d, x)   d ^= SHA1(x)
 *     mix(d, x)   xor(d, x), then d = SHA1(d)
 *     value(d)    mix(type as 4 bytes), mix(text), and xor("!!expire!!") when the key expires
 *     data set    for each database that has keys: mix(index as 4 bytes), then xor(d) of each key's own digest
 */
import { SHA1_BYTES, Sha1 } from "../../../bytes/sha1.js";
import { type Database, StringView } from "../../../keyspace/database.js";
import type { Keyspace } from "../../../keyspace/keyspace.js";
import { EntryView, ValueType } from "../../../structures/entry.js";

const EXPIRE_MARK = new TextEncoder().encode("!!expire!!");

export class DataDigest {
  readonly #sha1 = new Sha1();
  readonly #hash = new Uint8Array(SHA1_BYTES);
  readonly #number = new Uint8Array(4);
  readonly #entry = new EntryView();
  readonly #value = new StringView();

  /** The digest of all databases, in hexadecimal. */
  ofAll(keyspace: Keyspace): string {
    const total = new Uint8Array(SHA1_BYTES);
    const digest = new Uint8Array(SHA1_BYTES);
    const entry = this.#entry;
    for (const db of keyspace.used()) {
      if (db.size === 0) continue;
      this.#mixNumber(total, db.index);
      db.each((ref) => {
        digest.fill(0);
        db.loadEntry(ref, entry);
        this.#mix(digest, entry.segment.u8, entry.keyOffset, entry.keyLength);
        this.#mixValue(digest, db, ref);
        this.#xor(total, digest, 0, SHA1_BYTES);
      });
    }
    return hex(total);
  }

  /** The digest of one value, in hexadecimal; zeros when there is no such entry (0). */
  ofValue(db: Database, ref: number): string {
    const digest = new Uint8Array(SHA1_BYTES);
    if (ref !== 0) this.#mixValue(digest, db, ref);
    return hex(digest);
  }

  #mixValue(digest: Uint8Array, db: Database, ref: number): void {
    const type = db.type(ref);
    this.#mixNumber(digest, type);
    if (type === ValueType.STRING) {
      const value = this.#value;
      db.loadString(ref, value);
      this.#mix(digest, value.region.u8, value.offset, value.length);
    }
    if (db.expireAt(ref) !== 0) this.#xor(digest, EXPIRE_MARK, 0, EXPIRE_MARK.length);
  }

  #mixNumber(digest: Uint8Array, number: number): void {
    const bytes = this.#number;
    bytes[0] = number >>> 24;
    bytes[1] = number >>> 16;
    bytes[2] = number >>> 8;
    bytes[3] = number;
    this.#mix(digest, bytes, 0, 4);
  }

  #mix(digest: Uint8Array, u8: Uint8Array, offset: number, length: number): void {
    this.#xor(digest, u8, offset, length);
    this.#sha1.digest(digest, 0, SHA1_BYTES, digest);
  }

  #xor(digest: Uint8Array, u8: Uint8Array, offset: number, length: number): void {
    const hash = this.#hash;
    this.#sha1.digest(u8, offset, length, hash);
    for (let i = 0; i < SHA1_BYTES; i++) digest[i]! ^= hash[i]!;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/**
 * The digest of the data set as Redis defines it, so that two servers can be compared: SHA-1 of each key with its value, joined so
 * that the order of keys does not matter.
 *
 *     xor(d, x)   d ^= SHA1(x)
 *     mix(d, x)   xor(d, x), then d = SHA1(d)
 *     value(d)    mix(type as 4 bytes), the value, and xor("!!expire!!") when the key expires
 *                 a string is mix(text); a list mix(element) of each; a set xor(member) of each; a hash xor(e) of each field,
 *                 where e is mix(field), mix(value), and xor("!!hexpire!!") when the field expires;
 *                 a stream mix("ms.seq"), then mix(field), mix(value), of each entry
 *     data set    for each database that has keys: mix(index as 4 bytes), then xor(d) of each key's own digest
 */
import { formatDouble } from "../../../bytes/double.js";
import { formatShortest } from "../../../bytes/grisu.js";
import { SHA1_BYTES, Sha1 } from "../../../bytes/sha1.js";
import { idText } from "../../../datatypes/stream-id.js";
import { type Database, StringView } from "../../../keyspace/database.js";
import type { Keyspace } from "../../../keyspace/keyspace.js";
import { OpenValue, type OpenView } from "../../../keyspace/open-value.js";
import { EntryView, ValueType } from "../../../structures/entry/entry.js";

const EXPIRE_MARK = new TextEncoder().encode("!!expire!!");
const FIELD_EXPIRE_MARK = new TextEncoder().encode("!!hexpire!!");

export class DataDigest {
  readonly #sha1 = new Sha1();
  readonly #hash = new Uint8Array(SHA1_BYTES);
  readonly #number = new Uint8Array(4);
  readonly #entry = new EntryView();
  readonly #value = new StringView();
  /** The collection being read, and the digest of one of its elements. */
  readonly #view: OpenView = new OpenValue();
  readonly #element = new Uint8Array(SHA1_BYTES);

  constructor(readonly keyspace: Keyspace) {}

  /** The digest of all databases, in hexadecimal. */
  ofAll(): string {
    const total = new Uint8Array(SHA1_BYTES);
    const digest = new Uint8Array(SHA1_BYTES);
    const entry = this.#entry;
    for (const db of this.keyspace.used()) {
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
    if (type === ValueType.LIST) this.#mixList(digest, db, ref);
    if (type === ValueType.SET) this.#mixSet(digest, db, ref);
    if (type === ValueType.HASH) this.#mixHash(digest, db, ref);
    if (type === ValueType.STREAM) this.#mixStream(digest, db, ref);
    if (type === ValueType.ZSET) this.#mixSortedSet(digest, db, ref);
    if (db.expireAt(ref) !== 0) this.#xor(digest, EXPIRE_MARK, 0, EXPIRE_MARK.length);
  }

  #mixList(digest: Uint8Array, db: Database, ref: number): void {
    const { lists } = this.keyspace.types;
    db.read(ref, this.#view);
    lists.each(this.#view, ({ region, offset, length }) => this.#mix(digest, region.u8, offset, length));
  }

  #mixSet(digest: Uint8Array, db: Database, ref: number): void {
    const { cursor } = this.keyspace.types.sets;
    db.read(ref, this.#view);
    cursor.open(this.#view);
    while (cursor.next()) this.#xor(digest, cursor.member.region.u8, cursor.member.offset, cursor.member.length);
  }

  #mixHash(digest: Uint8Array, db: Database, ref: number): void {
    const { hashes } = this.keyspace.types;
    const view = this.#view;
    const element = this.#element;
    db.read(ref, view);
    hashes.each(view, (field, value) => {
      element.fill(0);
      this.#mix(element, field.region.u8, field.offset, field.length);
      this.#mix(element, value.region.u8, value.offset, value.length);
      if (hashes.expireAt(view, field.region, field.offset, field.length) > 0)
        this.#xor(element, FIELD_EXPIRE_MARK, 0, FIELD_EXPIRE_MARK.length);
      this.#xor(digest, element, 0, SHA1_BYTES);
    });
  }

  #mixStream(digest: Uint8Array, db: Database, ref: number): void {
    const { streams } = this.keyspace.types;
    const { iterator } = streams;
    db.read(ref, this.#view);
    iterator.start(streams.rootOf(streams.headOf(this.#view.segment, this.#view.offset)), null, null, false);
    while (iterator.next()) {
      const id = Buffer.from(idText(iterator.id).replace("-", "."));
      this.#mix(digest, id, 0, id.length);
      for (let left = iterator.fieldCount; left > 0; left--) {
        iterator.nextField();
        for (const { region, offset, length } of [iterator.field, iterator.value])
          this.#mix(digest, region.u8, offset, length);
      }
    }
  }

  #mixSortedSet(digest: Uint8Array, db: Database, ref: number): void {
    const { sortedSets } = this.keyspace.types;
    const element = this.#element;
    db.read(ref, this.#view);
    sortedSets.each(this.#view, ({ region, offset, length }, score) => {
      // As Grisu2 prints it, also whole numbers.
      const isSpecial = score === 0 || !Number.isFinite(score);
      const text = Buffer.from(isSpecial ? formatDouble(score) : formatShortest(score), "latin1");
      element.fill(0);
      this.#mix(element, region.u8, offset, length);
      this.#mix(element, text, 0, text.length);
      this.#xor(digest, element, 0, SHA1_BYTES);
    });
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

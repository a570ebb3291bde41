/** Opening and making hashes, as the commands of this group share it: the hash is always that of argument 1. */
import type { Argv } from "../../bytes/argv.js";
import type { Region } from "../../bytes/region.js";
import { HashPack } from "../../datatypes/hash-pack.js";
import { KEEP_FIELD_TTL } from "../../datatypes/hashes.js";
import type { ValueView } from "../../datatypes/value-slot.js";
import { Expiry } from "../../keyspace/expiry.js";
import { EXPIRED_ON_ACCESS, expireFields } from "../../keyspace/field-expiry.js";
import type { Keyspace } from "../../keyspace/keyspace.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { Encoding, ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { editCollection, Opened, readCollection } from "../open-collection.js";

/** Opens the hash in `ctx.keyspace.view`; only what has expired is removed before. */
export function openForReading(ctx: Context, argv: Argv): Opened {
  const { db, keyspace } = ctx;
  const { slot, view } = keyspace;
  const ref = db.lookupRead(argv, 1);
  const opened = readCollection(ctx, ref, ValueType.HASH);
  if (opened !== Opened.FOUND || !isDue(keyspace, view)) return opened;
  db.edit(argv, 1, ref, slot);
  if (!expireFields(keyspace, slot, EXPIRED_ON_ACCESS)) return Opened.NONE;
  db.read(slot.ref, view);
  return Opened.FOUND;
}

/** Opens the hash in `ctx.keyspace.slot`. */
export function openForWriting(ctx: Context, argv: Argv): Opened {
  const { db, keyspace } = ctx;
  const { slot } = keyspace;
  const opened = editCollection(ctx, argv, 1, db.lookupWrite(argv, 1), ValueType.HASH);
  if (opened !== Opened.FOUND || !isDue(keyspace, slot)) return opened;
  return expireFields(keyspace, slot, EXPIRED_ON_ACCESS) ? Opened.FOUND : Opened.NONE;
}

function isDue(keyspace: Keyspace, hash: ValueView): boolean {
  return keyspace.types.hashes.isDue(hash) && keyspace.expiry === Expiry.REMOVED;
}

/**
 * Removes the field that argument i names if it has expired and still lies there, when a command is about to set it: elsewhere it is there
 * until that is told. Nobody needs that while nobody repeats what happens.
 */
export function dropExpired({ db, effects, keyspace }: Context, argv: Argv, i: number): void {
  if (!effects.isOn || keyspace.expiry !== Expiry.REMOVED) return;
  const { source } = argv;
  const offset = argv.offset[i]!;
  const length = argv.length[i]!;
  if (!keyspace.types.hashes.deleteExpired(keyspace.slot, source, offset, length)) return;
  keyspace.stats.expiredFields++;
  keyspace.listener.fieldRemoved(db, argv, 1, source, offset, length);
}

/** Makes the key a hash of the pairs of arguments from `from` on; returns its number of fields. */
export function createHash(ctx: Context, argv: Argv, from: number): number {
  const { db, keyspace } = ctx;
  const { slot } = keyspace;
  const { hashes } = keyspace.types;
  const encoding = hashes.encodingFor(argv, from);
  db.begin(argv, 1, ValueType.HASH, encoding, hashes.sizeFor(encoding, argv, from), slot);
  let fields = 0;
  try {
    fields = hashes.fill(slot, argv, from);
  } catch (error) {
    db.abandon(slot);
    throw error;
  }
  db.place(slot);
  return fields;
}

/** Sets one field, named by argument `i`, keeping its expiry; makes the hash when there is none. */
export function setField(
  ctx: Context,
  argv: Argv,
  opened: Opened,
  i: number,
  source: Region,
  offset: number,
  length: number,
): void {
  const { db, keyspace } = ctx;
  const { slot } = keyspace;
  const { hashes } = keyspace.types;
  const name = argv.offset[i]!;
  const nameLength = argv.length[i]!;
  if (opened === Opened.FOUND) {
    dropExpired(ctx, argv, i);
    hashes.set(slot, argv.source, name, nameLength, source, offset, length, KEEP_FIELD_TTL);
    return;
  }
  beginHash(ctx, argv);
  try {
    hashes.set(slot, argv.source, name, nameLength, source, offset, length);
  } catch (error) {
    db.abandon(slot);
    throw error;
  }
  db.place(slot);
}

/** Begins a hash without fields, to be placed when it has some. */
export function beginHash(ctx: Context, argv: Argv): void {
  const { db, keyspace } = ctx;
  db.begin(argv, 1, ValueType.HASH, Encoding.LISTPACK, HashPack.COUNT_BYTES, keyspace.slot);
  keyspace.types.hashes.clear(keyspace.slot);
}

/** All fields that every `step`th argument from `from` up to `end` names are gone, those that were not there as well. */
export function sayDeleted({ effects }: Context, argv: Argv, from: number, end: number, step: number): void {
  effects
    .instead("HDEL", 2 + Math.ceil((end - from) / step))
    .argument(argv, 1)
    .arguments(argv, from, end, step);
}

/** Reports that `deleted` fields were removed, with one event, and removes the key when none is left. */
export function fieldsDeleted(ctx: Context, argv: Argv, deleted: number): void {
  const { db, keyspace } = ctx;
  const isEmpty = keyspace.types.hashes.count(keyspace.slot) === 0;
  if (isEmpty) db.remove(argv, 1);
  keyspace.dirty += deleted - 1;
  db.changed(argv, 1, NotifyClass.HASH, "hdel");
  if (isEmpty) db.notify(NotifyClass.GENERIC, "del", argv, 1);
}

/** Finding streams, their groups and IDs, as the commands of this group share it. */
import type { Argv } from "../../bytes/argv.js";
import type { EditableRef } from "../../datatypes/stream-blocks.js";
import { decrementId, IdForm, incrementId, parseAnyId, parseId, type StreamId } from "../../datatypes/stream-id.js";
import { STREAM_PAYLOAD_BYTES } from "../../datatypes/streams.js";
import { Encoding, ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { editCollection, Opened, readCollection } from "../open-collection.js";

export const INVALID_ID = "ERR Invalid stream ID specified as stream command argument";
const INVALID_START = "ERR invalid start ID for the interval";
const INVALID_END = "ERR invalid end ID for the interval";

/** The head of the stream at an entry (0: none) for reading; 0 when there is none, -1 when WRONGTYPE was replied. */
export function headAt(ctx: Context, ref: number): number {
  const opened = readCollection(ctx, ref, ValueType.STREAM);
  if (opened !== Opened.FOUND) return opened;
  const { types, view } = ctx.keyspace;
  return types.streams.headOf(view.segment, view.offset);
}

/** The head of the stream at argument i, looked up for reading. */
export function readHead(ctx: Context, argv: Argv, i: number): number {
  return headAt(ctx, ctx.db.lookupRead(argv, i));
}

/** The head of the stream at argument i, looked up for writing. */
export function writeHead(ctx: Context, argv: Argv, i: number): EditableRef {
  const opened = editCollection(ctx, argv, i, ctx.db.lookupWrite(argv, i), ValueType.STREAM);
  if (opened !== Opened.FOUND) return opened as number as EditableRef;
  const { slot, types } = ctx.keyspace;
  return types.streams.editableHead(slot);
}

/**
 * For what Redis looks up for reading, and then changes: what was found in the stream of argument i, the last one that `readHead` has come to,
 * is about to be changed.
 */
export function editFound({ db, keyspace }: Context, argv: Argv, i: number, found: number): EditableRef {
  db.edit(argv, i, keyspace.view.ref, keyspace.slot);
  return found as EditableRef;
}

/** Makes a stream for argument i, lets `fill` work on its head, and puts it into the database. On OutOfMemory nothing is left of it. */
export function createStream(ctx: Context, argv: Argv, i: number, fill?: (head: EditableRef) => void): EditableRef {
  const { db, keyspace } = ctx;
  const { slot } = keyspace;
  const { streams } = keyspace.types;
  const head = streams.create();
  try {
    fill?.(head);
    db.begin(argv, i, ValueType.STREAM, Encoding.STREAM, STREAM_PAYLOAD_BYTES, slot);
  } catch (error) {
    streams.destroy(head);
    throw error;
  }
  streams.setHead(slot.segment, slot.offset, head);
  db.place(slot);
  return head;
}

/** The group that argument i names, 0 when there is none or no stream. */
export function groupAt<R extends number>(ctx: Context, head: R, argv: Argv, i: number): R {
  if (head === 0) return head;
  return ctx.keyspace.types.streams.groups.findGroup(head, argv.source, argv.offset[i]!, argv.length[i]!);
}

/** Reads argument i, an ID with a missing sequence of `missing` (twice this word); false when the error was replied. */
export function idArgument(ctx: Context, argv: Argv, i: number, id: StreamId, missing = 0): boolean {
  if (parseId(argv.source, argv.offset[i]!, argv.length[i]!, id, missing) === IdForm.COMPLETE) return true;
  ctx.reply.error(INVALID_ID);
  return false;
}

/** As `idArgument`, where "-" and "+" are IDs too. */
export function anyIdArgument(ctx: Context, argv: Argv, i: number, id: StreamId, missing = 0): boolean {
  if (parseAnyId(argv.source, argv.offset[i]!, argv.length[i]!, id, missing)) return true;
  ctx.reply.error(INVALID_ID);
  return false;
}

/** True when all arguments from `from` to `to` (exclusive) are IDs; otherwise the error was replied. */
export function areIds(ctx: Context, argv: Argv, from: number, to: number, id: StreamId): boolean {
  for (let i = from; i < to; i++) if (!idArgument(ctx, argv, i, id)) return false;
  return true;
}

/** Reads argument i as the smallest ID of a range, "(" in front excluding it; false when the error was replied. */
export function rangeStart(ctx: Context, argv: Argv, i: number, id: StreamId): boolean {
  if (!isExcluding(argv, i)) return anyIdArgument(ctx, argv, i, id);
  if (!excludedId(ctx, argv, i, id, 0)) return false;
  if (incrementId(id)) return true;
  ctx.reply.error(INVALID_START);
  return false;
}

/** Reads argument i as the largest ID of a range, as `rangeStart`. */
export function rangeEnd(ctx: Context, argv: Argv, i: number, id: StreamId): boolean {
  if (!isExcluding(argv, i)) return anyIdArgument(ctx, argv, i, id, 0xffffffff);
  if (!excludedId(ctx, argv, i, id, 0xffffffff)) return false;
  if (decrementId(id)) return true;
  ctx.reply.error(INVALID_END);
  return false;
}

function isExcluding(argv: Argv, i: number): boolean {
  return argv.length[i]! > 1 && argv.source.u8[argv.offset[i]!] === 0x28;
}

function excludedId(ctx: Context, argv: Argv, i: number, id: StreamId, missing: number): boolean {
  if (parseId(argv.source, argv.offset[i]! + 1, argv.length[i]! - 1, id, missing) === IdForm.COMPLETE) return true;
  ctx.reply.error(INVALID_ID);
  return false;
}

/** True when argument i is this character (its code), as C compares strings: up to a zero byte. */
export function isCharacter(argv: Argv, i: number, code: number): boolean {
  const { u8 } = argv.source;
  const offset = argv.offset[i]!;
  const length = argv.length[i]!;
  return length > 0 && u8[offset] === code && (length === 1 || u8[offset + 1] === 0);
}

export function noGroup(argv: Argv, key: number, group: number): string {
  return `NOGROUP No such key '${argv.cString(key)}' or consumer group '${argv.cString(group)}'`;
}

export function noGroupOfKey(argv: Argv, key: number, group: number): string {
  return `NOGROUP No such consumer group '${argv.cString(group)}' for key name '${argv.cString(key)}'`;
}

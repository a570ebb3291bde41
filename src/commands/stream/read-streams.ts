/** How XREAD and XREADGROUP reply what they have found, or wait. */
import { Argv } from "../../bytes/argv.js";
import { Head } from "../../datatypes/stream-blocks.js";
import { idText } from "../../datatypes/stream-id.js";
import type { StreamReadOptions } from "../../datatypes/stream-read-options.js";
import { ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { headAt, isCharacter } from "./stream-value.js";

export const DOLLAR = 0x24;
export const PLUS = 0x2b;
export const GREATER = 0x3e;

/** The reply of one stream begins: the caller goes on with its entries. */
export function beginStream(ctx: Context, argv: Argv, i: number): void {
  const { reply } = ctx;
  if (reply.resp === 2) reply.array(2);
  reply.bulk(argv.source, argv.offset[i]!, argv.length[i]!);
}

/** Ends the reply that began at `mark` with so many streams; with none the client waits if it may and wants to. */
export function endStreams(ctx: Context, argv: Argv, options: StreamReadOptions, mark: number, streams: number): void {
  const { blocking, reply } = ctx;
  if (streams > 0) {
    if (reply.resp === 2) reply.endArray(mark, streams);
    else reply.endMap(mark, streams);
  } else if (options.timeoutMs < 0 || !blocking.canWait) {
    reply.nullArray();
  } else {
    const { keys, keyCount, timeoutMs } = options;
    const waiting = withLastIds(ctx, argv, options);
    blocking.waitFor(waiting, keys, keyCount, timeoutMs, ValueType.STREAM, options.isGroupRead);
  }
}

/** The arguments with the streams' last IDs instead of "$": when the command runs again, that would be another. */
function withLastIds(ctx: Context, argv: Argv, options: StreamReadOptions): Argv {
  const { streams } = ctx.keyspace.types;
  const { keys, ids, keyCount } = options;
  let parts: (string | Uint8Array)[] | null = null;
  for (let k = 0; k < keyCount; k++) {
    if (!isCharacter(argv, ids + k, DOLLAR)) continue;
    if (parts === null) {
      parts = [];
      for (let i = 0; i < argv.count; i++) parts.push(argv.bytes(i));
    }
    const head = headAt(ctx, ctx.db.peek(argv, keys + k));
    if (head > 0) streams.blocks.loadId(head, Head.LAST_ID, streams.id);
    else streams.id.fill(0);
    parts[ids + k] = idText(streams.id);
  }
  return parts === null ? argv : Argv.from(parts);
}

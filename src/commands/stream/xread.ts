import type { Argv } from "../../bytes/argv.js";
import { Head } from "../../datatypes/stream-blocks.js";
import { compareIds, decrementId, incrementId, type StreamId } from "../../datatypes/stream-id.js";
import type { Context } from "../context.js";
import { block, defineCommand, integer, key, many, optional, string } from "../spec.js";
import { replyRange } from "./entry-reply.js";
import { parseReadOptions } from "./read-options.js";
import { beginStream, DOLLAR, endStreams, GREATER, PLUS } from "./read-streams.js";
import { idArgument, isCharacter, readHead } from "./stream-value.js";

const ID_OF_GROUPS =
  "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.";

const NO_LAST_ID = "ERR the stream last element ID is 0-0";

/** XREAD: entries of streams beyond given IDs. */
export const xread = defineCommand(
  {
    name: "XREAD",
    group: "stream",
    since: "5.0.0",
    summary:
      "Returns messages from multiple streams with IDs greater than the ones requested. Blocks until a message is available otherwise.",
    complexity: "",
    flags: ["blocking", "readonly"],
    args: [
      optional(integer("count", { token: "COUNT" })),
      optional(integer("milliseconds", { token: "BLOCK" })),
      block("streams", [many(key("key", "RO ACCESS")), many(string("ID"))], { token: "STREAMS" }),
    ],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    const { streams } = ctx.keyspace.types;
    const { id: lastId, readOptions: options, startId } = streams;
    if (!parseReadOptions(ctx, argv, false)) return;
    const { keys, ids, keyCount } = options;
    for (let k = 0; k < keyCount; k++) {
      const head = readHead(ctx, argv, keys + k);
      if (head < 0 || !loadReadId(ctx, head, argv, ids + k, startId)) return;
    }
    const mark = reply.begin();
    let replied = 0;
    for (let k = 0; k < keyCount; k++) {
      const head = readHead(ctx, argv, keys + k);
      if (head === 0) continue;
      loadReadId(ctx, head, argv, ids + k, startId);
      if (!streams.loadLastLiveId(head, lastId) || compareIds(lastId, startId) <= 0) continue;
      incrementId(startId);
      beginStream(ctx, argv, keys + k);
      replyRange(ctx, head, startId, null, options.count, false);
      replied++;
    }
    endStreams(ctx, argv, options, mark, replied);
  },
);

/** Reads the ID at argument i, beyond which entries of the stream are wanted; false when the error was replied. */
function loadReadId(ctx: Context, head: number, argv: Argv, i: number, id: StreamId): boolean {
  const { blocks } = ctx.keyspace.types.streams;
  const isLast = isCharacter(argv, i, PLUS);
  if (isLast || isCharacter(argv, i, DOLLAR)) {
    if (head === 0) id.fill(0);
    else blocks.loadId(head, Head.LAST_ID, id);
    // "+" is the last entry itself.
    if (!isLast || head === 0 || decrementId(id)) return true;
    ctx.reply.error(NO_LAST_ID);
    return false;
  }
  if (!isCharacter(argv, i, GREATER)) return idArgument(ctx, argv, i, id);
  ctx.reply.error(ID_OF_GROUPS);
  return false;
}

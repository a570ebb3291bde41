import type { Argv } from "../../bytes/argv.js";
import { type EditableRef, Head } from "../../datatypes/stream-blocks.js";
import { StreamEntries } from "../../datatypes/stream-entries.js";
import { compareIds, idText, incrementId, isZeroId, setIdTime } from "../../datatypes/stream-id.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { wrongArgumentCount } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { block, defineCommand, flag, key, many, oneOf, optional, string } from "../spec.js";
import { replyId } from "./entry-reply.js";
import { createStream, writeHead } from "./stream-value.js";
import { AddId, parseTrimOptions, sayTrimmed, TRIM_ARGUMENTS } from "./trim-options.js";

const ZERO_ID = "ERR The ID specified in XADD must be greater than 0-0";
const EXHAUSTED = "ERR The stream has exhausted the last possible ID, unable to add more items";
const NOT_ABOVE = "ERR The ID specified in XADD is equal or smaller than the target stream top item";
const TOO_LARGE = "ERR Elements are too large to be stored";

/** Ten blocks by default; fewer take no more time than adding some entries. */
const MUCH_TRIMMED = 1000;

/** XADD: appends an entry, and may trim the stream. */
export const xadd = defineCommand(
  {
    name: "XADD",
    group: "stream",
    since: "5.0.0",
    summary: "Appends a new message to a stream. Creates the key if it doesn't exist.",
    complexity: "O(1) when adding a new entry, O(N) when trimming where N being the number of entries evicted.",
    flags: ["write", "denyoom", "fast"],
    effect: "rewritten",
    brief: 8,
    history: [
      ["6.2.0", "Added the `NOMKSTREAM` option, `MINID` trimming strategy and the `LIMIT` option."],
      ["7.0.0", "Added support for the `<ms>-*` explicit ID form."],
    ],
    tips: ["nondeterministic_output"],
    args: [
      key("key", "RW UPDATE", { keyNotes: "UPDATE instead of INSERT because of the optional trimming feature" }),
      flag("NOMKSTREAM", { since: "6.2.0" }),
      optional(TRIM_ARGUMENTS),
      oneOf("id-selector", [flag("*", { name: "auto-id" }), string("id")], { optional: false }),
      many(block("data", [string("field"), string("value")])),
    ],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    const { streams } = ctx.keyspace.types;
    const parsed = parseTrimOptions(ctx, argv, true);
    if (parsed < 0) return;
    const form = parsed & AddId.FORM;
    const from = Math.floor(parsed / AddId.POSITION) + 1;
    if (argv.count - from < 2 || (argv.count - from) % 2 === 1) return reply.error(wrongArgumentCount("xadd"));
    if (form === AddId.COMPLETE && isZeroId(streams.id)) return reply.error(ZERO_ID);

    const head = writeHead(ctx, argv, 1);
    if (head < 0) return;
    if (head === 0 && (parsed & AddId.NO_CREATE) !== 0) return reply.null();
    if (!chooseId(ctx, head, form)) return;
    if (!StreamEntries.fits(argv, from)) return reply.error(TOO_LARGE);
    const added = append(ctx, argv, head, from);
    db.changed(argv, 1, NotifyClass.STREAM, "xadd");
    const trimmed = streams.trimOptions.strategy === "none" ? 0 : streams.trim(added);
    if (trimmed > 0) {
      ctx.hadMuchToDo = trimmed > MUCH_TRIMMED;
      db.notify(NotifyClass.STREAM, "xtrim", argv, 1);
    }
    if (ctx.effects.isOn && (form !== AddId.COMPLETE || streams.trimOptions.isApproximate))
      sayAdded(ctx, argv, added, from);
    replyId(ctx, streams.id);
  },
);

/** With the ID that was chosen, and with what trimming came to. */
function sayAdded(ctx: Context, argv: Argv, head: number, from: number): void {
  const { effects, keyspace } = ctx;
  sayTrimmed(ctx, argv, head, from - 1, argv.count - from + 1);
  effects.text(idText(keyspace.types.streams.id)).arguments(argv, from, argv.count);
}

/** Makes `streams.id` the ID of the new entry; false when the error was replied. */
function chooseId(ctx: Context, head: number, form: number): boolean {
  const { streams } = ctx.keyspace.types;
  const { id, startId: last } = streams;
  if (head === 0) last.fill(0);
  else streams.blocks.loadId(head, Head.LAST_ID, last);
  if (isLargest(last)) {
    ctx.reply.error(EXHAUSTED);
    return false;
  }
  if (form === AddId.AUTOMATIC) {
    setIdTime(id, Math.floor(ctx.nowMs));
    if (compareTimes(id, last) <= 0) {
      id.set(last);
      incrementId(id);
    }
  } else if (form === AddId.ANY_SEQUENCE && compareTimes(id, last) === 0) {
    id[2] = last[2]!;
    id[3] = last[3]!;
    // A sequence that overflows goes on with the next millisecond, which was not asked for.
    if (id[2] === 0xffffffff && id[3] === 0xffffffff) {
      ctx.reply.error(NOT_ABOVE);
      return false;
    }
    incrementId(id);
  }
  if (compareIds(id, last) > 0) return true;
  ctx.reply.error(NOT_ABOVE);
  return false;
}

function isLargest(id: Uint32Array): boolean {
  return id[0] === 0xffffffff && id[1] === 0xffffffff && id[2] === 0xffffffff && id[3] === 0xffffffff;
}

/** Orders the milliseconds of two IDs. */
function compareTimes(a: Uint32Array, b: Uint32Array): number {
  if (a[0] !== b[0]) return a[0]! < b[0]! ? -1 : 1;
  if (a[1] !== b[1]) return a[1]! < b[1]! ? -1 : 1;
  return 0;
}

/** Appends to the stream, or to a new one when there is none (0); returns its head. */
function append(ctx: Context, argv: Argv, head: EditableRef, from: number): EditableRef {
  const { streams } = ctx.keyspace.types;
  if (head === 0) return createStream(ctx, argv, 1, (created) => streams.append(created, streams.id, argv, from));
  streams.append(head, streams.id, argv, from);
  return head;
}

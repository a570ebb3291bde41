import type { Argv } from "../../bytes/argv.js";
import { highWord, lowWord } from "../../bytes/int64.js";
import { type EditableRef, Group, Head } from "../../datatypes/stream-blocks.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { NOT_AN_INTEGER } from "../../protocol/errors.js";
import { subcommandSyntaxError } from "../command-errors.js";
import type { Context } from "../context.js";
import { type Arg, defineCommand, flag, integer, key, oneOf, string } from "../spec.js";
import { DOLLAR } from "./read-streams.js";
import {
  anyIdArgument,
  createStream,
  groupAt,
  idArgument,
  isCharacter,
  noGroupOfKey,
  writeHead,
} from "./stream-value.js";

/** What all subcommands of XGROUP say of a key that is not there. */
export const NO_KEY =
  "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM " +
  "option to create an empty stream automatically.";
const GROUP_EXISTS = "BUSYGROUP Consumer Group name already exists";
const NEGATIVE_READ = "ERR value for ENTRIESREAD must be positive or -1";

const SELECTOR: Arg = oneOf("id-selector", [string("id"), flag("$", { name: "new-id" })], {
  optional: false,
});
const ENTRIES_READ: Arg = integer("entriesread", {
  token: "ENTRIESREAD",
  displayText: "entries-read",
  optional: true,
});

/** XGROUP CREATE: adds a group. */
export const xgroupCreate = defineCommand(
  {
    name: "CREATE",
    group: "stream",
    since: "5.0.0",
    summary: "Creates a consumer group.",
    complexity: "O(1)",
    flags: ["write", "denyoom"],
    effect: "as sent",
    history: [["7.0.0", "Added the `entries_read` named argument."]],
    args: [
      key("key", "RW INSERT"),
      string("group"),
      SELECTOR,
      flag("MKSTREAM"),
      { ...ENTRIES_READ, name: "entries-read" },
    ],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { blocks, groups, id } = keyspace.types.streams;
    const options = parseOptions(ctx, argv, true);
    if (options < 0) return;
    const makesStream = (options & Option.MAKE_STREAM) !== 0;
    let head = writeHead(ctx, argv, 2);
    if (head < 0) return;
    if (head === 0 && !makesStream) return reply.error(NO_KEY);
    if (argv.count > 8) return reply.error(subcommandSyntaxError(argv, "XGROUP"));
    if (!isCharacter(argv, 4, DOLLAR)) {
      if (!idArgument(ctx, argv, 4, id)) return;
    } else if (head === 0) id.fill(0);
    else blocks.loadId(head, Head.LAST_ID, id);

    const isNew = head === 0;
    if (isNew) head = createStream(ctx, argv, 2);
    let group: EditableRef;
    try {
      group = groups.createGroup(head, argv.source, argv.offset[3]!, argv.length[3]!, id);
    } catch (error) {
      if (isNew) db.remove(argv, 2);
      throw error;
    }
    if (group === 0) return reply.error(GROUP_EXISTS);
    if (isNew) {
      db.touched(argv, 2);
      keyspace.dirty--;
    }
    setEntriesRead(ctx, argv, group, options);
    keyspace.dirty++;
    db.notify(NotifyClass.STREAM, "xgroup-create", argv, 2);
    reply.ok();
  },
);

/** XGROUP SETID: sets what a group has read last. */
export const xgroupSetid = defineCommand(
  {
    name: "SETID",
    group: "stream",
    since: "5.0.0",
    summary: "Sets the last-delivered ID of a consumer group.",
    complexity: "O(1)",
    flags: ["write"],
    effect: "as sent",
    history: [["7.0.0", "Added the optional `entries_read` argument."]],
    args: [key("key", "RW UPDATE"), string("group"), SELECTOR, ENTRIES_READ],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { blocks, id } = keyspace.types.streams;
    const options = parseOptions(ctx, argv, false);
    if (options < 0) return;
    const head = writeHead(ctx, argv, 2);
    if (head < 0) return;
    if (head === 0) return reply.error(NO_KEY);
    const group = groupAt(ctx, head, argv, 3);
    if (group === 0) return reply.error(noGroupOfKey(argv, 2, 3));
    if (argv.count > 7) return reply.error(subcommandSyntaxError(argv, "XGROUP"));
    if (isCharacter(argv, 4, DOLLAR)) blocks.loadId(head, Head.LAST_ID, id);
    else if (!anyIdArgument(ctx, argv, 4, id)) return;
    blocks.setId(group, Group.LAST_ID, id);
    setEntriesRead(ctx, argv, group, options);
    keyspace.dirty++;
    db.notify(NotifyClass.STREAM, "xgroup-setid", argv, 2);
    reply.ok();
  },
);

const enum Option {
  MAKE_STREAM = 1,
  /** What the position of the value of ENTRIESREAD, 0 without, is multiplied by. */
  ENTRIES_READ = 2,
}

/** The options behind the ID, as `Option` describes them; -1 when the error was replied. */
function parseOptions(ctx: Context, argv: Argv, isCreate: boolean): number {
  let makesStream = 0;
  let readAt = 0;
  for (let i = 5; i < argv.count; i++) {
    if (isCreate && argv.is(i, "MKSTREAM")) {
      makesStream = Option.MAKE_STREAM;
    } else if (argv.is(i, "ENTRIESREAD") && i + 1 < argv.count) {
      readAt = ++i;
      const high = highWord(argv.source, argv.offset[i]!, argv.length[i]!);
      if (Number.isNaN(high)) return refuse(ctx, NOT_AN_INTEGER);
      const low = lowWord(argv.source, argv.offset[i]!, argv.length[i]!);
      if (high < 0 && !(high === -1 && (low | 0) === -1)) return refuse(ctx, NEGATIVE_READ);
    } else return refuse(ctx, subcommandSyntaxError(argv, "XGROUP"));
  }
  return makesStream + readAt * Option.ENTRIES_READ;
}

function setEntriesRead(ctx: Context, argv: Argv, group: EditableRef, options: number): void {
  const { blocks } = ctx.keyspace.types.streams;
  const i = options >> 1;
  if (i === 0) return blocks.setInt64(group, Group.ENTRIES_READ, -1, -1);
  const high = highWord(argv.source, argv.offset[i]!, argv.length[i]!);
  blocks.setInt64(group, Group.ENTRIES_READ, high, lowWord(argv.source, argv.offset[i]!, argv.length[i]!));
}

function refuse(ctx: Context, error: string): -1 {
  ctx.reply.error(error);
  return -1;
}

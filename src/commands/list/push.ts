import type { Argv } from "../../bytes/argv.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { Encoding, ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { type CommandSpec, defineCommand, key, many, string } from "../spec.js";
import { openForWriting } from "./list-value.js";

/** What the four have in common. */
const COMMON = {
  group: "list",
  complexity:
    "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
  flags: ["write", "denyoom", "fast"],
  effect: "as sent",
  args: [key("key", "RW INSERT"), many(string("element"))],
} satisfies Partial<CommandSpec>;

function push(ctx: Context, argv: Argv, atHead: boolean, onlyExisting: boolean): void {
  const { db, keyspace, reply } = ctx;
  const { slot } = keyspace;
  const { lists } = keyspace.types;
  const opened = openForWriting(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.FOUND) {
    lists.push(slot, argv, 2, atHead);
  } else {
    if (onlyExisting) return reply.integer(0);
    create(ctx, argv, atHead);
  }
  const count = lists.count(slot);
  keyspace.dirty += argv.count - 3;
  db.changed(argv, 1, NotifyClass.LIST, atHead ? "lpush" : "rpush");
  reply.integer(count);
}

function create(ctx: Context, argv: Argv, atHead: boolean): void {
  const { db, keyspace } = ctx;
  const { slot } = keyspace;
  const { lists } = keyspace.types;
  db.begin(argv, 1, ValueType.LIST, Encoding.LISTPACK, lists.emptyBytes, slot);
  try {
    lists.makeEmpty(slot);
    lists.push(slot, argv, 2, atHead);
  } catch (error) {
    db.abandon(slot);
    throw error;
  }
  db.place(slot);
}

/** LPUSH: adds elements at the head of a list, one before the other. */
export const lpush = defineCommand(
  {
    ...COMMON,
    name: "LPUSH",
    since: "1.0.0",
    summary: "Prepends one or more elements to a list. Creates the key if it doesn't exist.",
    history: [["2.4.0", "Accepts multiple `element` arguments."]],
  },
  (ctx, argv) => push(ctx, argv, true, false),
);

/** RPUSH: adds elements at the tail of a list. */
export const rpush = defineCommand(
  {
    ...COMMON,
    name: "RPUSH",
    since: "1.0.0",
    summary: "Appends one or more elements to a list. Creates the key if it doesn't exist.",
    history: [["2.4.0", "Accepts multiple `element` arguments."]],
  },
  (ctx, argv) => push(ctx, argv, false, false),
);

/** LPUSHX: LPUSH to a list that exists. */
export const lpushx = defineCommand(
  {
    ...COMMON,
    name: "LPUSHX",
    since: "2.2.0",
    summary: "Prepends one or more elements to a list only when the list exists.",
    history: [["4.0.0", "Accepts multiple `element` arguments."]],
  },
  (ctx, argv) => push(ctx, argv, true, true),
);

/** RPUSHX: RPUSH to a list that exists. */
export const rpushx = defineCommand(
  {
    ...COMMON,
    name: "RPUSHX",
    since: "2.2.0",
    summary: "Appends an element to a list only when the list exists.",
    history: [["4.0.0", "Accepts multiple `element` arguments."]],
  },
  (ctx, argv) => push(ctx, argv, false, true),
);

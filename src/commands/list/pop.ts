import type { Argv } from "../../bytes/argv.js";
import { NOT_POSITIVE, wrongArgumentCount } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { Opened } from "../open-collection.js";
import { type CommandSpec, defineCommand, integer, key } from "../spec.js";
import { elementsRemoved, openForWriting } from "./list-value.js";
import { replyEnd, replyRange } from "./range-reply.js";

const COMMON = {
  group: "list",
  since: "1.0.0",
  complexity: "O(N) where N is the number of elements returned",
  flags: ["write", "fast"],
  effect: "as sent",
  history: [["6.2.0", "Added the `count` argument."]],
  args: [key("key", "RW ACCESS DELETE"), integer("count", { optional: true, since: "6.2.0" })],
} satisfies Partial<CommandSpec>;

function pop(ctx: Context, argv: Argv, fromTail: boolean): void {
  const { keyspace, reply } = ctx;
  if (argv.count > 3) return reply.error(wrongArgumentCount(ctx.command.name));
  let count = -1;
  if (argv.count === 3) {
    count = integerArgument(argv, 2) ?? -1;
    if (count < 0) return reply.error(NOT_POSITIVE);
  }
  const opened = openForWriting(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.NONE) return count < 0 ? reply.null() : reply.nullArray();
  if (count === 0) return reply.array(0);
  if (count < 0) {
    replyEnd(ctx, keyspace.slot, fromTail);
    keyspace.types.lists.remove(keyspace.slot, 1, fromTail);
    elementsRemoved(ctx, argv, 1, 1, fromTail ? "rpop" : "lpop");
    return;
  }
  popRange(ctx, argv, 1, count, fromTail);
}

/** Replies up to `count` elements of the open list of argument `i` as an array, and removes them. */
function popRange(ctx: Context, argv: Argv, i: number, count: number, fromTail: boolean): void {
  const { keyspace } = ctx;
  const { lists } = keyspace.types;
  const length = lists.count(keyspace.slot);
  count = Math.min(count, length);
  replyRange(ctx, keyspace.slot, fromTail ? length - 1 : 0, count, fromTail);
  lists.remove(keyspace.slot, count, fromTail);
  elementsRemoved(ctx, argv, i, count, fromTail ? "rpop" : "lpop");
}

/** `popRange` for a command that names several keys: it is repeated as the pop from the one that had elements. */
export function popAndSay(ctx: Context, argv: Argv, i: number, count: number, fromTail: boolean): void {
  const { effects, keyspace } = ctx;
  count = Math.min(count, keyspace.types.lists.count(keyspace.slot));
  popRange(ctx, argv, i, count, fromTail);
  if (effects.isOn)
    effects
      .instead(fromTail ? "RPOP" : "LPOP", 3)
      .argument(argv, i)
      .integer(count);
}

/** LPOP: removes the first element of a list, or `count` of them. */
export const lpop = defineCommand(
  {
    ...COMMON,
    name: "LPOP",
    summary: "Returns the first elements in a list after removing it. Deletes the list if the last element was popped.",
  },
  (ctx, argv) => pop(ctx, argv, false),
);

/** RPOP: removes the last element of a list, or `count` of them. */
export const rpop = defineCommand(
  {
    ...COMMON,
    name: "RPOP",
    summary: "Returns and removes the last elements of a list. Deletes the list if the last element was popped.",
  },
  (ctx, argv) => pop(ctx, argv, true),
);

import type { Argv } from "../../bytes/argv.js";
import { SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { Opened } from "../open-collection.js";
import { type CommandSpec, defineCommand, double, integer, key, many } from "../spec.js";
import { blockingPop } from "./blpop.js";
import { isRight, openForWriting, sideArgument } from "./list-value.js";
import { popAndSay } from "./pop.js";

const COMMON = {
  group: "list",
  since: "7.0.0",
  complexity: "O(N+M) where N is the number of provided keys and M is the number of elements returned.",
} satisfies Partial<CommandSpec>;

const ARGS = [
  integer("numkeys"),
  many(key("key", "RW ACCESS DELETE")),
  sideArgument("where"),
  integer("count", { token: "COUNT", optional: true }),
];

/** Reads `numkeys key ... LEFT|RIGHT [COUNT count]`, and pops; argument `numKeysAt` is the number of keys. */
function multiplePop(ctx: Context, argv: Argv, numKeysAt: number, isBlocking: boolean): void {
  const { reply } = ctx;
  const keyCount = integerArgument(argv, numKeysAt) ?? 0;
  if (keyCount < 1) return reply.error("ERR numkeys should be greater than 0");
  const sideAt = numKeysAt + keyCount + 1;
  if (sideAt >= argv.count) return reply.error(SYNTAX_ERROR);
  const fromTail = isRight(argv, sideAt);
  if (fromTail === null) return reply.error(SYNTAX_ERROR);
  let count = -1;
  for (let i = sideAt + 1; i < argv.count; i += 2) {
    if (count !== -1 || !argv.is(i, "COUNT") || i + 1 === argv.count) return reply.error(SYNTAX_ERROR);
    count = integerArgument(argv, i + 1) ?? 0;
    if (count < 1) return reply.error("ERR count should be greater than 0");
  }
  if (count === -1) count = 1;
  const firstKey = numKeysAt + 1;
  if (isBlocking) return blockingPop(ctx, argv, firstKey, keyCount, 1, count, fromTail);
  for (let i = firstKey; i < firstKey + keyCount; i++) {
    const opened = openForWriting(ctx, argv, i);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) continue;
    reply.array(2);
    reply.bulk(argv.source, argv.offset[i]!, argv.length[i]!);
    return popAndSay(ctx, argv, i, count, fromTail);
  }
  reply.nullArray();
}

/** LMPOP: removes elements from the first of several lists that has some. */
export const lmpop = defineCommand(
  {
    ...COMMON,
    name: "LMPOP",
    summary:
      "Returns multiple elements from a list after removing them. Deletes the list if the last element was popped.",
    flags: ["write"],
    effect: "rewritten",
    args: ARGS,
  },
  (ctx, argv) => multiplePop(ctx, argv, 1, false),
);

/** BLMPOP: LMPOP that waits for an element. */
export const blmpop = defineCommand(
  {
    ...COMMON,
    name: "BLMPOP",
    summary:
      "Pops the first element from one of multiple lists. Blocks until an element is available otherwise. Deletes the list if the last element was popped.",
    flags: ["write", "blocking"],
    effect: "rewritten",
    args: [double("timeout"), ...ARGS],
  },
  (ctx, argv) => multiplePop(ctx, argv, 2, true),
);

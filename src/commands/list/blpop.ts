import type { Argv } from "../../bytes/argv.js";
import { ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { type CommandSpec, defineCommand, double, key, many } from "../spec.js";
import { timeoutSeconds } from "../timeout-argument.js";
import { elementsRemoved, openForWriting } from "./list-value.js";
import { popAndSay } from "./pop.js";
import { replyEnd } from "./range-reply.js";

const COMMON = {
  group: "list",
  since: "2.0.0",
  complexity: "O(N) where N is the number of provided keys.",
  flags: ["write", "blocking"],
  effect: "rewritten",
  history: [["6.0.0", "`timeout` is interpreted as a double instead of an integer."]],
  args: [many(key("key", "RW ACCESS DELETE")), double("timeout")],
} satisfies Partial<CommandSpec>;

/**
 * Pops from the first of `keyCount` lists that is there: one element, or with `count` (otherwise -1) an array. Waits when there is none,
 * `timeoutIndex` being the argument that says how long.
 */
export function blockingPop(
  ctx: Context,
  argv: Argv,
  firstKey: number,
  keyCount: number,
  timeoutIndex: number,
  count: number,
  fromTail: boolean,
): void {
  const { blocking, keyspace, reply } = ctx;
  const timeoutMs = timeoutSeconds(ctx, argv, timeoutIndex);
  if (timeoutMs === null) return;
  for (let i = firstKey; i < firstKey + keyCount; i++) {
    const opened = openForWriting(ctx, argv, i);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) continue;
    reply.array(2);
    reply.bulk(argv.source, argv.offset[i]!, argv.length[i]!);
    if (count >= 0) return popAndSay(ctx, argv, i, count, fromTail);
    replyEnd(ctx, keyspace.slot, fromTail);
    keyspace.types.lists.remove(keyspace.slot, 1, fromTail);
    elementsRemoved(ctx, argv, i, 1, fromTail ? "rpop" : "lpop");
    if (ctx.effects.isOn) ctx.effects.instead(fromTail ? "RPOP" : "LPOP", 2).argument(argv, i);
    return;
  }
  if (!blocking.canWait) return reply.nullArray();
  blocking.waitFor(argv, firstKey, keyCount, timeoutMs, ValueType.LIST);
}

/** BLPOP: LPOP from the first of several lists that has an element, or will have. */
export const blpop = defineCommand(
  {
    ...COMMON,
    name: "BLPOP",
    summary:
      "Removes and returns the first element in a list. Blocks until an element is available otherwise. Deletes the list if the last element was popped.",
  },
  (ctx, argv) => blockingPop(ctx, argv, 1, argv.count - 2, argv.count - 1, -1, false),
);

/** BRPOP: as BLPOP, the last element. */
export const brpop = defineCommand(
  {
    ...COMMON,
    name: "BRPOP",
    summary:
      "Removes and returns the last element in a list. Blocks until an element is available otherwise. Deletes the list if the last element was popped.",
  },
  (ctx, argv) => blockingPop(ctx, argv, 1, argv.count - 2, argv.count - 1, -1, true),
);

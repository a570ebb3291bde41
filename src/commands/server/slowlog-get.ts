import { subcommandSyntaxError } from "../command-errors.js";
import { integerArgument } from "../integer-argument.js";
import type { SlowLogEntry } from "../observation-context.js";
import { defineCommand, integer } from "../spec.js";

const DEFAULT_COUNT = 10;
const BAD_COUNT = "ERR count should be greater than or equal to -1";

/** SLOWLOG GET: the newest entries, ten of them or as many as asked for; -1 for all. */
export const slowlogGet = defineCommand(
  {
    name: "GET",
    group: "server",
    since: "2.2.12",
    summary: "Returns the slow log's entries.",
    complexity: "O(N) where N is the number of entries returned",
    flags: ["admin", "loading", "stale"],
    tips: ["request_policy:all_nodes", "nondeterministic_output"],
    history: [["4.0.0", "Added client IP address, port and name to the reply."]],
    args: [integer("count", { optional: true })],
  },
  ({ reply, slowLog }, argv) => {
    if (argv.count > 3) return reply.error(subcommandSyntaxError(argv, "SLOWLOG"));
    const count = argv.count === 3 ? integerArgument(argv, 2) : DEFAULT_COUNT;
    if (count === null || count < -1) return reply.error(BAD_COUNT);
    const entries = slowLog.newest(count === -1 ? slowLog.length : count);
    reply.array(entries.length);
    for (const entry of entries) replyEntry(entry);

    function replyEntry({ id, timeSeconds, us, args, address, name }: SlowLogEntry): void {
      reply.array(6);
      reply.integer(id);
      reply.integer(timeSeconds);
      reply.integer(us);
      reply.array(args.length);
      for (const arg of args) reply.bulkBytes(arg);
      reply.bulkText(address);
      reply.bulkLatin1(name);
    }
  },
);

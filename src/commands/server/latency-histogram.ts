import type { ReplyWriter } from "../../protocol/reply-writer.js";
import type { CommandEntry, LatencyHistogram } from "../command-entry.js";
import { defineCommand, string } from "../spec.js";

/** LATENCY HISTOGRAM: how many calls of each command took up to 1, 2, 4 … microseconds. A container stands for its subcommands. */
export const latencyHistogram = defineCommand(
  {
    name: "HISTOGRAM",
    group: "server",
    since: "7.0.0",
    summary: "Returns the cumulative distribution of latencies of a subset or all commands.",
    complexity: "O(N) where N is the number of commands with latency information being retrieved.",
    flags: ["admin", "noscript", "loading", "stale"],
    tips: ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
    args: [string("COMMAND", { optional: true, multiple: true })],
  },
  ({ commands, reply }, argv) => {
    const asked: CommandEntry[] = [];
    for (let i = 2; i < argv.count; i++) {
      const entry = commands.byFullName(argv.latin1(i));
      if (entry !== null) asked.push(entry, ...(entry.subcommands?.values() ?? []));
    }
    const mark = reply.begin();
    let count = 0;
    for (const { name, histogram } of argv.count === 2 ? commands.entries() : asked) {
      if (histogram === null) continue;
      reply.bulkText(name);
      replyHistogram(reply, histogram);
      count++;
    }
    reply.endMap(mark, count);
  },
);

function replyHistogram(reply: ReplyWriter, histogram: LatencyHistogram): void {
  reply.map(2);
  reply.bulkText("calls");
  reply.integer(histogram.count);
  reply.bulkText("histogram_usec");
  const mark = reply.begin();
  let ranges = 0;
  histogram.eachDoubling((upToUs, count) => {
    reply.integer(upToUs);
    reply.integer(count);
    ranges++;
  });
  reply.endMap(mark, ranges);
}

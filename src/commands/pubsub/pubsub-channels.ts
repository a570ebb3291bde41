import type { Argv } from "../../bytes/argv.js";
import { globMatcher } from "../../bytes/glob.js";
import { subcommandSyntaxError } from "../command-errors.js";
import type { ServiceContext } from "../context.js";
import { defineCommand, pattern } from "../spec.js";

/** PUBSUB CHANNELS: channels somebody is subscribed to. */
export const pubsubChannels = defineCommand(
  {
    name: "CHANNELS",
    group: "pubsub",
    since: "2.8.0",
    summary: "Returns the active channels.",
    complexity:
      "O(N) where N is the number of active channels, and assuming constant time pattern matching (relatively short channels and patterns)",
    flags: ["pubsub", "loading", "stale"],
    args: [pattern("pattern", { optional: true })],
  },
  (ctx, argv) => replyChannels(ctx, argv, "channel"),
);

/** PUBSUB SHARDCHANNELS: shard channels somebody is subscribed to. */
export const pubsubShardchannels = defineCommand(
  {
    name: "SHARDCHANNELS",
    group: "pubsub",
    since: "7.0.0",
    summary: "Returns the active shard channels.",
    complexity:
      "O(N) where N is the number of active shard channels, and assuming constant time pattern matching (relatively short shard channels).",
    flags: ["pubsub", "loading", "stale"],
    args: [pattern("pattern", { optional: true })],
  },
  (ctx, argv) => replyChannels(ctx, argv, "shard"),
);

function replyChannels(ctx: ServiceContext, argv: Argv, kind: "channel" | "shard"): void {
  const { reply } = ctx;
  if (argv.count > 3) return reply.error(subcommandSyntaxError(argv, "PUBSUB"));
  const matches = argv.count === 3 ? globMatcher(argv.latin1(2), false) : null;
  const mark = reply.begin();
  let count = 0;
  for (const channel of ctx.pubsub.channels(kind)) {
    if (matches !== null && !matches(channel)) continue;
    reply.bulkLatin1(channel);
    count++;
  }
  reply.endArray(mark, count);
}

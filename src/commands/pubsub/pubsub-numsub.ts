import type { Argv } from "../../bytes/argv.js";
import type { ServiceContext } from "../context.js";
import { defineCommand, string } from "../spec.js";

/** PUBSUB NUMSUB: how many clients are subscribed to each of the channels. */
export const pubsubNumsub = defineCommand(
  {
    name: "NUMSUB",
    group: "pubsub",
    since: "2.8.0",
    summary: "Returns a count of subscribers to channels.",
    complexity: "O(N) for the NUMSUB subcommand, where N is the number of requested channels",
    flags: ["pubsub", "loading", "stale"],
    args: [string("channel", { optional: true, multiple: true })],
  },
  (ctx, argv) => replyCounts(ctx, argv, "channel"),
);

/** PUBSUB SHARDNUMSUB: how many clients are subscribed to each of the shard channels. */
export const pubsubShardnumsub = defineCommand(
  {
    name: "SHARDNUMSUB",
    group: "pubsub",
    since: "7.0.0",
    summary: "Returns the count of subscribers of shard channels.",
    complexity: "O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard channels",
    flags: ["pubsub", "loading", "stale"],
    args: [string("shardchannel", { optional: true, multiple: true })],
  },
  (ctx, argv) => replyCounts(ctx, argv, "shard"),
);

function replyCounts(
  { pubsub, reply }: Pick<ServiceContext, "pubsub" | "reply">,
  argv: Argv,
  kind: "channel" | "shard",
): void {
  reply.array((argv.count - 2) * 2);
  for (let i = 2; i < argv.count; i++) {
    reply.bulk(argv.source, argv.offset[i]!, argv.length[i]!);
    reply.integer(pubsub.subscriberCount(kind, argv.latin1(i)));
  }
}

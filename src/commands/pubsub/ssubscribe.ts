import { defineCommand, type KeySpec, string } from "../spec.js";
import { subscribeTo, unsubscribeFrom } from "./confirmation.js";

/** Shard channels are not keys, but a cluster routes them as if they were. */
const shardChannels: readonly KeySpec[] = [
  { flags: "NOT_KEY", begin: { index: 1 }, find: { lastKey: -1, step: 1, limit: 0 } },
];

/** SSUBSCRIBE: to shard channels. */
export const ssubscribe = defineCommand(
  {
    name: "SSUBSCRIBE",
    group: "pubsub",
    since: "7.0.0",
    summary: "Listens for messages published to shard channels.",
    complexity: "O(N) where N is the number of shard channels to subscribe to.",
    flags: ["pubsub", "noscript", "loading", "stale"],
    keySpecs: shardChannels,
    channels: "subscribe",
    args: [string("shardchannel", { multiple: true })],
  },
  (ctx, argv) => {
    if (ctx.inTransaction) return ctx.reply.error("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
    subscribeTo(ctx, argv, "shard");
  },
);

/** SUNSUBSCRIBE: from shard channels. */
export const sunsubscribe = defineCommand(
  {
    name: "SUNSUBSCRIBE",
    group: "pubsub",
    since: "7.0.0",
    summary: "Stops listening to messages posted to shard channels.",
    complexity: "O(N) where N is the number of shard channels to unsubscribe.",
    flags: ["pubsub", "noscript", "loading", "stale"],
    keySpecs: shardChannels,
    args: [string("shardchannel", { optional: true, multiple: true })],
  },
  (ctx, argv) => unsubscribeFrom(ctx, argv, "shard"),
);

import { defineCommand, string } from "../spec.js";

/** PUBLISH: sends a message to whoever listens to a channel. */
export const publish = defineCommand(
  {
    name: "PUBLISH",
    group: "pubsub",
    since: "2.0.0",
    summary: "Posts a message to a channel.",
    complexity:
      "O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number of subscribed patterns (by any client).",
    flags: ["pubsub", "loading", "stale", "fast", "may_replicate", "sentinel"],
    effect: "as sent",
    brief: false,
    channels: "publish",
    args: [string("channel"), string("message")],
  },
  (ctx, argv) => {
    ctx.reply.integer(ctx.pubsub.publish("channel", argv, 1, 2));
  },
);

/** SPUBLISH: sends a message to whoever listens to a shard channel. */
export const spublish = defineCommand(
  {
    name: "SPUBLISH",
    group: "pubsub",
    since: "7.0.0",
    summary: "Post a message to a shard channel",
    complexity: "O(N) where N is the number of clients subscribed to the receiving shard channel.",
    flags: ["pubsub", "loading", "stale", "fast", "may_replicate"],
    effect: "as sent",
    brief: false,
    keySpecs: [{ flags: "NOT_KEY", begin: { index: 1 }, find: { lastKey: 0, step: 1, limit: 0 } }],
    channels: "publish",
    args: [string("shardchannel"), string("message")],
  },
  (ctx, argv) => {
    ctx.reply.integer(ctx.pubsub.publish("shard", argv, 1, 2));
  },
);

import { defineCommand, string } from "../spec.js";
import { subscribeTo, unsubscribeFrom } from "./confirmation.js";

/** SUBSCRIBE: to channels. */
export const subscribe = defineCommand(
  {
    name: "SUBSCRIBE",
    group: "pubsub",
    since: "2.0.0",
    summary: "Listens for messages published to channels.",
    complexity: "O(N) where N is the number of channels to subscribe to.",
    flags: ["pubsub", "noscript", "loading", "stale", "sentinel"],
    channels: "subscribe",
    args: [string("channel", { multiple: true })],
  },
  (ctx, argv) => subscribeTo(ctx, argv, "channel"),
);

/** UNSUBSCRIBE: from channels. */
export const unsubscribe = defineCommand(
  {
    name: "UNSUBSCRIBE",
    group: "pubsub",
    since: "2.0.0",
    summary: "Stops listening to messages posted to channels.",
    complexity: "O(N) where N is the number of channels to unsubscribe.",
    flags: ["pubsub", "noscript", "loading", "stale", "sentinel"],
    args: [string("channel", { optional: true, multiple: true })],
  },
  (ctx, argv) => unsubscribeFrom(ctx, argv, "channel"),
);

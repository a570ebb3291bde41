import { defineCommand, pattern } from "../spec.js";
import { subscribeTo, unsubscribeFrom } from "./confirmation.js";

/** PSUBSCRIBE: to the channels that match patterns. */
export const psubscribe = defineCommand(
  {
    name: "PSUBSCRIBE",
    group: "pubsub",
    since: "2.0.0",
    summary: "Listens for messages published to channels that match one or more patterns.",
    complexity: "O(N) where N is the number of patterns to subscribe to.",
    flags: ["pubsub", "noscript", "loading", "stale", "sentinel"],
    channels: "psubscribe",
    args: [pattern("pattern", { multiple: true })],
  },
  (ctx, argv) => subscribeTo(ctx, argv, "pattern"),
);

/** PUNSUBSCRIBE: from patterns. */
export const punsubscribe = defineCommand(
  {
    name: "PUNSUBSCRIBE",
    group: "pubsub",
    since: "2.0.0",
    summary: "Stops listening to messages published to channels that match one or more patterns.",
    complexity: "O(N) where N is the number of patterns to unsubscribe.",
    flags: ["pubsub", "noscript", "loading", "stale", "sentinel"],
    args: [pattern("pattern", { optional: true, multiple: true })],
  },
  (ctx, argv) => unsubscribeFrom(ctx, argv, "pattern"),
);

import { defineCommand } from "../spec.js";

/** PUBSUB NUMPAT: how many patterns have subscribers. */
export const pubsubNumpat = defineCommand(
  {
    name: "NUMPAT",
    group: "pubsub",
    since: "2.8.0",
    summary: "Returns a count of unique pattern subscriptions.",
    complexity: "O(1)",
    flags: ["pubsub", "loading", "stale"],
  },
  ({ pubsub, reply }) => reply.integer(pubsub.patternCount),
);

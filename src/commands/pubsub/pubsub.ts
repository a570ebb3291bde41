import { defineContainer } from "../spec.js";
import { pubsubChannels, pubsubShardchannels } from "./pubsub-channels.js";
import { pubsubHelp } from "./pubsub-help.js";
import { pubsubNumpat } from "./pubsub-numpat.js";
import { pubsubNumsub, pubsubShardnumsub } from "./pubsub-numsub.js";

/** PUBSUB: who is subscribed to what. */
export const pubsub = defineContainer({
  name: "PUBSUB",
  group: "pubsub",
  since: "2.8.0",
  summary: "A container for Pub/Sub commands.",
  complexity: "Depends on subcommand.",
  flags: [],
  subcommands: [pubsubChannels, pubsubHelp, pubsubNumpat, pubsubNumsub, pubsubShardchannels, pubsubShardnumsub],
});

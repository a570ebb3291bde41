import type { Command } from "../spec.js";
import { psubscribe, punsubscribe } from "./psubscribe.js";
import { publish, spublish } from "./publish.js";
import { pubsub } from "./pubsub.js";
import { ssubscribe, sunsubscribe } from "./ssubscribe.js";
import { subscribe, unsubscribe } from "./subscribe.js";

/** The commands of the group "pubsub". */
export const pubsubCommands: readonly Command[] = [
  psubscribe,
  publish,
  pubsub,
  punsubscribe,
  spublish,
  ssubscribe,
  subscribe,
  sunsubscribe,
  unsubscribe,
];

/** What commands know of publish/subscribe. */
import type { Argv } from "../bytes/argv.js";
import type { Client, SubscriptionKind } from "./client.js";

/** Names are strings of one character per byte. */
export interface PubSub {
  /** Returns the number the confirmation states. Subscribing again changes nothing. */
  subscribe(client: Client, kind: SubscriptionKind, name: string): number;
  unsubscribe(client: Client, kind: SubscriptionKind, name: string): number;
  /** The number a confirmation states: shard channels, or channels and patterns together. */
  subscriptionCount(client: Client, kind: SubscriptionKind): number;
  /** Ends all subscriptions of a client, without a reply: for RESET and for connections that close. */
  leave(client: Client): void;
  /** Sends an argument to the subscribers of a channel, which is an argument too; returns how many got it. */
  publish(kind: "channel" | "shard", argv: Argv, channel: number, message: number): number;
  /** Channels that have a subscriber. */
  channels(kind: "channel" | "shard"): Iterable<string>;
  subscriberCount(kind: "channel" | "shard", channel: string): number;
  /** Patterns that have a subscriber. */
  readonly patternCount: number;
}

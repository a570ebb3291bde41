/** Who must go when users change: clients subscribed to channels their user may not hear any more. */
import { Region } from "../../bytes/region.js";
import type { Client } from "../../commands/client.js";
import type { Pattern } from "./pattern.js";
import type { User } from "./user.js";

/** All channels a user may use, or null when a change from `before` to `after` takes none away. */
export function remainingChannels(before: User, after: User): readonly Pattern[] | null {
  if (after.selectors.some(({ allChannels }) => allChannels)) return null;
  const remaining = after.selectors.flatMap(({ channelPatterns }) => channelPatterns.items);
  const texts = new Set(remaining.map(({ text }) => text));
  const isKept = before.selectors.every(
    ({ allChannels, channelPatterns }) => !allChannels && channelPatterns.items.every(({ text }) => texts.has(text)),
  );
  return isKept ? null : remaining;
}

/** True when a client is subscribed to something that is not among the channels. */
export function hearsMore({ subscriptions }: Client, channels: readonly Pattern[]): boolean {
  if (subscriptions === null) return false;
  const texts = new Set(channels.map(({ text }) => text));
  for (const pattern of subscriptions.pattern) if (!texts.has(pattern)) return true;
  for (const kind of ["channel", "shard"] as const) {
    for (const name of subscriptions[kind]) if (!isHeard(name, channels)) return true;
  }
  return false;
}

function isHeard(name: string, channels: readonly Pattern[]): boolean {
  const bytes = new Region(Buffer.from(name, "latin1"));
  return channels.some((channel) => channel.matches(bytes, 0, name.length));
}

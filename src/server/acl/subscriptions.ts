/** Who must go when users change: clients subscribed to channels their user may not hear any more. */
import type { Client } from "../../commands/client.js";
import type { Pattern } from "./pattern.js";
import type { User } from "./user.js";

/** All channels a user may use, or null when a change from `before` to `after` takes none away. */
export function remainingChannels(before: User, after: User): readonly Pattern[] | null {
  if (after.selectors.some(({ allChannels }) => allChannels)) return null;
  const remaining = after.selectors.flatMap(({ channelPatterns }) => channelPatterns);
  const texts = new Set(remaining.map(({ text }) => text));
  const isKept = before.selectors.every(
    ({ allChannels, channelPatterns }) => !allChannels && channelPatterns.every(({ text }) => texts.has(text)),
  );
  return isKept ? null : remaining;
}

/** True when a client is subscribed to something that is not among the channels. */
export function hearsMore({ subscriptions }: Client, channels: readonly Pattern[]): boolean {
  if (subscriptions === null) return false;
  for (const pattern of subscriptions.pattern) {
    if (!channels.some(({ text }) => text === pattern)) return true;
  }
  for (const kind of ["channel", "shard"] as const) {
    for (const name of subscriptions[kind]) {
      if (!channels.some((channel) => channel.matchesText(name))) return true;
    }
  }
  return false;
}

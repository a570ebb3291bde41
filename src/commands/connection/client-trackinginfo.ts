import type { TrackingMode } from "../client.js";
import { defineCommand } from "../spec.js";

/** CLIENT TRACKINGINFO: how this client tracks. */
export const clientTrackinginfo = defineCommand(
  {
    name: "TRACKINGINFO",
    group: "connection",
    since: "6.2.0",
    summary: "Returns information about server-assisted client-side caching for the connection.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "sentinel"],
  },
  ({ client, reply }) => {
    const { tracking } = client;
    const flags = tracking === null ? ["off"] : flagsOf(tracking);
    const prefixes = tracking === null ? [] : [...tracking.prefixes].sort();
    reply.map(3);
    reply.bulkText("flags");
    reply.set(flags.length);
    for (const flag of flags) reply.bulkText(flag);
    reply.bulkText("redirect");
    reply.integer(tracking?.redirect ?? -1);
    reply.bulkText("prefixes");
    reply.array(prefixes.length);
    for (const prefix of prefixes) reply.bulkLatin1(prefix);
  },
);

function flagsOf(tracking: TrackingMode): string[] {
  const flags = ["on"];
  if (tracking.broadcast) flags.push("bcast");
  if (tracking.optIn) flags.push("optin");
  if (tracking.optIn && tracking.isCachingGiven) flags.push("caching-yes");
  if (tracking.optOut) flags.push("optout");
  if (tracking.optOut && tracking.isCachingGiven) flags.push("caching-no");
  if (tracking.noLoop) flags.push("noloop");
  if (tracking.isRedirectBroken) flags.push("broken_redirect");
  return flags;
}

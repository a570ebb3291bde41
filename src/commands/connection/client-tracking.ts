import type { Argv } from "../../bytes/argv.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { TrackingMode } from "../client.js";
import type { ClientRegistry } from "../clients-context.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, flag, integer, oneOf, string } from "../spec.js";
import type { TrackingOptions } from "../tracking-context.js";

/** CLIENT TRACKING: tells the client when keys that it has read, or whose names begin with a prefix, change. */
export const clientTracking = defineCommand(
  {
    name: "TRACKING",
    group: "connection",
    since: "6.0.0",
    summary: "Controls server-assisted client-side caching for the connection.",
    complexity: "O(1). Some options may introduce additional complexity.",
    flags: ["noscript", "loading", "stale", "sentinel"],
    args: [
      oneOf("status", [flag("ON"), flag("OFF")], { optional: false }),
      integer("client-id", { token: "REDIRECT", optional: true }),
      string("prefix", { token: "PREFIX", optional: true, multiple: true, multipleToken: true }),
      flag("BCAST", { name: "BCAST" }),
      flag("OPTIN", { name: "OPTIN" }),
      flag("OPTOUT", { name: "OPTOUT" }),
      flag("NOLOOP", { name: "NOLOOP" }),
    ],
  },
  ({ client, clients, reply, tracking }, argv) => {
    const options = readOptions(argv, clients);
    if (typeof options === "string") return reply.error(options);
    if (argv.is(2, "ON")) {
      const problem = problemOf(options, client.tracking) ?? overlap(options.prefixes, client.tracking);
      if (problem !== null) return reply.error(problem);
      tracking.enable(client, options);
    } else if (argv.is(2, "OFF")) {
      tracking.disable(client);
    } else {
      return reply.error(SYNTAX_ERROR);
    }
    reply.ok();
  },
);

/** The options, or the text of an error. */
function readOptions(argv: Argv, clients: ClientRegistry): TrackingOptions | string {
  const options = {
    redirect: 0,
    broadcast: false,
    optIn: false,
    optOut: false,
    noLoop: false,
    prefixes: [] as string[],
  };
  for (let i = 3; i < argv.count; i++) {
    const hasValue = i + 1 < argv.count;
    if (argv.is(i, "REDIRECT") && hasValue) {
      if (options.redirect !== 0) return "ERR A client can only redirect to a single other client";
      const id = integerArgument(argv, ++i);
      if (id === null) return NOT_AN_INTEGER;
      if (clients.byId(id) === undefined) return "ERR The client ID you want redirect to does not exist";
      options.redirect = id;
    } else if (argv.is(i, "PREFIX") && hasValue) {
      options.prefixes.push(argv.latin1(++i));
    } else if (argv.is(i, "BCAST")) {
      options.broadcast = true;
    } else if (argv.is(i, "OPTIN")) {
      options.optIn = true;
    } else if (argv.is(i, "OPTOUT")) {
      options.optOut = true;
    } else if (argv.is(i, "NOLOOP")) {
      options.noLoop = true;
    } else {
      return SYNTAX_ERROR;
    }
  }
  return options;
}

/** Why the options do not go together, or not with how the client tracks already; null when they do. */
function problemOf(options: TrackingOptions, present: TrackingMode | null): string | null {
  const { broadcast, optIn, optOut } = options;
  if (!broadcast && options.prefixes.length > 0) return "ERR PREFIX option requires BCAST mode to be enabled";
  if (present !== null && present.broadcast !== broadcast) return cannotSwitch("BCAST mode on/off");
  if (broadcast && (optIn || optOut)) return "ERR OPTIN and OPTOUT are not compatible with BCAST";
  if (optIn && optOut) return "ERR You can't specify both OPTIN mode and OPTOUT mode";
  if ((optIn && present?.optOut) || (optOut && present?.optIn)) return cannotSwitch("OPTIN/OPTOUT mode");
  return null;
}

function cannotSwitch(what: string): string {
  return (
    `ERR You can't switch ${what} before disabling tracking for this client, and then re-enabling it with a different ` +
    "mode."
  );
}

/** An error when a key could have two of the prefixes, or one of them and one that the client has. */
function overlap(prefixes: readonly string[], present: TrackingMode | null): string | null {
  const existing = [...(present?.prefixes ?? [])].sort();
  const clashing = clashingOnes(prefixes);
  for (const [i, prefix] of prefixes.entries()) {
    const old = clashWith(existing, prefix);
    if (old !== null) return overlapError(prefix, "an existing prefix", old);
    // What it clashes with comes later, or that would have been found before.
    const other = clashing.has(prefix) && prefixes.slice(i + 1).find((later) => overlaps(prefix, later));
    if (typeof other === "string") return overlapError(prefix, "another provided prefix", other);
  }
  return null;
}

/** Those prefixes that overlap with another of them. In the order of their bytes what begins with a prefix follows it without a gap. */
function clashingOnes(prefixes: readonly string[]): Set<string> {
  const clashing = new Set<string>();
  let shortest: string | null = null;
  for (const prefix of [...prefixes].sort()) {
    if (shortest !== null && prefix.startsWith(shortest)) clashing.add(shortest).add(prefix);
    else shortest = prefix;
  }
  return clashing;
}

/** The first of some sorted prefixes, none of which overlap, with which another overlaps; null when none does. */
function clashWith(sorted: readonly string[], prefix: string): string | null {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < prefix) low = middle + 1;
    else high = middle;
  }
  // What it begins with is right before it, what begins with it right behind.
  for (const near of [sorted[low - 1], sorted[low]]) if (near !== undefined && overlaps(near, prefix)) return near;
  return null;
}

function overlaps(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

function overlapError(prefix: string, what: string, other: string): string {
  const quoted = (text: string): string => `'${text.split("\0", 1)[0]}'`;
  return `ERR Prefix ${quoted(prefix)} overlaps with ${what} ${quoted(other)}. Prefixes for a single client must not overlap.`;
}

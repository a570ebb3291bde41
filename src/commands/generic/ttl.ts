/** TTL, PTTL, EXPIRETIME and PEXPIRETIME: -2 for no such key, -1 for no expiry. */
import type { Argv } from "../../bytes/argv.js";
import type { Context } from "../context.js";
import { defineCommand, key } from "../spec.js";
import { lookupQuietly } from "./quiet-lookup.js";

const INT64_MAX = 2n ** 63n - 1n;

/** TTL: seconds left, rounded. */
export const ttl = defineCommand(
  {
    name: "TTL",
    group: "generic",
    since: "1.0.0",
    summary: "Returns the expiration time in seconds of a key.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    tips: ["nondeterministic_output"],
    history: [["2.8.0", "Added the -2 reply."]],
    args: [key("key", "RO ACCESS")],
  },
  (ctx, argv) => {
    const expireAtMs = expiryOf(ctx, argv);
    replyTime(ctx, expireAtMs < 0 ? expireAtMs : Math.floor((left(ctx, expireAtMs) + 500) / 1000));
  },
);

/** PTTL: milliseconds left. */
export const pttl = defineCommand(
  {
    name: "PTTL",
    group: "generic",
    since: "2.6.0",
    summary: "Returns the expiration time in milliseconds of a key.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    tips: ["nondeterministic_output"],
    history: [["2.8.0", "Added the -2 reply."]],
    args: [key("key", "RO ACCESS")],
  },
  (ctx, argv) => {
    const expireAtMs = expiryOf(ctx, argv);
    replyTime(ctx, expireAtMs < 0 ? expireAtMs : left(ctx, expireAtMs));
  },
);

/** EXPIRETIME: seconds since 1970, rounded. */
export const expiretime = defineCommand(
  {
    name: "EXPIRETIME",
    group: "generic",
    since: "7.0.0",
    summary: "Returns the expiration time of a key as a Unix timestamp.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO ACCESS")],
  },
  (ctx, argv) => {
    const expireAtMs = expiryOf(ctx, argv);
    replyTime(ctx, expireAtMs < 0 ? expireAtMs : Math.floor((expireAtMs + 500) / 1000));
  },
);

/** PEXPIRETIME: milliseconds since 1970. */
export const pexpiretime = defineCommand(
  {
    name: "PEXPIRETIME",
    group: "generic",
    since: "7.0.0",
    summary: "Returns the expiration time of a key as a Unix milliseconds timestamp.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO ACCESS")],
  },
  (ctx, argv) => replyTime(ctx, expiryOf(ctx, argv)),
);

/** When the key expires, ms since 1970; -2 when there is no such key, -1 when it does not expire. */
function expiryOf(ctx: Context, argv: Argv): number {
  const ref = lookupQuietly(ctx, argv, 1);
  if (ref === 0) return -2;
  const expireAtMs = ctx.db.expireAt(ref);
  return expireAtMs === 0 ? -1 : expireAtMs;
}

function left(ctx: Context, expireAtMs: number): number {
  return Math.max(0, expireAtMs - Math.floor(ctx.nowMs));
}

/** Times are kept as doubles, so the greatest may be rounded up beyond what an integer reply can hold. */
function replyTime({ reply }: Context, time: number): void {
  if (Number.isSafeInteger(time)) return reply.integer(time);
  const exact = BigInt(time);
  reply.bigInteger(exact > INT64_MAX ? INT64_MAX : exact);
}

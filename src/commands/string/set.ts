import type { Argv } from "../../bytes/argv.js";
import { KEEP_TTL } from "../../keyspace/database.js";
import { SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { defineCommand, flag, integer, key, oneOf, string, unixTime } from "../spec.js";
import { absoluteExpiry, parseStringOptions, StringOption } from "./expiry-options.js";
import { replyString, storeArgument, storeExpiring } from "./string-value.js";

/** SET: stores a string, with conditions, an expiry, and the old value as the reply if wanted. */
export const set = defineCommand(
  {
    name: "SET",
    group: "string",
    since: "1.0.0",
    summary: "Sets the string value of a key, ignoring its type. The key is created if it doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "denyoom"],
    effect: "rewritten",
    brief: true,
    history: [
      ["2.6.12", "Added the `EX`, `PX`, `NX` and `XX` options."],
      ["6.0.0", "Added the `KEEPTTL` option."],
      ["6.2.0", "Added the `GET`, `EXAT` and `PXAT` option."],
      ["7.0.0", "Allowed the `NX` and `GET` options to be used together."],
    ],
    args: [
      key("key", "RW ACCESS UPDATE VARIABLE_FLAGS", {
        keyNotes: "RW and ACCESS due to the optional `GET` argument",
      }),
      string("value"),
      oneOf("condition", [flag("NX"), flag("XX")], { since: "2.6.12" }),
      flag("GET", { since: "6.2.0" }),
      oneOf("expiration", [
        integer("seconds", { token: "EX", since: "2.6.12" }),
        integer("milliseconds", { token: "PX", since: "2.6.12" }),
        unixTime("unix-time-seconds", { token: "EXAT", since: "6.2.0" }),
        unixTime("unix-time-milliseconds", { token: "PXAT", since: "6.2.0" }),
        flag("KEEPTTL", { since: "6.0.0" }),
      ]),
    ],
    getKeys(argv, push) {
      let reads = false;
      for (let i = 3; i < argv.count; i++) reads ||= argv.is(i, "GET");
      push(1, reads ? "RW ACCESS UPDATE" : "OW UPDATE");
    },
  },
  (ctx, argv) => {
    if (argv.count > 3) return setWithOptions(ctx, argv);
    storeArgument(ctx, argv, 1, 2, 0);
    ctx.reply.ok();
  },
);

function setWithOptions(ctx: Context, argv: Argv): void {
  const { db, reply } = ctx;
  const parsed = parseStringOptions(argv, 3, StringOption.OF_SET);
  if (parsed < 0) return reply.error(SYNTAX_ERROR);
  const options = parsed % StringOption.VALUE_UNIT;
  const isTimed = (options & StringOption.TIMED) !== 0;
  let expireAtMs = (options & StringOption.KEEPTTL) !== 0 ? KEEP_TTL : 0;
  if (isTimed) {
    expireAtMs = absoluteExpiry(ctx, argv, Math.floor(parsed / StringOption.VALUE_UNIT), options);
    if (expireAtMs === 0) return;
  }
  const repliesOld = (options & StringOption.GET) !== 0;
  if (repliesOld && !replyString(ctx, argv, 1)) return;

  if ((options & StringOption.CONDITION) !== 0) {
    const exists = db.peek(argv, 1) !== 0;
    if (exists !== ((options & StringOption.XX) !== 0)) {
      db.lookupWrite(argv, 1);
      if (!repliesOld) reply.null();
      return;
    }
  }
  if (isTimed) storeExpiring(ctx, argv, 2, expireAtMs);
  else storeArgument(ctx, argv, 1, 2, expireAtMs);
  if (repliesOld && !isTimed && ctx.effects.isOn) sayWithoutGet(ctx, argv);
  if (!repliesOld) reply.ok();
}

/** The old value is nobody's business but the client's. */
function sayWithoutGet({ effects }: Context, argv: Argv): void {
  let words = 0;
  for (let i = 0; i < argv.count; i++) if (i < 3 || !argv.is(i, "GET")) words++;
  effects.instead("SET", words);
  for (let i = 1; i < argv.count; i++) if (i < 3 || !argv.is(i, "GET")) effects.argument(argv, i);
}

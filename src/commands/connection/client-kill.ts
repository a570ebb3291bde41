import type { Argv } from "../../bytes/argv.js";
import { SYNTAX_ERROR } from "../../protocol/errors.js";
import type { ClientFilter } from "../clients-context.js";
import type { ServiceContext } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, flag, integer, oneOf, string } from "../spec.js";
import { clientTypeArgument, unknownClientType } from "./client-type.js";

/** CLIENT KILL: closes one connection by its address, or all that meet the criteria. */
export const clientKill = defineCommand(
  {
    name: "KILL",
    group: "connection",
    since: "2.4.0",
    summary: "Terminates open connections.",
    complexity: "O(N) where N is the number of client connections",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
    history: [
      ["2.8.12", "Added new filter format."],
      ["2.8.12", "`ID` option."],
      ["3.2.0", "Added `master` type in for `TYPE` option."],
      ["5.0.0", "Replaced `slave` `TYPE` with `replica`. `slave` still supported for backward compatibility."],
      ["6.2.0", "`LADDR` option."],
    ],
    args: [
      oneOf(
        "filter",
        [
          string("old-format", { displayText: "ip:port", deprecatedSince: "2.8.12" }),
          oneOf(
            "new-format",
            [
              integer("client-id", { token: "ID", since: "2.8.12", optional: true }),
              oneOf(
                "client-type",
                [
                  flag("normal"),
                  flag("master", { since: "3.2.0" }),
                  flag("slave"),
                  flag("replica", { since: "5.0.0" }),
                  flag("pubsub"),
                ],
                { token: "TYPE", since: "2.8.12" },
              ),
              string("username", { token: "USER", optional: true }),
              string("addr", { token: "ADDR", displayText: "ip:port", optional: true }),
              string("laddr", { token: "LADDR", displayText: "ip:port", since: "6.2.0", optional: true }),
              oneOf("skipme", [flag("YES"), flag("NO")], { token: "SKIPME" }),
            ],
            { multiple: true, optional: false },
          ),
        ],
        { optional: false },
      ),
    ],
  },
  (ctx, argv) => {
    const { client, reply } = ctx;
    const isOldForm = argv.count === 3;
    const filter = isOldForm ? { address: argv.latin1(2) } : killFilter(ctx, argv);
    if (filter === null) return;
    const killed = ctx.clients.matching(filter);
    for (const victim of killed) if (victim !== client) victim.close("killed by CLIENT KILL");
    if (!isOldForm) reply.integer(killed.length);
    else if (killed.length > 0) reply.ok();
    else reply.error("ERR No such client");
    if (killed.includes(client)) client.closeAfterReply = true;
  },
);

/** The criteria among the arguments, or null after replying an error. A criterion given again replaces the first. */
function killFilter(ctx: ServiceContext, argv: Argv): ClientFilter | null {
  const filter: ClientFilter = { skipId: ctx.client.id };
  for (let i = 2; i < argv.count; i += 2) {
    const error = i + 1 < argv.count ? readCriterion(ctx, argv, i, filter) : SYNTAX_ERROR;
    if (error === null) continue;
    ctx.reply.error(error);
    return null;
  }
  return filter;
}

function readCriterion(ctx: ServiceContext, argv: Argv, i: number, filter: ClientFilter): string | null {
  const value = i + 1;
  if (argv.is(i, "ID")) {
    const id = integerArgument(argv, value);
    if (id === null || id < 1) return "ERR client-id should be greater than 0";
    filter.ids = [id];
  } else if (argv.is(i, "MAXAGE")) {
    const seconds = integerArgument(argv, value);
    if (seconds === null) return "ERR maxage is not an integer or out of range";
    if (seconds < 1) return "ERR maxage should be greater than 0";
    filter.maxAgeSeconds = seconds;
  } else if (argv.is(i, "TYPE")) {
    filter.type = clientTypeArgument(argv, value);
    if (filter.type === undefined) return unknownClientType(argv, value);
  } else if (argv.is(i, "ADDR")) {
    filter.address = argv.latin1(value);
  } else if (argv.is(i, "LADDR")) {
    filter.localAddress = argv.latin1(value);
  } else if (argv.is(i, "USER")) {
    filter.user = argv.latin1(value);
    if (ctx.acl.user(filter.user) === null) return `ERR No such user '${filter.user.split("\0", 1)[0]}'`;
  } else if (argv.is(i, "SKIPME")) {
    if (argv.is(value, "YES")) filter.skipId = ctx.client.id;
    else if (argv.is(value, "NO")) filter.skipId = undefined;
    else return SYNTAX_ERROR;
  } else {
    return SYNTAX_ERROR;
  }
  return null;
}

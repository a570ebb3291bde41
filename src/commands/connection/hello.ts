import type { Argv } from "../../bytes/argv.js";
import { WRONG_PASSWORD } from "../../protocol/errors.js";
import type { ServiceContext } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { block, defineCommand, integer, string } from "../spec.js";
import { INVALID_CLIENT_NAME, isClientName } from "./client-name.js";

const NOT_AUTHENTICATED =
  "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> " +
  "option can be used to authenticate the client and select the RESP protocol version at the same time";

/** HELLO: switches the protocol version, optionally after AUTH and SETNAME, and describes the server. */
export const hello = defineCommand(
  {
    name: "HELLO",
    group: "connection",
    since: "6.0.0",
    summary: "Handshakes with the Redis server.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "fast", "no_auth", "sentinel", "allow_busy"],
    history: [
      [
        "6.2.0",
        "`protover` made optional; when called without arguments the command reports the current connection's context.",
      ],
    ],
    secrets: (argv, hide) => {
      for (let i = 2; i + 2 < argv.count; i++) {
        if (!argv.is(i, "AUTH")) continue;
        hide(i + 1);
        hide(i + 2);
        i += 2;
      }
    },
    args: [
      block(
        "arguments",
        [
          integer("protover"),
          block("auth", [string("username"), string("password")], { token: "AUTH", optional: true }),
          string("clientname", { token: "SETNAME", optional: true }),
        ],
        { optional: true },
      ),
    ],
  },
  (ctx, argv) => {
    const { client, reply } = ctx;
    let version = 0;
    if (argv.count >= 2) {
      const asked = integerArgument(argv, 1);
      if (asked === null) return reply.error("ERR Protocol version is not an integer or out of range");
      if (asked !== 2 && asked !== 3) return reply.error("NOPROTO unsupported protocol version");
      version = asked;
    }
    let authAt = 0;
    let nameAt = 0;
    for (let i = 2; i < argv.count; i++) {
      if (argv.is(i, "AUTH") && i + 2 < argv.count) {
        authAt = i + 1;
        i += 2;
      } else if (argv.is(i, "SETNAME") && i + 1 < argv.count) {
        if (!isClientName(argv, i + 1)) return reply.error(INVALID_CLIENT_NAME);
        nameAt = ++i;
      } else {
        return reply.error(`ERR Syntax error in HELLO option '${argv.cString(i)}'`);
      }
    }
    if (authAt > 0 && !authenticate(ctx, argv, authAt)) return reply.error(WRONG_PASSWORD);
    if (!client.authenticated) return reply.error(NOT_AUTHENTICATED);
    if (nameAt > 0) client.name = argv.latin1(nameAt);
    if (version === 2 || version === 3) {
      client.resp = version;
      reply.resp = version;
    }
    describeServer(ctx);
  },
);

function authenticate(ctx: ServiceContext, argv: Argv, at: number): boolean {
  return ctx.acl.authenticate(ctx.client, argv.latin1(at), argv.bytes(at + 1), argv.latin1(0));
}

function describeServer({ client, reply, server }: Pick<ServiceContext, "client" | "reply" | "server">): void {
  reply.map(7);
  reply.bulkText("server");
  reply.bulkText("redis");
  reply.bulkText("version");
  reply.bulkText(server.version);
  reply.bulkText("proto");
  reply.integer(client.resp);
  reply.bulkText("id");
  reply.integer(client.id);
  reply.bulkText("mode");
  reply.bulkText("standalone");
  reply.bulkText("role");
  reply.bulkText("master");
  reply.bulkText("modules");
  reply.array(0);
}

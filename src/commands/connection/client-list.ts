import { SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Client } from "../client.js";
import type { ClientRegistry } from "../clients-context.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, flag, integer, oneOf } from "../spec.js";
import { clientTypeArgument, unknownClientType } from "./client-type.js";

/** CLIENT LIST: a line for each client, all of them or those of a type or with given ids. */
export const clientList = defineCommand(
  {
    name: "LIST",
    group: "connection",
    since: "2.4.0",
    summary: "Lists open connections.",
    complexity: "O(N) where N is the number of client connections",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
    tips: ["nondeterministic_output"],
    history: [
      ["2.8.12", "Added unique client `id` field."],
      ["5.0.0", "Added optional `TYPE` filter."],
      ["6.0.0", "Added `user` field."],
      ["6.2.0", "Added `argv-mem`, `tot-mem`, `laddr` and `redir` fields and the optional `ID` filter."],
      ["7.0.0", "Added `resp`, `multi-mem`, `rbs` and `rbp` fields."],
      ["7.0.3", "Added `ssub` field."],
    ],
    args: [
      oneOf("client-type", [flag("normal"), flag("master"), flag("replica"), flag("pubsub")], {
        token: "TYPE",
        since: "5.0.0",
      }),
      integer("client-id", { token: "ID", since: "6.2.0", optional: true, multiple: true }),
    ],
  },
  ({ clients, reply }, argv) => {
    let listed: Client[] = [];
    if (argv.count === 4 && argv.is(2, "TYPE")) {
      const type = clientTypeArgument(argv, 3);
      if (type === undefined) return reply.error(unknownClientType(argv, 3));
      listed = clients.matching({ type });
    } else if (argv.count > 3 && argv.is(2, "ID")) {
      for (let i = 3; i < argv.count; i++) {
        const id = integerArgument(argv, i);
        if (id === null) return reply.error("ERR Invalid client ID");
        const client = clients.byId(id);
        if (client !== undefined) listed.push(client);
      }
    } else if (argv.count !== 2) {
      return reply.error(SYNTAX_ERROR);
    } else {
      listed = [...clients.all()];
    }
    reply.verbatimBytes("txt", lines(clients, listed));
  },
);

/** CLIENT INFO: the line of CLIENT LIST about this client. */
export const clientInfo = defineCommand(
  {
    name: "INFO",
    group: "connection",
    since: "6.2.0",
    summary: "Returns information about the connection.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "sentinel"],
    tips: ["nondeterministic_output"],
  },
  ({ client, clients, reply }) => {
    reply.verbatimBytes("txt", lines(clients, [client]));
  },
);

/** As bytes, since the name of a user may have any. */
function lines(clients: ClientRegistry, listed: readonly Client[]): Uint8Array {
  return Buffer.from(listed.map((client) => `${clients.describe(client)}\n`).join(""), "latin1");
}

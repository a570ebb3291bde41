import { defineCommand, string } from "../spec.js";
import { INVALID_CLIENT_NAME, isClientName } from "./client-name.js";

/** CLIENT SETNAME: an empty name takes the name away. */
export const clientSetname = defineCommand(
  {
    name: "SETNAME",
    group: "connection",
    since: "2.6.9",
    summary: "Sets the connection name.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "sentinel"],
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
    args: [string("connection-name")],
  },
  ({ client, reply }, argv) => {
    if (!isClientName(argv, 2)) return reply.error(INVALID_CLIENT_NAME);
    client.name = argv.latin1(2);
    reply.ok();
  },
);

/** CLIENT GETNAME: null for a client without a name. */
export const clientGetname = defineCommand(
  {
    name: "GETNAME",
    group: "connection",
    since: "2.6.9",
    summary: "Returns the name of the connection.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "sentinel"],
  },
  ({ client, reply }) => {
    if (client.name === "") reply.null();
    else reply.bulkText(client.name);
  },
);

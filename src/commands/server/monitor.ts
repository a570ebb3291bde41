import { defineCommand } from "../spec.js";

/** MONITOR: from now on the client sees every command of all clients, until it leaves or sends RESET. */
export const monitor = defineCommand(
  {
    name: "MONITOR",
    group: "server",
    since: "1.0.0",
    summary: "Listens for all requests received by the server in real-time.",
    complexity: "",
    flags: ["admin", "noscript", "loading", "stale"],
  },
  ({ client, inTransaction, monitors, reply }) => {
    if (inTransaction) return reply.error("ERR MONITOR isn't allowed for DENY BLOCKING client");
    // Asked again, Redis says nothing.
    if (client.monitor) return;
    monitors.add(client);
    reply.ok();
  },
);

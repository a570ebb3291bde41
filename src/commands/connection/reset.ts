import { defineCommand } from "../spec.js";

/** RESET: the connection becomes as it was when it was accepted, but for its library name. */
export const reset = defineCommand(
  {
    name: "RESET",
    group: "connection",
    since: "6.2.0",
    summary: "Resets the connection.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  },
  (ctx) => {
    const { client, reply } = ctx;
    ctx.transactions.discard(client);
    ctx.pubsub.leave(client);
    ctx.tracking.disable(client);
    ctx.monitors.remove(client);
    client.db = ctx.keyspace.database(0);
    ctx.db = client.db;
    client.resp = 2;
    reply.resp = 2;
    ctx.acl.resetClient(client);
    client.name = "";
    client.replyMode = "on";
    client.noTouch = false;
    client.setNoEvict(false);
    reply.simple("RESET");
  },
);

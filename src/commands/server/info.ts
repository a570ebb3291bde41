import { defineCommand, string } from "../spec.js";

/** INFO: figures about the server, as text in sections. */
export const info = defineCommand(
  {
    name: "INFO",
    group: "server",
    since: "1.0.0",
    summary: "Returns information and statistics about the server.",
    complexity: "O(1)",
    flags: ["loading", "stale", "sentinel"],
    acl: ["dangerous"],
    tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
    history: [["7.0.0", "Added support for taking multiple section arguments."]],
    args: [string("section", { optional: true, multiple: true })],
  },
  (ctx, argv) => {
    const sections: string[] = [];
    for (let i = 1; i < argv.count; i++) sections.push(argv.latin1(i).toLowerCase());
    ctx.reply.verbatim("txt", ctx.info.text(sections));
  },
);

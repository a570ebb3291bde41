import { defineCommand, many, string } from "../spec.js";

/** CONFIG GET: names and values of the settings that match a pattern. */
export const configGet = defineCommand(
  {
    name: "GET",
    group: "server",
    since: "2.0.0",
    summary: "Returns the effective values of configuration parameters.",
    complexity: "O(N) when N is the number of configuration parameters provided",
    flags: ["admin", "noscript", "loading", "stale"],
    history: [["7.0.0", "Added the ability to pass multiple pattern parameters in one call"]],
    args: [many(string("parameter"))],
  },
  ({ config, reply }, argv) => {
    const patterns: string[] = [];
    for (let i = 2; i < argv.count; i++) patterns.push(argv.latin1(i));
    const settings = config.match(patterns);
    reply.map(settings.length);
    for (const [name, value] of settings) {
      reply.bulkLatin1(name);
      reply.bulkLatin1(value);
    }
  },
);

import { NOT_AN_INTEGER } from "../../protocol/errors.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, integer } from "../spec.js";
import { drawSky } from "./sky.js";

const MAX_SIZE = 200;

/** LOLWUT: the version; for those versions that drew something, above it a starry sky over water, another each second. */
export const lolwut = defineCommand(
  {
    name: "LOLWUT",
    group: "server",
    since: "5.0.0",
    summary: "Displays computer art and the Redis version",
    complexity: "",
    flags: ["readonly", "fast"],
    brief: false,
    args: [integer("version", { token: "VERSION", optional: true })],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    let next = 1;
    let sizes = 0;
    if (argv.count >= 3 && argv.is(1, "VERSION")) {
      const version = integerArgument(argv, 2);
      if (version === null) return reply.error(NOT_AN_INTEGER);
      sizes = version === 5 ? 3 : version === 6 ? 2 : 0;
      next = 3;
    }
    const size = [60, 16];
    for (let i = next; i < Math.min(argv.count, next + sizes); i++) {
      const value = integerArgument(argv, i);
      if (value === null) return reply.error(NOT_AN_INTEGER);
      if (i - next < 2) size[i - next] = Math.min(Math.max(value, 1), MAX_SIZE);
    }
    const art = sizes > 0 ? `${drawSky(size[0]!, size[1]!, Math.floor(ctx.nowMs / 1000))}\n` : "";
    reply.verbatim("txt", `${art}Redis ver. ${ctx.server.version}\n`);
  },
);

import { NOT_AN_INTEGER } from "../../protocol/errors.js";
import { subcommandSyntaxError } from "../command-errors.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, integer } from "../spec.js";

const MAX_BITS = 4096;

/** ACL GENPASS: a password of random bits in hexadecimal. */
export const aclGenpass = defineCommand(
  {
    name: "GENPASS",
    group: "server",
    since: "6.0.0",
    summary: "Generates a pseudorandom, secure password that can be used to identify ACL users.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "sentinel"],
    args: [integer("bits", { optional: true })],
  },
  ({ acl, reply }, argv) => {
    if (argv.count > 3) return reply.error(subcommandSyntaxError(argv, "ACL"));
    const bits = argv.count === 3 ? integerArgument(argv, 2) : 256;
    if (bits === null) return reply.error(NOT_AN_INTEGER);
    if (bits <= 0 || bits > MAX_BITS) {
      return reply.error(
        "ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096",
      );
    }
    reply.bulkText(acl.randomHex(Math.ceil(bits / 4)));
  },
);

import { defineCommand, oneOf, string } from "../spec.js";
import { isClientName } from "./client-name.js";

/** CLIENT SETINFO: name and version of the client library. */
export const clientSetinfo = defineCommand(
  {
    name: "SETINFO",
    group: "connection",
    since: "7.2.0",
    summary: "Sets information specific to the client or connection.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "sentinel"],
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
    args: [
      oneOf("attr", [string("libname", { token: "lib-name" }), string("libver", { token: "lib-ver" })], {
        optional: false,
      }),
    ],
  },
  ({ client, reply }, argv) => {
    const isName = argv.is(2, "LIB-NAME");
    const attribute = argv.cString(2);
    if (!isName && !argv.is(2, "LIB-VER")) return reply.error(`ERR Unrecognized option '${attribute}'`);
    if (!isClientName(argv, 3)) {
      return reply.error(`ERR ${attribute} cannot contain spaces, newlines or special characters.`);
    }
    if (isName) client.libName = argv.latin1(3);
    else client.libVersion = argv.latin1(3);
    reply.ok();
  },
);

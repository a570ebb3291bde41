/** The subcommands that would load a module: shared libraries for Redis' own process cannot be loaded here. */
import type { Argv } from "../../bytes/argv.js";
import type { ServiceContext } from "../context.js";
import { block, defineCommand, optional, string } from "../spec.js";

/** MODULE LOAD: never succeeds. */
export const moduleLoad = defineCommand(
  {
    name: "LOAD",
    group: "server",
    since: "4.0.0",
    summary: "Loads a module.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "noscript", "protected"],
    args: [string("path"), optional(string("arg", { multiple: true }))],
  },
  fail,
);

/** MODULE LOADEX: never succeeds. */
export const moduleLoadex = defineCommand(
  {
    name: "LOADEX",
    group: "server",
    since: "7.0.0",
    summary: "Loads a module using extended parameters.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "noscript", "protected"],
    args: [
      string("path"),
      block("configs", [string("name"), string("value")], {
        token: "CONFIG",
        multiple: true,
        multipleToken: true,
        optional: true,
      }),
      string("args", { token: "ARGS", multiple: true, optional: true }),
    ],
  },
  fail,
);

/** MODULE UNLOAD: there is no such module. */
export const moduleUnload = defineCommand(
  {
    name: "UNLOAD",
    group: "server",
    since: "4.0.0",
    summary: "Unloads a module.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "noscript", "protected"],
    args: [string("name")],
  },
  (ctx) => ctx.reply.error("ERR Error unloading module: no such module with that name"),
);

function fail({ log, reply }: Pick<ServiceContext, "log" | "reply">, argv: Argv): void {
  log.write("warning", `Module ${argv.utf8(2)} failed to load: Redstart cannot load modules`);
  reply.error("ERR Error loading the extension. Please check the server logs.");
}

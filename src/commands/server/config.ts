import { defineContainer } from "../spec.js";
import { configGet } from "./config-get.js";
import { configHelp } from "./config-help.js";
import { configResetstat } from "./config-resetstat.js";
import { configRewrite } from "./config-rewrite.js";
import { configSet } from "./config-set.js";

/** CONFIG: reads and changes the settings of the running server. */
export const config = defineContainer({
  name: "CONFIG",
  group: "server",
  since: "2.0.0",
  summary: "A container for server configuration commands.",
  complexity: "Depends on subcommand.",
  flags: [],
  arity: -2,
  subcommands: [configGet, configHelp, configResetstat, configRewrite, configSet],
});

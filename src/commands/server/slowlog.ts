import { defineContainer } from "../spec.js";
import { slowlogGet } from "./slowlog-get.js";
import { slowlogHelp } from "./slowlog-help.js";
import { slowlogLen } from "./slowlog-len.js";
import { slowlogReset } from "./slowlog-reset.js";

/** SLOWLOG: the commands that took long. */
export const slowlog = defineContainer({
  name: "SLOWLOG",
  group: "server",
  since: "2.2.12",
  summary: "A container for slow log commands.",
  complexity: "Depends on subcommand.",
  flags: [],
  subcommands: [slowlogGet, slowlogHelp, slowlogLen, slowlogReset],
});

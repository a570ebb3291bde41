import { defineContainer } from "../spec.js";
import { moduleHelp } from "./module-help.js";
import { moduleList } from "./module-list.js";
import { moduleLoad, moduleLoadex, moduleUnload } from "./module-load.js";

/** MODULE: extensions in C, of which there are none here; tools ask which there are. */
export const moduleCommand = defineContainer({
  name: "MODULE",
  group: "server",
  since: "4.0.0",
  summary: "A container for module commands.",
  complexity: "Depends on subcommand.",
  flags: [],
  subcommands: [moduleHelp, moduleList, moduleLoad, moduleLoadex, moduleUnload],
});

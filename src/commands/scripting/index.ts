import type { Command } from "../spec.js";
import { evalRo, evalScript, evalsha, evalshaRo } from "./eval.js";
import { fcall, fcallRo } from "./fcall.js";
import { functionCommand } from "./function.js";
import { script } from "./script.js";

/** The commands of the group "scripting". */
export const scriptingCommands: readonly Command[] = [
  evalScript,
  evalRo,
  evalsha,
  evalshaRo,
  fcall,
  fcallRo,
  functionCommand,
  script,
];

import type { Command } from "../spec.js";
import { discard } from "./discard.js";
import { exec } from "./exec.js";
import { multi } from "./multi.js";
import { unwatch } from "./unwatch.js";
import { watch } from "./watch.js";

/** The commands of the group "transactions". */
export const transactionCommands: readonly Command[] = [multi, exec, discard, watch, unwatch];

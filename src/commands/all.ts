/** Every command there is, group by group. */
import { connectionCommands } from "./connection/index.js";
import { genericCommands } from "./generic/index.js";
import { serverCommands } from "./server/index.js";
import type { Command } from "./spec.js";
import { transactionCommands } from "./transactions/index.js";

/** The lists a `CommandTable` is made from. */
export const commandGroups: readonly (readonly Command[])[] = [
  connectionCommands,
  genericCommands,
  serverCommands,
  transactionCommands,
];

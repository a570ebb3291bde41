import type { InfoField } from "../../commands/subsystem.js";

/** # Modules: none. */
export function modulesSection(): InfoField[] {
  return [];
}

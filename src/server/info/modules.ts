import type { InfoField } from "./sources.js";

/** # Modules: none. */
export function modulesSection(): InfoField[] {
  return [];
}

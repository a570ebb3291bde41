import type { InfoField } from "../../commands/subsystem.js";
import { type InfoSources, safeName } from "./sources.js";

/** # Errorstats: error replies by their code. */
export function errorStatsSection({ stats }: InfoSources): InfoField[] {
  return stats.errors.sorted().map(([code, count]) => [`errorstat_${safeName(code)}`, `count=${count}`]);
}

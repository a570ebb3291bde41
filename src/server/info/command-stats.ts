import type { InfoField } from "../../commands/subsystem.js";
import { type InfoSources, safeName } from "./sources.js";

/** # Commandstats: every command that was called or refused. */
export function commandStatsSection({ commands }: InfoSources): InfoField[] {
  const fields: InfoField[] = [];
  for (const entry of commands.entries()) {
    if (entry.calls === 0 && entry.rejectedCalls === 0 && entry.failedCalls === 0) continue;
    const times = `usec=${Math.floor(entry.usec)},usec_per_call=${entry.usecPerCall.toFixed(2)}`;
    const refused = `rejected_calls=${entry.rejectedCalls},failed_calls=${entry.failedCalls}`;
    fields.push([`cmdstat_${safeName(entry.name)}`, `calls=${entry.calls},${times},${refused}`]);
  }
  return fields;
}

import type { InfoField } from "../../commands/subsystem.js";
import type { InfoSources } from "./sources.js";

/** # Debug: how long the server's turns of work are; shown only by its name. */
export function debugSection({ stats }: InfoSources): InfoField[] {
  return [
    ["eventloop_duration_aof_sum", 0],
    ["eventloop_duration_cron_sum", Math.floor(stats.eventLoopCronUs)],
    ["eventloop_duration_max", Math.floor(stats.eventLoopMaxUs)],
    ["eventloop_cmd_per_cycle_max", stats.eventLoopMaxCommands],
  ];
}

import type { InfoField } from "../../commands/subsystem.js";
import type { InfoSources } from "./sources.js";

/** # CPU: processor time in seconds. There are no child processes. */
export function cpuSection(sources: InfoSources): InfoField[] {
  const all = sources.process.cpu();
  const main = sources.process.mainThreadCpu();
  const fields: InfoField[] = [
    ["used_cpu_sys", all.system.toFixed(6)],
    ["used_cpu_user", all.user.toFixed(6)],
    ["used_cpu_sys_children", "0.000000"],
    ["used_cpu_user_children", "0.000000"],
  ];
  if (main !== null) {
    fields.push(["used_cpu_sys_main_thread", main.system.toFixed(6)]);
    fields.push(["used_cpu_user_main_thread", main.user.toFixed(6)]);
  }
  return fields;
}

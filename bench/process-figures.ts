/** What a bench asks the system about servers, and on which core it puts them. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { programPath } from "../test/support/servers.js";

/** Whether server and load get a core each. */
export const pinned = process.platform === "linux" && programPath("taskset") !== null && availableParallelism() > 1;

/** The words before a command that run it on one core, where that can be chosen. */
export const onCore = (core: number): string[] => (pinned ? [programPath("taskset")!, "-c", String(core)] : []);

/** Puts this process, and those it starts from now on, on one core, where that can be chosen. */
export function moveTo(core: number): void {
  if (pinned) execFileSync(programPath("taskset")!, ["-acp", String(core), String(process.pid)], { stdio: "ignore" });
}

/** The time a process' threads have run, in µs; null where the system does not tell. (Its ticks in `stat` can be far off.) */
export function cpuMicroseconds(pid: number): number | null {
  try {
    let ns = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]);
    }
    return ns / 1000;
  } catch {
    return null;
  }
}

/** The memory a process has, in MB; null where the system does not tell. */
export function residentMegabytes(pid: number): number | null {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))![1]) / 1024;
  } catch {
    return null;
  }
}

/** A program that goes on without its terminal. Node cannot fork, so it is started a second time. */
import { spawn } from "node:child_process";

/** Starts this program again, detached from the terminal and with nowhere to print; `input` is what it reads from standard input. */
export function startDetached(args: readonly string[], input?: string): void {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...args], {
    detached: true,
    stdio: [input === undefined ? "ignore" : "pipe", "ignore", "ignore"],
  });
  child.stdin?.end(input, "latin1");
  child.unref();
}

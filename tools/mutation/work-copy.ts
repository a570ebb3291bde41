/**
 * A copy of what was built, to be broken: `dist/` in a temporary directory, beside links to the rest of the checkout. There the program
 * runs from its modules, not from the bundle, so that a changed module needs no build. The library's bundle stays as it was.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { builtFile, projectDirectory } from "../source-files.js";
import { type Reached, reachedBy } from "./coverage.js";
import type { Mutant } from "./mutate.js";

const FUZZ_SECONDS = 2;
/** Of each process: a mutant may take memory without end. What the arena reserves and does not use counts. */
const MEMORY_LIMIT_KB = 12_000_000;
const COPIED = ["bin", "dist", "package.json"];

/** How a run of a test ended; "late" when it had to be ended. */
type Ending = "passed" | "failed" | "late";

export class WorkCopy {
  readonly directory: string = mkdtempSync(join(tmpdir(), "mutants-"));
  #running: number | null = null;

  constructor() {
    for (const name of COPIED) cpSync(join(projectDirectory, name), join(this.directory, name), { recursive: true });
    for (const name of readdirSync(projectDirectory)) {
      if (!COPIED.includes(name)) symlinkSync(join(projectDirectory, name), join(this.directory, name));
    }
    mkdirSync(join(this.directory, "temporary"));
    writeFileSync(
      join(this.directory, "bin", "redstart.js"),
      `import("../dist/src/main.js").then(({ main }) => main(process.argv.slice(2)));\n`,
    );
  }

  remove(): void {
    this.#kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Runs `work` while `mutant` stands in the built file of `source`. */
  async changed<T>(source: string, mutant: Mutant, work: () => Promise<T>): Promise<T> {
    const path = join(this.directory, builtFile(source));
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.slice(0, mutant.start) + mutant.text + text.slice(mutant.end));
    try {
      return await work();
    } finally {
      writeFileSync(path, text);
    }
  }

  /** Runs a test or a fuzzer and says what it reached of `src/`. */
  async reachOf(test: string, limitMs: number): Promise<{ ending: Ending; reached: Reached }> {
    const directory = join(this.directory, "coverage");
    const ending = await this.run(test, limitMs, { NODE_V8_COVERAGE: directory });
    mkdirSync(directory, { recursive: true });
    const reached = reachedBy(directory, `${pathToFileURL(this.directory).href}/dist/src/`);
    rmSync(directory, { recursive: true });
    return { ending, reached };
  }

  /** Runs a test or a fuzzer; with it end the processes it started. */
  run(test: string, limitMs: number, env: NodeJS.ProcessEnv = {}): Promise<Ending> {
    const command = [process.execPath, builtFile(test)];
    if (test.endsWith(".fuzz.ts")) command.push("--seconds", String(FUZZ_SECONDS), "--seed", "1");
    const child = spawn("/bin/sh", ["-c", `ulimit -d ${MEMORY_LIMIT_KB}; exec "$@"`, "sh", ...command], {
      cwd: this.directory,
      stdio: "ignore",
      detached: true,
      env: { ...process.env, TMPDIR: join(this.directory, "temporary"), ...env },
    });
    this.#running = child.pid ?? null;
    return new Promise((resolve, reject) => {
      let ending: Ending = "late";
      const limit = setTimeout(() => this.#kill(), limitMs);
      child.on("error", reject);
      child.on("exit", (code) => {
        clearTimeout(limit);
        if (code !== null) ending = code === 0 ? "passed" : "failed";
        this.#kill();
        resolve(ending);
      });
    });
  }

  /** Ends the group of processes that the running test leads. */
  #kill(): void {
    if (this.#running === null) return;
    try {
      process.kill(-this.#running, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
    this.#running = null;
  }
}

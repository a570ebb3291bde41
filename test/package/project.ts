/** A project of a user of the package: the tarball that npm would publish, installed into a directory of its own. */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeTemporaryDirectory } from "../support/temporary-directory.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const LIMIT_MS = 60_000;

/** What a program printed, both streams together, and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

export class Project {
  readonly directory: string;
  readonly remove: () => void;

  private constructor() {
    const { path, remove } = makeTemporaryDirectory();
    this.directory = path;
    this.remove = remove;
  }

  /** Packs the package, and installs it without a network; `tools` are those of this checkout. */
  static async create(tools: readonly string[]): Promise<Project> {
    const project = new Project();
    const quiet = ["--ignore-scripts", "--offline", "--no-audit", "--no-fund", "--loglevel", "error"];
    await project.#npm(["pack", root, "--pack-destination", project.directory, ...quiet]);
    project.write("package.json", '{ "name": "user", "version": "1.0.0", "private": true }');
    const tarball = readdirSync(project.directory).find((name) => name.endsWith(".tgz"));
    await project.#npm(["install", `./${tarball}`, ...quiet]);
    for (const tool of tools) {
      const link = join(project.directory, "node_modules", tool);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, "node_modules", tool), link, "junction");
    }
    return project;
  }

  write(name: string, text: string): void {
    const file = join(this.directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Runs Node in the project. */
  node(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return this.#run(process.execPath, args, env);
  }

  /** Runs a program of a tool, given by its path within the tool's package. */
  tool(path: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return this.node([join(root, "node_modules", path), ...args], env);
  }

  async #npm(args: readonly string[]): Promise<void> {
    const isWindows = process.platform === "win32";
    const { code, output } = await this.#run(isWindows ? "npm.cmd" : "npm", args, {}, isWindows);
    if (code !== 0) throw new Error(`npm ${args[0]}: ${output}`);
  }

  #run(program: string, args: readonly string[], env: NodeJS.ProcessEnv, shell = false): Promise<Outcome> {
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...rest } = process.env;
    const options = { cwd: this.directory, env: { ...rest, CI: "1", NO_COLOR: "1", ...env }, timeout: LIMIT_MS, shell };
    return new Promise((resolve) => {
      execFile(program, args, options, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr });
      });
    });
  }
}

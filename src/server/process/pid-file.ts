/** The file of the directive `pidfile`, which holds the process id while the server runs. */
import type { Files } from "../../platform/files.js";
import { ConfigFiles, FileError, native } from "../config/config-files.js";
import type { Log } from "./log.js";

export class PidFile {
  readonly #files: Files;
  readonly #log: Log;
  #path: string | null = null;

  constructor(files: Files, log: Log) {
    this.#files = files;
    this.#log = log;
  }

  /** Writes the file, whose path may start at `directory`; one that cannot be written is logged and left. */
  write(path: string, directory: string, pid: number): void {
    const files = new ConfigFiles(this.#files);
    const absolute = files.resolve(directory, path);
    try {
      files.replace(absolute, `${pid}\n`);
      this.#path = native(absolute);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#log.warning(`Failed to write PID file: ${error.message}`);
    }
  }

  /** Removes what `write` wrote. */
  remove(): void {
    if (this.#path === null) return;
    this.#log.notice("Removing the pid file.");
    this.#files.remove(this.#path);
    this.#path = null;
  }
}

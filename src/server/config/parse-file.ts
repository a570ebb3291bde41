/**
 * Reads redis.conf: comments, quoting, includes with wildcards, and the lines that are not settings. The first mistake
 * ends it with the message redis-server prints before it gives up.
 */
import { FileError, withoutMark } from "./config-files.js";
import type { ConfigStore } from "./config-store.js";
import { findDirective } from "./directive-table.js";
import { tokenize } from "./tokenize.js";

/** A configuration that cannot be used. `message` is complete, as it goes to the terminal or the log. */
export class ConfigFileError extends Error {
  constructor(
    message: string,
    /** Printed as it is to standard error, or written as a line of the log with level "warning". */
    readonly report: "stderr" | "log",
    /** The line with the mistake, from 1; 0 when it is in no line. */
    readonly line: number,
  ) {
    super(message);
    this.name = "ConfigFileError";
  }
}

/** Where a line comes from. What is said twice is a mistake within one source; otherwise the later in this list wins. */
export const enum ConfigSource {
  /** A file that the configuration file includes, wherever it does. */
  INCLUDED,
  FILE,
  STDIN,
  OPTIONS,
}

/** What the lines mean that are not settings. Each returns why not, or null; without one, such lines do nothing. */
export interface ConfigLines {
  /** `rename-command from to`; to is "" when the command is to vanish. */
  renameCommand?(from: string, to: string): string | null;
  /** `user name rule ...`. */
  user?(name: string, rules: readonly string[], source: ConfigSource): string | null;
  /** `loadmodule path argument ...`. */
  loadModule?(path: string, args: readonly string[]): string | null;
}

/** Where a configuration comes from; what comes later wins. */
export interface ConfigSources {
  /** Path of the file, or a pattern of several. */
  readonly file?: string | null;
  /** What was read from standard input. */
  readonly stdin?: string;
  /** Lines made of the command line. */
  readonly options?: string;
}

const OBSOLETE = new Set(["list-max-ziplist-entries", "list-max-ziplist-value", "lua-replicate-commands"]);

const BAD_LINE = "Bad directive or wrong number of arguments";
const MAX_INCLUDES = 100;

/** Reads a whole configuration into a store; `version` is for the message. Throws a ConfigFileError. */
export function loadConfig(store: ConfigStore, version: string, sources: ConfigSources, lines: ConfigLines = {}): void {
  const reader = new ConfigReader(store, version, lines);
  const { file, stdin, options } = sources;
  let line = 1;
  const load = (text: string, source: ConfigSource): void => {
    reader.load(text, source, line);
    line += text.split("\n").length - (text === "" || text.endsWith("\n") ? 1 : 0);
  };
  if (file != null) load(reader.read(file), ConfigSource.FILE);
  if (stdin !== undefined) load(withoutMark(stdin), ConfigSource.STDIN);
  if (options !== undefined) load(options, ConfigSource.OPTIONS);
  reader.check();
}

class ConfigReader {
  readonly #store: ConfigStore;
  readonly #version: string;
  readonly #lines: ConfigLines;
  #depth = 0;

  constructor(store: ConfigStore, version: string, lines: ConfigLines) {
    this.#store = store;
    this.#version = version;
    this.#lines = lines;
  }

  /** Does what the lines of a text say; `firstLine` is the number of its first in messages. */
  load(text: string, source: ConfigSource, firstLine = 1): void {
    const lines = text.split("\n");
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!.replace(/^[\r\n\t ]+|[\r\n\t ]+$/g, "");
      if (line === "" || line.startsWith("#")) continue;
      const words = tokenize(line);
      const problem = words === null ? "Unbalanced quotes in configuration line" : this.#lineOrComment(words, source);
      if (problem !== null) {
        const number = firstLine + i;
        throw this.#fatal(`Reading the configuration file, at line ${number}\n>>> '${line}'\n${problem}`, number);
      }
    }
  }

  /** Conditions over several settings. */
  check(): void {
    const store = this.#store;
    const logfile = store.get("logfile");
    const { files } = store;
    if (logfile !== "" && files !== null) {
      try {
        files.checkAppendable(files.resolve(store.get("dir"), logfile));
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        throw this.#fatal(`Can't open the log file: ${error.message}`, 0);
      }
    }
    if (!store.get("cluster-enabled")) return;
    if (store.get("replicaof") !== null) throw this.#fatal("replicaof directive not allowed in cluster mode", 0);
    if (store.get("databases") > 1) store.assign("databases", ["1"]);
  }

  /** The text of a file, or of all that a pattern matches: none is fine then. */
  read(path: string): string {
    const { files } = this.#store;
    if (files === null) throw cannotOpen(path, new FileError("ENOENT"));
    const directory = this.#store.get("dir");
    const paths = /[*?[]/.test(path) ? files.expand(directory, path) : [path];
    let text = "";
    for (const file of paths) {
      if (text !== "" && !text.endsWith("\n")) text += "\n";
      try {
        text += withoutMark(files.read(files.resolve(directory, file)));
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        throw cannotOpen(file, error);
      }
    }
    return text;
  }

  /**
   * Does what one line says; returns what is wrong with it, or null. A comment may end it, where the line makes no sense otherwise: a value
   * may begin with "#" too, as passwords do. The longest line that makes sense counts.
   */
  #lineOrComment(words: readonly string[], source: ConfigSource): string | null {
    const problem = this.#line(words, source);
    if (problem === null) return null;
    // Rules of users may begin with "#", and what is dropped with one that is mistyped could be a restriction.
    const isComment = (word: string): boolean =>
      words[0]!.toLowerCase() === "user" ? word === "#" : word.startsWith("#");
    for (let i = words.length - 1; i > 1; i--) {
      if (isComment(words[i]!) && this.#line(words.slice(0, i), source) === null) return null;
    }
    return problem;
  }

  /** Does what the words of a line say; returns what is wrong with them, or null. */
  #line(words: readonly string[], source: ConfigSource): string | null {
    if (words.length === 0) return null;
    const name = words[0]!.toLowerCase();
    const entry = findDirective(name);
    if (entry !== undefined) {
      let args = words.slice(1);
      // One argument may hold all: bind "127.0.0.1 ::1". What does not split is refused by the directive itself.
      if (entry.directive.kind.multiple && args.length === 1 && args[0] !== "") args = tokenize(args[0]!) ?? [];
      return this.#store.assign(name, args, source === ConfigSource.INCLUDED);
    }
    if (OBSOLETE.has(name) && words.length === 2) return null;
    return this.#otherLine(name, words, source);
  }

  #otherLine(name: string, words: readonly string[], source: ConfigSource): string | null {
    const [, first, second] = words;
    if (name === "include" && words.length === 2) return this.#include(first!);
    if (name === "rename-command" && words.length === 3) return this.#lines.renameCommand?.(first!, second!) ?? null;
    if (name === "user" && words.length >= 2) return this.#lines.user?.(first!, words.slice(2), source) ?? null;
    if (name === "loadmodule" && words.length >= 2) return this.#lines.loadModule?.(first!, words.slice(2)) ?? null;
    if (name.includes(".")) return words.length < 2 ? "Module config specified without value" : null;
    if (name === "sentinel") return words.length === 1 ? null : "sentinel directive while not in sentinel mode";
    return BAD_LINE;
  }

  #include(path: string): string | null {
    if (this.#depth === MAX_INCLUDES) return "Too many nested includes";
    this.#depth++;
    this.load(this.read(path), ConfigSource.INCLUDED);
    this.#depth--;
    return null;
  }

  #fatal(text: string, line: number): ConfigFileError {
    const title = `\n*** FATAL CONFIG FILE ERROR (Redis ${this.#version}) ***\n`;
    return new ConfigFileError(`${title}${text}\n`, "stderr", line);
  }
}

function cannotOpen(path: string, error: FileError): ConfigFileError {
  return new ConfigFileError(`Fatal error, can't open config file '${path}': ${error.message}`, "log", 0);
}

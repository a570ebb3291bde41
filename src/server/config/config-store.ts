/**
 * The settings of one server: the typed values, who wants to know of changes, and what CONFIG does with them. Reading
 * one costs a Map lookup; whoever reads on a hot path keeps a copy with `follow`.
 *
 * A change goes through three steps: all values are parsed, then kept, then applied by those who asked with `onChange`.
 * If one of them refuses, all values go back and those who had applied the new ones apply the old ones again.
 */
import { globMatcher } from "../../bytes/glob.js";
import type { ConfigAccess } from "../../commands/config-context.js";
import type { Files } from "../../platform/files.js";
import { LOADING } from "../../protocol/errors.js";
import { ConfigFiles, FileError } from "./config-files.js";
import { type DirectiveFlags, Refusal } from "./directive.js";
import {
  type DirectiveEntry,
  type DirectiveName,
  directiveEntries,
  directives,
  findDirective,
  type Settings,
} from "./directive-table.js";
import { type RewriteEntry, rewriteFile } from "./rewrite.js";

/** What a store needs of the server around it; everything may be left out. */
export interface ConfigHost {
  /** Where configuration files and `dir` are. Without it paths are kept as they are given. */
  readonly files?: Files;
  /** True while the dataset is loading. */
  isLoading?(): boolean;
  /** True when the client that runs CONFIG SET is on this machine. */
  isLocalClient?(): boolean;
  /** The users as lines of redis.conf without the word "user", for CONFIG REWRITE. Without it lines stay as they are. */
  users?(): readonly string[];
  log?(level: "debug" | "verbose" | "notice" | "warning", message: string): void;
}

/** Applies a change; returns why it cannot, or null. */
type Apply = () => string | null;

interface Listener {
  readonly indexes: ReadonlySet<number>;
  readonly apply: Apply;
}

/** The settings of one server. */
export class ConfigStore implements ConfigAccess {
  /** The file CONFIG REWRITE rewrites: an absolute path, or null when the server has none. */
  file: string | null = null;
  readonly host: ConfigHost;
  /** Where files are, or null. */
  readonly files: ConfigFiles | null;
  readonly #values: unknown[] = [];
  /** Directives given in the file, on the command line or as options, by index. */
  readonly #assigned = new Set<number>();
  /** What included files made of directives, by index. */
  readonly #included = new Map<number, unknown>();
  readonly #listeners: Listener[] = [];
  readonly #followers = new Map<number, (() => void)[]>();

  constructor(host: ConfigHost = {}) {
    this.host = host;
    for (const directive of Object.values(directives)) this.#values.push(directive.default);
    this.files = host.files === undefined ? null : new ConfigFiles(host.files);
    if (this.files !== null) this.#values[entryOf("dir").index] = this.files.currentDirectory();
  }

  /** The typed value of a directive. */
  get<N extends DirectiveName>(name: N): Settings[N] {
    return this.#values[entryOf(name).index] as Settings[N];
  }

  number(name: string): number {
    return this.#values[entryOf(name).index] as number;
  }

  flag(name: string): boolean {
    return this.#values[entryOf(name).index] as boolean;
  }

  text(name: string): string {
    return this.#format(entryOf(name));
  }

  /** True when the value of the directive with this name or alias must not be logged. */
  isSensitive(name: string): boolean {
    return findDirective(name)?.directive.flags.sensitive === true;
  }

  /** True when the directive was given in the file, on the command line or as an option. */
  isAssigned(name: DirectiveName): boolean {
    return this.#assigned.has(entryOf(name).index);
  }

  /**
   * Calls `apply` after CONFIG SET changed the directive. What it returns is why the change cannot be applied, so that
   * everything the CONFIG SET changed goes back, or null.
   */
  onChange<N extends DirectiveName>(name: N, apply: (value: Settings[N]) => string | null): void {
    this.#listeners.push({ indexes: new Set([entryOf(name).index]), apply: () => apply(this.get(name)) });
  }

  /** `onChange` for several directives: called once when any of them changed. */
  onChangeOf(names: readonly DirectiveName[], apply: () => string | null): void {
    this.#listeners.push({ indexes: new Set(names.map((name) => entryOf(name).index)), apply });
  }

  /** Hands over the value now and after each change, so that hot code has it at hand. */
  follow<N extends DirectiveName>(name: N, receive: (value: Settings[N]) => void): void {
    const { index } = entryOf(name);
    const followers = this.#followers.get(index) ?? [];
    followers.push(() => receive(this.get(name)));
    this.#followers.set(index, followers);
    receive(this.get(name));
  }

  /**
   * Sets a directive from the arguments of a redis.conf line, which immutable ones allow too. Returns why not, or null.
   * Meant for the start: `onChange` is not asked. `isIncluded`: the line is in a file that CONFIG REWRITE does not write.
   */
  assign(name: string, args: readonly string[], isIncluded = false): string | null {
    const entry = findDirective(name);
    if (entry === undefined) return "Bad directive or wrong number of arguments";
    if (!entry.directive.kind.multiple && args.length !== 1) return "wrong number of arguments";
    const value = this.#parse(entry, args, this.#assigned.has(entry.index));
    if (value instanceof Refusal) return value.reason;
    this.#values[entry.index] = value;
    this.#assigned.add(entry.index);
    if (isIncluded) this.#included.set(entry.index, value);
    this.#tell([entry.index]);
    return null;
  }

  match(patterns: readonly string[]): [name: string, value: string][] {
    const found = new Map<string, [string, string]>();
    for (const pattern of patterns) {
      if (!/[*?[]/.test(pattern)) {
        const entry = findDirective(pattern);
        if (entry !== undefined && !found.has(entry.name)) found.set(entry.name, [pattern, this.#format(entry)]);
        continue;
      }
      const matches = globMatcher(pattern, true);
      for (const entry of directiveEntries) {
        if (entry.hidden || found.has(entry.name) || !matches(entry.name)) continue;
        found.set(entry.name, [entry.name, this.#format(entry)]);
      }
    }
    return [...found.values()];
  }

  set(pairs: readonly [name: string, value: string][]): string | null {
    const chosen = this.#choose(pairs);
    if (typeof chosen === "string") return chosen;
    const before = this.#values.slice();
    const changed: number[] = [];
    for (let i = 0; i < chosen.length; i++) {
      const entry = chosen[i]!;
      const text = pairs[i]![1];
      const args = !entry.directive.kind.multiple ? [text] : text === "" ? [] : text.split(" ");
      const old = this.#format(entry);
      const value = this.#parse(entry, args, false);
      if (value instanceof Refusal) {
        this.#restore(before);
        return setFailed(entry.name, value.reason);
      }
      this.#values[entry.index] = value;
      if (old !== this.#format(entry) || entry.directive.flags.volatile) changed.push(entry.index);
    }
    return this.#apply(chosen, changed, before);
  }

  rewrite(complete = false): string | null {
    const { log } = this.host;
    if (this.file === null || this.files === null) return "ERR The server is running without a config file";
    try {
      rewriteFile(this.files, this.file, this.#rewriteEntries(complete), this.host.users?.() ?? null);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      log?.("warning", `CONFIG REWRITE failed: ${error.message}`);
      return `ERR Rewriting config file: ${error.message}`;
    }
    log?.("notice", "CONFIG REWRITE executed with success.");
    return null;
  }

  /** The entries CONFIG SET names, or the error reply: nothing is parsed before all names are known to be settable. */
  #choose(pairs: readonly [name: string, value: string][]): DirectiveEntry[] | string {
    const chosen: DirectiveEntry[] = [];
    for (const [name] of pairs) {
      const entry = findDirective(name);
      if (entry === undefined) {
        return `ERR Unknown option or number of arguments for CONFIG SET - '${name.split("\0", 1)[0]}'`;
      }
      const { flags } = entry.directive;
      if (flags.immutable) return setFailed(name, "can't set immutable config");
      if (flags.protected && !this.#allowsProtected()) return setFailed(name, "can't set protected config");
      if (flags.denyLoading && this.host.isLoading?.()) return LOADING;
      if (chosen.includes(entry)) return setFailed(name, "duplicate parameter");
      chosen.push(entry);
    }
    return chosen;
  }

  #allowsProtected(): boolean {
    const allowed = this.get("enable-protected-configs");
    return allowed === "yes" || (allowed === "local" && this.host.isLocalClient?.() === true);
  }

  #apply(chosen: readonly DirectiveEntry[], changed: readonly number[], before: readonly unknown[]): string | null {
    const concerned = this.#listeners.filter((listener) => changed.some((index) => listener.indexes.has(index)));
    for (let i = 0; i < concerned.length; i++) {
      const reason = concerned[i]!.apply();
      if (reason === null) continue;
      const name = chosen.find((entry) => concerned[i]!.indexes.has(entry.index))!.name;
      this.host.log?.(
        "warning",
        `Failed applying new configuration. Possibly related to new ${name} setting. Restoring previous settings.`,
      );
      this.#restore(before);
      for (const listener of concerned.slice(0, i + 1)) this.#applyAgain(listener);
      return setFailed(name, reason);
    }
    this.#tell(changed);
    return null;
  }

  #applyAgain(listener: Listener): void {
    const reason = listener.apply();
    if (reason !== null) {
      this.host.log?.("warning", `Failed applying restored failed CONFIG SET command: ${reason}`);
    }
  }

  #restore(before: readonly unknown[]): void {
    for (let i = 0; i < before.length; i++) this.#values[i] = before[i];
  }

  #tell(changed: readonly number[]): void {
    for (const index of changed) for (const receive of this.#followers.get(index) ?? []) receive();
  }

  #parse(entry: DirectiveEntry, args: readonly string[], continued: boolean): unknown {
    const value: unknown = entry.directive.kind.parse(args, this.#values[entry.index], continued);
    const flags: DirectiveFlags = entry.directive.flags;
    if (!flags.directory || this.files === null || value instanceof Refusal) return value;
    try {
      return this.files.enterDirectory(this.#values[entry.index] as string, value as string);
    } catch (error) {
      if (error instanceof FileError) return new Refusal(error.message);
      throw error;
    }
  }

  #format(entry: DirectiveEntry): string {
    return entry.directive.kind.format(this.#values[entry.index]);
  }

  /**
   * What goes into the file; with `complete` also what need not be written. Without a line, a directive has the value of an included file,
   * or its default: lines that add up begin anew where they shall not add to those of the other file.
   */
  *#rewriteEntries(complete: boolean): Generator<RewriteEntry> {
    for (const { name, ownName, directive, index } of directiveEntries) {
      if (name !== ownName) continue;
      const { kind } = directive;
      const value = this.#values[index];
      const isIncluded = this.#included.has(index);
      const unwritten = isIncluded ? this.#included.get(index) : directive.default;
      const lines = [...kind.rewrite(name, value, unwritten)];
      const isSame = kind.format(value) === kind.format(unwritten);
      const empty = { text: `${name} ${kind.unset ?? '""'}`, force: true };
      if (isIncluded && !isSame && (kind.addsUp || lines.length === 0) && lines[0]?.text !== empty.text)
        lines.unshift(empty);
      const force = complete ? true : isIncluded && isSame ? false : null;
      yield { name, lines: force === null ? lines : lines.map(({ text }) => ({ text, force })) };
    }
  }
}

/** The entry of a name that the code gives, so that it must exist. */
function entryOf(name: string): DirectiveEntry {
  const entry = findDirective(name);
  if (entry === undefined) throw new Error(`no directive is called ${name}`);
  return entry;
}

function setFailed(name: string, reason: string): string {
  return `ERR CONFIG SET failed (possibly related to argument '${name}') - ${reason}`;
}

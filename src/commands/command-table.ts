/**
 * The commands of one server. Entries are made per table from shared declarations, so two servers in one process share
 * neither statistics nor renamings.
 */
import type { Argv } from "../bytes/argv.js";
import type { Region } from "../bytes/region.js";
import { CommandEntry, resolveSubcommand } from "./command-entry.js";
import { NameIndex } from "./name-index.js";
import type { Command } from "./spec.js";

export class CommandTable {
  /** By the names clients use. */
  readonly #byName: NameIndex<CommandEntry>;
  /** The ids of the entries are below this. */
  readonly idCount: number;
  /** As declared, whatever rename-command did. */
  readonly #declared: readonly CommandEntry[];
  #byDeclaredName: NameIndex<CommandEntry> | null = null;

  constructor(...groups: readonly (readonly Command[])[]) {
    this.#declared = groups.flat().map((command) => new CommandEntry(command));
    this.#byName = indexByName(this.#declared);
    let id = 0;
    for (const entry of this.declaredEntries()) entry.id = id++;
    this.idCount = id;
  }

  /** Number of commands, subcommands not counted. */
  get size(): number {
    return this.#byName.size;
  }

  /** The command called by these bytes, in any case, or null. */
  find(region: Region, offset: number, length: number): CommandEntry | null {
    return this.#byName.find(region, offset, length);
  }

  /**
   * The command that the arguments from `from` on call: a subcommand when a container is followed by one of its words.
   * Null when there is none.
   */
  lookup(argv: Argv, from = 0): CommandEntry | null {
    const entry = this.#byName.find(argv.source, argv.offset[from]!, argv.length[from]!);
    return entry === null ? null : resolveSubcommand(entry, argv, from + 1);
  }

  /** The command with a full name, "get" or "config|get" in any case, or null. */
  byFullName(name: string): CommandEntry | null {
    return lookupFullName(this.#byName, name);
  }

  /** As `byFullName`, with the names of the declarations whatever rename-command did: for AOF, scripts, ACL rules. */
  byDeclaredName(name: string): CommandEntry | null {
    this.#byDeclaredName ??= indexByName(this.#declared);
    return lookupFullName(this.#byDeclaredName, name);
  }

  /** Applies rename-command; an empty new name removes the command. Returns what is wrong, or null. */
  rename(name: string, newName: string): string | null {
    const entry = this.#byName.remove(name);
    if (entry === null) return "No such command in rename-command";
    if (newName !== "" && !this.#byName.add(newName, entry)) return "Target command name already exists";
    return null;
  }

  /** Commands without their subcommands, in the order of declaration. */
  commands(): readonly CommandEntry[] {
    return this.#byName.values();
  }

  /** Every command, each followed by its subcommands. */
  *entries(): Generator<CommandEntry> {
    for (const entry of this.#byName.values()) {
      yield entry;
      if (entry.subcommands !== null) yield* entry.subcommands.values();
    }
  }

  /** As `entries`, whatever rename-command did. */
  *declaredEntries(): Generator<CommandEntry> {
    for (const entry of this.#declared) {
      yield entry;
      if (entry.subcommands !== null) yield* entry.subcommands.values();
    }
  }

  /** CONFIG RESETSTAT. */
  resetStats(): void {
    for (const entry of this.entries()) entry.resetStats();
  }
}

function indexByName(entries: readonly CommandEntry[]): NameIndex<CommandEntry> {
  const index = new NameIndex<CommandEntry>(entries.length);
  for (const entry of entries) {
    if (!index.add(entry.name, entry)) throw new Error(`command ${entry.name} is declared twice`);
  }
  return index;
}

function lookupFullName(index: NameIndex<CommandEntry>, name: string): CommandEntry | null {
  const [word, sub, ...more] = name.split("|");
  if (more.length > 0) return null;
  const entry = index.findText(word!);
  if (entry === null || sub === undefined) return entry;
  return entry.subcommands?.findText(sub) ?? null;
}

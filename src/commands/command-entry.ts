/**
 * A command as one server holds it: the shared declaration, what dispatch needs of it as plain numbers, and this
 * server's own statistics. Facts that only COMMAND, ACL and cluster ask for are derived on first use, to start fast.
 */
import type { Argv } from "../bytes/argv.js";
import {
  deriveAclCategories,
  deriveArity,
  deriveBriefWords,
  deriveElementIndex,
  deriveKeys,
  deriveLegacyKeys,
  fullName,
  type LegacyKeys,
} from "./derive.js";
import { CommandBit, commandBits, keyBits } from "./flag-bits.js";
import { NameIndex } from "./name-index.js";
import type { AclCategory, Arg, Command, CommandHandler, KeySpec } from "./spec.js";

/** Where the latencies of one command are gathered; made by the server when latency tracking is on. */
export interface LatencyHistogram {
  /** Times recorded. */
  readonly count: number;
  record(usec: number, times?: number): void;
  /**
   * Calls `visit` for the ranges from 0 up to 1 µs, 2 µs, 4 µs … that hold more times than the one before, with the longest whole
   * microsecond in them and how many they hold.
   */
  eachDoubling(visit: (upToUs: number, count: number) => void): void;
}

/** What follows from a declaration and dispatch does not need. */
interface CommandFacts {
  readonly keySpecs: readonly KeySpec[];
  /** Mask of KeyBit for each key spec. */
  readonly keySpecBits: readonly number[];
  /** The key spec each key argument belongs to. */
  readonly keySpecOf: ReadonlyMap<Arg, number>;
  readonly legacyKeys: LegacyKeys;
  readonly aclCategories: readonly AclCategory[];
  /** `flagBits` and the derived MOVABLE_KEYS. */
  readonly flagBits: number;
}

export class CommandEntry {
  readonly command: Command;
  readonly handler: CommandHandler;
  /** Number of the command in its table, subcommands included: the bit of an ACL rule. */
  id = -1;
  /** Lower case; a subcommand's is "config|get". Not changed by rename-command. */
  readonly name: string;
  /** Exact number of arguments, name included, or the negated least number. */
  readonly arity: number;
  /** Mask of CommandBit, without the derived MOVABLE_KEYS. */
  readonly flagBits: number;
  /** The argument that is a field or member; 0 for none. */
  readonly elementIndex: number;
  /** Up to how many words a call is brief (`deriveBriefWords`). */
  readonly briefWords: number;
  /** Its calls are repeated elsewhere if they change anything. */
  readonly hasEffect: boolean;
  /** Subcommands by their own word; null for a plain command. */
  readonly subcommands: NameIndex<CommandEntry> | null;
  readonly parent: CommandEntry | null;

  /** The gates that concern it: a mask of GateBit. */
  gates = 0;
  calls = 0;
  /** Microseconds spent in calls. */
  usec = 0;
  /** Refused before they ran: arity, authentication, OOM … */
  rejectedCalls = 0;
  /** Ran and answered an error. */
  failedCalls = 0;
  histogram: LatencyHistogram | null = null;

  #facts: CommandFacts | null = null;

  constructor(command: Command, parent: CommandEntry | null = null) {
    this.command = command;
    this.handler = command.handler;
    this.parent = parent;
    this.name = fullName(command, parent?.command);
    this.arity = deriveArity(command, parent === null ? 1 : 2);
    this.flagBits = commandBits(command.flags);
    this.elementIndex = deriveElementIndex(command);
    this.briefWords = deriveBriefWords(command);
    this.hasEffect = command.effect !== undefined;
    this.subcommands = command.subcommands === undefined ? null : new NameIndex(command.subcommands.length);
    for (const sub of command.subcommands ?? []) this.subcommands!.add(sub.name, new CommandEntry(sub, this));
  }

  acceptsCount(count: number): boolean {
    return this.arity > 0 ? count === this.arity : count >= -this.arity;
  }

  get usecPerCall(): number {
    return this.calls === 0 ? 0 : this.usec / this.calls;
  }

  resetStats(): void {
    this.calls = 0;
    this.usec = 0;
    this.rejectedCalls = 0;
    this.failedCalls = 0;
    this.histogram = null;
  }

  get facts(): CommandFacts {
    this.#facts ??= this.#derive();
    return this.#facts;
  }

  #derive(): CommandFacts {
    const keys = deriveKeys(this.command, this.parent === null ? 1 : 2);
    const legacyKeys = deriveLegacyKeys(keys.specs);
    return {
      keySpecs: keys.specs,
      keySpecBits: keys.specs.map((spec) => keyBits(spec.flags)),
      keySpecOf: keys.specOf,
      legacyKeys,
      aclCategories: deriveAclCategories(this.command),
      flagBits: this.flagBits | (legacyKeys.movable ? CommandBit.MOVABLE_KEYS : 0),
    };
  }
}

/** The subcommand that argument `at` names, the entry itself when it has none or the argument is missing, or null. */
export function resolveSubcommand(entry: CommandEntry, argv: Argv, at: number): CommandEntry | null {
  if (entry.subcommands === null || at >= argv.count) return entry;
  return entry.subcommands.find(argv.source, argv.offset[at]!, argv.length[at]!);
}

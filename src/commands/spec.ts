/**
 * The declaration of a command. Arity, key positions, COMMAND INFO|DOCS|GETKEYS, ACL categories, routing and the page in
 * the docs are derived from it (`derive.ts`), never written twice.
 */
import type { Argv } from "../bytes/argv.js";
import type { Context, ServiceContext } from "./context.js";

export type CommandGroup =
  | "generic"
  | "string"
  | "list"
  | "set"
  | "sorted-set"
  | "hash"
  | "pubsub"
  | "transactions"
  | "connection"
  | "server"
  | "scripting"
  | "hyperloglog"
  | "cluster"
  | "sentinel"
  | "geo"
  | "stream"
  | "bitmap";

/** Flags as COMMAND INFO prints them. `movablekeys` is derived. */
export type CommandFlag =
  | "write"
  | "readonly"
  | "denyoom"
  | "admin"
  | "pubsub"
  | "noscript"
  | "blocking"
  | "loading"
  | "stale"
  | "skip_monitor"
  | "skip_slowlog"
  | "asking"
  | "fast"
  | "no_auth"
  | "may_replicate"
  | "no_mandatory_keys"
  | "protected"
  | "sentinel"
  | "only_sentinel"
  | "allow_busy"
  | "no_async_loading"
  | "no_multi"
  | "touches_arbitrary_keys";

/** ACL categories that do not follow from flags and group, without the "@". */
export type AclCategory =
  | "keyspace"
  | "dangerous"
  | "admin"
  | "connection"
  | "transaction"
  | "scripting"
  | "pubsub"
  | "blocking"
  | "slow"
  | "fast"
  | "string"
  | "bitmap"
  | "list"
  | "set"
  | "sortedset"
  | "hash"
  | "stream"
  | "hyperloglog"
  | "geo"
  | "read"
  | "write";

type ArgKind = "key" | "string" | "integer" | "double" | "pattern" | "unix-time" | "pure-token" | "oneof" | "block";

/** One node of the argument tree; made by the functions below. */
export interface Arg {
  readonly name: string;
  readonly kind: ArgKind;
  /** The word before the value, or the word itself for a pure token. */
  readonly token?: string;
  readonly optional?: boolean;
  readonly multiple?: boolean;
  /** With `multiple`: the token is repeated before each value. */
  readonly multipleToken?: boolean;
  readonly since?: string;
  readonly deprecatedSince?: string;
  readonly summary?: string;
  /** What `oneof` chooses from, what `block` consists of. */
  readonly args?: readonly Arg[];
  /** For keys: the flags of its key spec, e.g. "RW ACCESS UPDATE". */
  readonly keyFlags?: string;
  /** For keys: the remark of its key spec. */
  readonly keyNotes?: string;
  /** Which of the command's own `keySpecs` this argument belongs to, where it does not follow. */
  readonly keySpecIndex?: number;
  readonly displayText?: string;
}

/** A key spec as COMMAND INFO prints it, for commands whose keys do not follow from the tree. */
export interface KeySpec {
  readonly flags: string;
  readonly notes?: string;
  readonly begin: { readonly index: number } | { readonly keyword: string; readonly startFrom: number } | "unknown";
  readonly find:
    | { readonly lastKey: number; readonly step: number; readonly limit: number }
    | { readonly keyNumIndex: number; readonly firstKey: number; readonly step: number }
    | "unknown";
}

export interface CommandSpec {
  /** Capitals; a subcommand's own word only ("GET" of CONFIG GET). */
  readonly name: string;
  readonly group: CommandGroup;
  readonly since: string;
  readonly summary: string;
  readonly complexity: string;
  readonly flags: readonly CommandFlag[];
  readonly acl?: readonly AclCategory[];
  readonly args?: readonly Arg[];
  /** Overrides the derived arity. */
  readonly arity?: number;
  /** Overrides the derived key specs. */
  readonly keySpecs?: readonly KeySpec[];
  /** Finds the keys when key specs cannot: pushes argument indexes, or none where the specs will do. */
  readonly getKeys?: (argv: Argv, push: (index: number, flags: string) => void) => void;
  /**
   * Whether a call's time follows from the bytes it takes and gives, so that it needs no clock of its own; a number: if it has no more words.
   * `deriveBriefWords` has the default.
   */
  readonly brief?: boolean | number;
  /** Arguments that the slow log and MONITOR must not show: calls `hide` with their indexes. */
  readonly secrets?: (
    argv: Argv,
    hide: (index: number) => void,
    config: { isSensitive(setting: string): boolean },
  ) => void;
  /** The channels among the arguments, which ACL rules restrict: argument 1, all from 1 on, or all from 1 on as patterns. */
  readonly channels?: "publish" | "subscribe" | "psubscribe";
  /**
   * How a call that changed something is repeated elsewhere (`effects.ts`): as it was sent, or in other words when the handler says so.
   * Every command that can change data has one.
   */
  readonly effect?: "as sent" | "rewritten";
  readonly tips?: readonly string[];
  readonly history?: readonly (readonly [version: string, change: string])[];
  readonly deprecatedSince?: string;
  readonly replacedBy?: string;
  readonly docFlags?: readonly ("deprecated" | "syscmd")[];
  readonly subcommands?: readonly Command[];
}

/** Runs a command: reads `argv` (argument 0 is the name), changes data through `ctx.db`, writes exactly one reply. */
export type CommandHandler = (ctx: ServiceContext, argv: Argv) => void;

/** The groups of commands that are about data. */
type DataGroup =
  | "generic"
  | "string"
  | "list"
  | "set"
  | "sorted-set"
  | "hash"
  | "hyperloglog"
  | "geo"
  | "stream"
  | "bitmap";

/** What the handlers of a group can reach. */
type ContextOf<G extends CommandGroup> = [G] extends [DataGroup] ? Context : ServiceContext;

/** A declared command with what was derived from its declaration. */
export interface Command extends CommandSpec {
  readonly handler: CommandHandler;
}

/** Declares a command. */
export function defineCommand<G extends CommandGroup>(
  spec: CommandSpec & { readonly group: G },
  handler: (ctx: ContextOf<G>, argv: Argv) => void,
): Command {
  return { ...spec, handler };
}

/** Declares a command that only has subcommands; called without one it fails by its arity. */
export function defineContainer(spec: CommandSpec & { readonly subcommands: readonly Command[] }): Command {
  return { arity: -2, ...spec, handler: () => {} };
}

type Options = Partial<Omit<Arg, "name" | "kind" | "args">>;

/** A key, with the flags of its key spec: "RO ACCESS", "RW UPDATE", "OW UPDATE", "RM DELETE" … */
export const key = (name: string, keyFlags: string, options: Options = {}): Arg => ({
  name,
  kind: "key",
  keyFlags,
  ...options,
});
export const string = (name: string, options: Options = {}): Arg => ({ name, kind: "string", ...options });
export const integer = (name: string, options: Options = {}): Arg => ({ name, kind: "integer", ...options });
export const double = (name: string, options: Options = {}): Arg => ({ name, kind: "double", ...options });
export const pattern = (name: string, options: Options = {}): Arg => ({ name, kind: "pattern", ...options });
export const unixTime = (name: string, options: Options = {}): Arg => ({ name, kind: "unix-time", ...options });
/** A word that is given or not; optional unless inside oneOf. */
export const flag = (token: string, options: Options & { name?: string } = {}): Arg => ({
  name: token.toLowerCase(),
  kind: "pure-token",
  token,
  optional: true,
  ...options,
});
/** One of several forms; optional by default. */
export const oneOf = (name: string, args: readonly Arg[], options: Options = {}): Arg => ({
  name,
  kind: "oneof",
  args: args.map((arg) => (arg.kind === "pure-token" ? { ...arg, optional: false } : arg)),
  optional: true,
  ...options,
});
export const block = (name: string, args: readonly Arg[], options: Options = {}): Arg => ({
  name,
  kind: "block",
  args,
  ...options,
});
/** One or more of a thing. */
export const many = (arg: Arg): Arg => ({ ...arg, multiple: true });
/** A thing that may be left out. */
export const optional = (arg: Arg): Arg => ({ ...arg, optional: true });

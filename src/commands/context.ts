/**
 * What a command can reach. One Context per server, changed in place for every command (nothing is allocated), so a
 * handler must not keep it. The interfaces below are all that commands know of the upper layers; the layers implement
 * them and `assemble` connects them.
 */
import type { Argv } from "../bytes/argv.js";
import type { Database } from "../keyspace/database.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import type { ReplyWriter } from "../protocol/reply-writer.js";
import type { ValueType } from "../structures/entry/entry.js";
import type { Acl } from "./acl-context.js";
import type { Client, SubscriptionKind } from "./client.js";
import type { CommandEntry } from "./command-entry.js";
import type { CommandTable } from "./command-table.js";
import type { DebugSwitches } from "./debug-switches.js";
import type { Effects } from "./effects.js";

export interface Context {
  readonly keyspace: Keyspace;
  readonly reply: ReplyWriter;
  readonly commands: CommandTable;
  readonly config: ConfigAccess;
  readonly clients: ClientRegistry;
  readonly transactions: Transactions;
  readonly pubsub: PubSub;
  readonly blocking: Blocking;
  readonly tracking: Tracking;
  readonly server: ServerFacts;
  readonly turns: Turns;
  readonly info: Info;
  readonly memory: Memory;
  readonly lifecycle: Lifecycle;
  readonly persistence: Persistence;
  readonly replication: Replication;
  readonly log: ServerLog;
  readonly slowLog: SlowLog;
  readonly latency: LatencyMonitor;
  readonly monitors: Monitors;
  readonly acl: Acl;
  /** Where a command says what repeats it elsewhere, if not itself. */
  readonly effects: Effects;
  /** What DEBUG has switched. */
  readonly debug: DebugSwitches;
  /** Who sent the command. */
  client: Client;
  /** The client's selected database. */
  db: Database;
  /** The command being run. */
  command: CommandEntry;
  /** Milliseconds since 1970, read once for each batch of commands; the same for a whole transaction. */
  nowMs: number;
  /** Set by a command that is brief as a rule, when this call had much to do: then the slow log can blame it. */
  hadMuchToDo: boolean;
  /** True while EXEC runs the queued commands. */
  inTransaction: boolean;
}

/** CONFIG's view of the settings. Values are text as CONFIG GET prints it. */
export interface ConfigAccess {
  /** Names and values of all settings matching one of the glob patterns, each once. */
  match(patterns: readonly string[]): [name: string, value: string][];
  /** Sets all or none. Returns an error reply's text, or null when done. */
  set(pairs: readonly [name: string, value: string][]): string | null;
  /** Rewrites the configuration file, with `complete` every setting. Returns an error reply's text, or null when done. */
  rewrite(complete?: boolean): string | null;
  number(name: string): number;
  text(name: string): string;
  flag(name: string): boolean;
}

/** Criteria of CLIENT KILL and CLIENT LIST; a client matches when it meets all those given. */
export interface ClientFilter {
  ids?: number[];
  type?: "normal" | "master" | "replica" | "pubsub";
  address?: string;
  localAddress?: string;
  user?: string;
  skipId?: number;
  maxAgeSeconds?: number;
}

export interface ClientRegistry {
  readonly count: number;
  byId(id: number): Client | undefined;
  all(): Iterable<Client>;
  matching(filter: ClientFilter): Client[];
  /** One line as CLIENT LIST prints it, without the line break. */
  describe(client: Client): string;
  /** CLIENT PAUSE until a time in milliseconds since 1970. */
  pause(untilMs: number, mode: "all" | "write"): void;
  unpause(): void;
}

/** Names are strings of one character per byte. */
export interface PubSub {
  /** Returns the number the confirmation states. Subscribing again changes nothing. */
  subscribe(client: Client, kind: SubscriptionKind, name: string): number;
  unsubscribe(client: Client, kind: SubscriptionKind, name: string): number;
  /** The number a confirmation states: shard channels, or channels and patterns together. */
  subscriptionCount(client: Client, kind: SubscriptionKind): number;
  /** Ends all subscriptions of a client, without a reply: for RESET and for connections that close. */
  leave(client: Client): void;
  /** Sends an argument to the subscribers of a channel, which is an argument too; returns how many got it. */
  publish(kind: "channel" | "shard", argv: Argv, channel: number, message: number): number;
  /** Channels that have a subscriber. */
  channels(kind: "channel" | "shard"): Iterable<string>;
  subscriberCount(kind: "channel" | "shard", channel: string): number;
  /** Patterns that have a subscriber. */
  readonly patternCount: number;
}

/** Figures about memory, in bytes, that only the server's upper layers know. */
export interface MemoryFigures {
  readonly used: number;
  readonly peak: number;
  /** `used` when the server had started. */
  readonly startup: number;
  readonly resident: number;
  /** Allocated by the arena, what its segments hold ready for use, and what the system gave for them. */
  readonly arenaAllocated: number;
  readonly arenaActive: number;
  readonly arenaResident: number;
  readonly normalClients: number;
  readonly replicaClients: number;
  readonly replicationBacklog: number;
  readonly clusterLinks: number;
  readonly aofBuffer: number;
  readonly scripts: number;
  readonly functions: number;
}

/** The clients that need `fromBytes` or more, but not as much as those of the next bucket. */
export interface ClientMemoryBucket {
  readonly fromBytes: number;
  readonly clients: number;
  /** What they need together. */
  readonly bytes: number;
}

export interface Transactions {
  watch(client: Client, db: Database, argv: Argv, i: number): void;
  unwatch(client: Client): void;
  /** Keeps a command for EXEC. */
  enqueue(client: Client, command: CommandEntry, argv: Argv): void;
  /** Leaves MULTI, forgetting what was queued and watched. */
  discard(client: Client): void;
  /** Runs what was queued and writes the reply. */
  exec(client: Client): void;
}

export interface Blocking {
  /** False where a command must not wait (EXEC, a script): it then answers as if its time were up. */
  readonly canWait: boolean;
  /**
   * Lets the current client wait for `keyCount` keys from argument `firstKey` on, because the running command found nothing in them; the
   * command then returns without a reply. When one of the keys has a value of `type`, the whole command runs again, with a copy of
   * `argv`, which need not be the arguments as they came. With `wakesOnDeletion` it also runs when a key has gone, or has another type.
   * When the time (0: endless) is up, the client gets a null array.
   */
  waitFor(
    argv: Argv,
    firstKey: number,
    keyCount: number,
    timeoutMs: number,
    type: ValueType,
    wakesOnDeletion?: boolean,
  ): void;
  /**
   * Lets the current client wait for replicas to have what it wrote. When the time (0: endless) is up, it gets `reply`, which says how many
   * there are.
   */
  waitForReplicas(argv: Argv, timeoutMs: number, reply: Uint8Array): void;
  /** Runs the commands again that wait for the key at argument i, though nothing was reported as changed. */
  wake(argv: Argv, i: number): void;
}

/** The options of CLIENT TRACKING ON. */
export interface TrackingOptions {
  /** Id of the client that is to get the messages, 0 for the client itself. */
  redirect: number;
  broadcast: boolean;
  optIn: boolean;
  optOut: boolean;
  noLoop: boolean;
  /** Of BCAST; they are added to those the client has. */
  prefixes: string[];
}

/** Client-side caching: who is told when keys change. */
export interface Tracking {
  /** Begins to track, or changes how. */
  enable(client: Client, options: TrackingOptions): void;
  /** Does nothing for a client that does not track. */
  disable(client: Client): void;
}

/** A command that took long. */
export interface SlowLogEntry {
  readonly id: number;
  /** Seconds since 1970 when it ended. */
  readonly timeSeconds: number;
  /** Microseconds it took. */
  readonly us: number;
  /** Its arguments, shortened where they are many or long. */
  readonly args: readonly Uint8Array[];
  /** Who sent it: address and name. */
  readonly address: string;
  readonly name: string;
}

/** What SLOWLOG shows. */
export interface SlowLog {
  readonly length: number;
  /** At most `count` entries, the newest first. */
  newest(count: number): readonly SlowLogEntry[];
  reset(): void;
}

/** The longest time an event took within a second. */
export interface LatencySample {
  readonly timeSeconds: number;
  ms: number;
}

/** The spikes of one event. */
export interface LatencySeries {
  readonly event: string;
  /** By rising time; never empty. */
  readonly samples: readonly LatencySample[];
  /** The longest ever. */
  readonly maxMs: number;
}

/** What LATENCY shows. */
export interface LatencyMonitor {
  all(): readonly LatencySeries[];
  series(event: string): LatencySeries | null;
  /** Forgets an event, or (null) all; returns how many there were. */
  reset(event: string | null): number;
}

/** Clients that see the commands of all others. */
export interface Monitors {
  add(client: Client): void;
  remove(client: Client): void;
}

/** What the server is. */
export interface ServerFacts {
  /** The version of Redis whose behaviour it has. */
  readonly version: string;
}

/** For commands that do much in one call. */
export interface Turns {
  /** Whether the running command may use `runAgain`: not where it has to be done at once (EXEC). */
  readonly canRunAgain: boolean;
  /** The running command returns without a reply, and runs again when the others had their turn. */
  runAgain(): void;
}

/** What INFO shows. */
export interface Info {
  /** The text for the given section names, lower case; none means the default set. */
  text(sections: readonly string[]): string;
  resetStats(): void;
}

/** What MEMORY shows and does. */
export interface Memory {
  figures(): MemoryFigures;
  /** How much memory clients need, grouped by powers of two from the least on; null while maxmemory-clients sets no limit. */
  clientBuckets(): ClientMemoryBucket[] | null;
  /** Gives unused memory back to the system as far as possible. */
  purge(): void;
}

/** The options of SHUTDOWN. */
export interface ShutdownOptions {
  /** Whether to save; null as configured. */
  readonly save: boolean | null;
  readonly now: boolean;
  readonly force: boolean;
  readonly abort: boolean;
}

export interface Lifecycle {
  /** SHUTDOWN. Returns an error reply's text, or null when the server is going down. */
  shutdown(options: ShutdownOptions): string | null;
}

export interface Persistence {
  /** Seconds since 1970 of the last successful save. */
  lastSaveSeconds(): number;
}

export interface Replication {
  /** Replicates no other server any more. */
  followNobody(): void;
  /** Gives the server a new replication ID. */
  changeId(): void;
}

export interface ServerLog {
  write(level: "debug" | "verbose" | "notice" | "warning", message: string): void;
}

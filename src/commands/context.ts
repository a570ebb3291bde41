/**
 * What a command can reach. One Context per server, changed in place for every command (nothing is allocated), so a
 * handler must not keep it. The interfaces below are all that commands know of the upper layers; the layers implement
 * them and `assemble` connects them.
 */
import type { Argv } from "../bytes/argv.js";
import type { Database } from "../keyspace/database.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import type { ReplyWriter } from "../protocol/reply-writer.js";
import type { Client } from "./client.js";
import type { CommandTable } from "./command-table.js";
import type { CommandEntry } from "./command-entry.js";

export interface Context {
  readonly keyspace: Keyspace;
  readonly reply: ReplyWriter;
  readonly commands: CommandTable;
  readonly config: ConfigAccess;
  readonly clients: ClientRegistry;
  readonly transactions: Transactions;
  readonly server: ServerControl;
  /** Who sent the command. */
  client: Client;
  /** The client's selected database. */
  db: Database;
  /** The command being run. */
  command: CommandEntry;
  /** Milliseconds since 1970, read once for each batch of commands; the same for a whole transaction. */
  nowMs: number;
  /** True while EXEC runs the queued commands. */
  inTransaction: boolean;
}

/** CONFIG's view of the settings. Values are text as CONFIG GET prints it. */
export interface ConfigAccess {
  /** Names and values of all settings matching one of the glob patterns, each once. */
  match(patterns: readonly string[]): [name: string, value: string][];
  /** Sets all or none. Returns an error reply's text, or null when done. */
  set(pairs: readonly [name: string, value: string][]): string | null;
  /** Rewrites the configuration file. Returns an error reply's text, or null when done. */
  rewrite(): string | null;
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

export interface Transactions {
  watch(client: Client, db: Database, argv: Argv, i: number): void;
  unwatch(client: Client): void;
  /** Leaves MULTI, forgetting what was queued and watched. */
  discard(client: Client): void;
  /** Runs what was queued and writes the reply. */
  exec(client: Client): void;
}

export interface ServerControl {
  readonly version: string;
  readonly startedMs: number;
  readonly runId: string;
  readonly pid: number;
  /** Runs one command on behalf of the current client (used by EXEC and scripts), writing its reply. */
  call(command: CommandEntry, argv: Argv): void;
  /** The INFO text for the given section names, lower case; none means the default set. */
  info(sections: readonly string[]): string;
  resetStats(): void;
  /** SHUTDOWN. Returns an error reply's text, or null when the server is going down. */
  shutdown(options: { save: boolean | null; now: boolean; force: boolean; abort: boolean }): string | null;
  /** Checks a user name and password; on success the client is that user. */
  authenticate(client: Client, user: string, password: Uint8Array): boolean;
  /** Seconds since 1970 of the last successful save. */
  lastSaveSeconds(): number;
  log(level: "debug" | "verbose" | "notice" | "warning", message: string): void;
}

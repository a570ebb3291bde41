/** What commands know of the users of a server and their rights; `server/acl/` implements it. */
import type { Argv } from "../bytes/argv.js";
import type { Client } from "./client.js";
import type { CommandEntry } from "./command-entry.js";

/** A set of permissions as ACL GETUSER shows it: rules about one thing each. */
export interface AclSelectorDescription {
  readonly commands: string;
  readonly keys: string;
  readonly channels: string;
}

/** A user as ACL shows it. */
export interface AclUserDescription {
  readonly name: string;
  readonly flags: readonly string[];
  /** SHA-256 of the passwords, in hexadecimal. */
  readonly passwords: ReadonlySet<string>;
  /** The root first. */
  readonly selectors: readonly AclSelectorDescription[];
  /** The rules that make this user. */
  readonly rules: readonly string[];
}

export type AclLogReason = "auth" | "command" | "key" | "channel";
export type AclLogContext = "toplevel" | "multi" | "lua" | "module";

/** An entry of ACL LOG. */
export interface AclLogEntry {
  readonly id: number;
  readonly count: number;
  readonly reason: AclLogReason;
  readonly context: AclLogContext;
  /** What was refused. */
  readonly object: string;
  readonly userName: string;
  readonly clientInfo: string;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** The users and what they may do. Texts have one character per byte. */
export interface Acl {
  /** The default user takes any password, as without `requirepass`. */
  readonly isDefaultNopass: boolean;
  /** An ACL file is configured. */
  readonly hasFile: boolean;
  user(name: string): AclUserDescription | null;
  /** All users in the order of their names. */
  users(): readonly AclUserDescription[];
  /**
   * Checks the password of a user; on success the client is that user, else it is noted in the log. `word` is what the client calls the command.
   */
  authenticate(client: Client, name: string, password: Uint8Array, word: string): boolean;
  /** Makes a client who it was when it connected. */
  resetClient(client: Client): void;
  /** Creates a user or changes one, wholly or not at all. Returns an error reply's text, or null when done. */
  setUser(name: string, rules: readonly string[]): string | null;
  /** Deletes users and closes their connections; returns how many there were. */
  deleteUsers(names: readonly string[]): number;
  /** Reads the ACL file, wholly or not at all. Returns what is wrong with it, or null when done. */
  load(): string | null;
  /** Writes the ACL file; false when it cannot be, and the log says why. */
  save(): boolean;
  /** Why a user who exists may not run a command, or null. */
  dryRun(name: string, command: CommandEntry, argv: Argv): string | null;
  /** True when the client may run the command and also read every key there is. */
  allowsReadingAll(client: Client, command: CommandEntry, argv: Argv): boolean;
  /** A random text of `digits` hexadecimal digits. */
  randomHex(digits: number): string;
  /** The newest `count` entries of the log. */
  logEntries(count: number): readonly AclLogEntry[];
  resetLog(): void;
}

/**
 * Gates: what may keep a command from running now. Each has a bit and is closed while there may be something to say; a command knows which
 * gates concern it. So one look at `(closed | of the client | of its user) & of the command` lets a command through that nothing stops.
 *
 * A gate that is closed is asked for every command that it concerns, and lets it pass, refuses it with an error, or holds it: then the
 * client waits, with all that it has sent behind, and its command comes anew when the gate opens or says so. EXEC meets the gates that
 * concern any command of its queue, before the first of them runs.
 */
import type { Argv } from "../bytes/argv.js";
import type { Client } from "./client.js";
import type { CommandEntry } from "./command-entry.js";

/**
 * The places for gates, in the order in which Redis gives its reasons; a place need not have a gate. Those of users and of clients are
 * closed for each by itself (`AclUser.gates`, `Client.gates`), the others for all.
 */
export const enum GateBit {
  /** Reaches into the process, where settings do not allow it. */
  PROTECTED = 1 << 0,
  NO_MULTI = 1 << 1,
  /** Of users: may not do everything. */
  ACL = 1 << 2,
  /** A slot is served elsewhere, or on its way (MOVED, ASK). */
  SLOT = 1 << 3,
  MAXMEMORY = 1 << 4,
  /** What was written last could not be saved (MISCONF). */
  SAVING = 1 << 5,
  /** min-replicas-to-write */
  REPLICAS = 1 << 6,
  READONLY_REPLICA = 1 << 7,
  /** Of clients: listens to channels. */
  SUBSCRIBED = 1 << 8,
  /** A replica without its primary (MASTERDOWN). */
  STALE = 1 << 9,
  LOADING = 1 << 10,
  /** A script takes long (BUSY). */
  BUSY = 1 << 11,
  /** Of clients: monitors. */
  MONITOR = 1 << 12,
  PAUSE = 1 << 13,
  /** A value that the command would change is being copied for a snapshot. */
  SNAPSHOT = 1 << 14,
  /** A value that the command needs lies on disk. */
  COLD = 1 << 15,
}

/** What a gate says of a command that has to wait. */
export const HELD = Symbol("held");

/** What a gate says: nothing, the text of an error, or that the client has to wait. */
export type Verdict = null | string | typeof HELD;

export interface Gate {
  /** Its place, where it is the only one. */
  readonly bit: GateBit;
  /** Whether the command is to be looked at while the gate is closed. Asked once, so it goes by the declaration. */
  concerns(entry: CommandEntry): boolean;
  /** While it is closed: what it says of a command that concerns it. For EXEC, `declaredFlags` has what its queue is about. */
  check(client: Client, entry: CommandEntry, argv: Argv): Verdict;
}

/** The gates of a server, for those who have one. */
export interface GateSwitches {
  /** Puts a gate into its place, open. */
  add(gate: Gate): void;
  close(bit: GateBit): void;
  /** Opens a gate; who was held there goes on. */
  open(bit: GateBit): void;
  /** Lets those try again, in the order they came, who are held at a gate; it stays closed. */
  retry(bit: GateBit): void;
}

/** The flags that a command is declared with, for EXEC also those of the commands queued. */
export function declaredFlags({ transaction }: Client, entry: CommandEntry): number {
  return transaction !== null && entry.name === "exec" ? entry.flagBits | transaction.flagBits : entry.flagBits;
}

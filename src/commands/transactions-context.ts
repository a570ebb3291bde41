/** What commands know of transactions. */
import type { Argv } from "../bytes/argv.js";
import type { Database } from "../keyspace/database.js";
import type { Client } from "./client.js";
import type { CommandEntry } from "./command-entry.js";

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

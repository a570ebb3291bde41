/**
 * What a command can reach. There is one context for each server, changed in place for every command (nothing is allocated), so a handler
 * must not keep it. The interfaces of the services (`*-context.ts`) are all that commands know of the upper layers, which implement them.
 *
 * A handler takes what its group needs: commands about data a Context, all others a ServiceContext (`ContextOf` in `spec.ts`).
 */
import type { Database } from "../keyspace/database.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import type { ReplyWriter } from "../protocol/reply-writer.js";
import type { Acl } from "./acl-context.js";
import type { Blocking, Turns } from "./blocking-context.js";
import type { Client } from "./client.js";
import type { ClientRegistry } from "./clients-context.js";
import type { CommandEntry } from "./command-entry.js";
import type { CommandTable } from "./command-table.js";
import type { ConfigAccess } from "./config-context.js";
import type { DebugSwitches } from "./debug-switches.js";
import type { Effects } from "./effects.js";
import type { Memory } from "./memory-context.js";
import type { LatencyMonitor, Monitors, SlowLog } from "./observation-context.js";
import type { PubSub } from "./pubsub-context.js";
import type { Info, Lifecycle, Persistence, Replication, ServerFacts, ServerLog } from "./server-context.js";
import type { Tracking } from "./tracking-context.js";
import type { Transactions } from "./transactions-context.js";

/** What commands about data take: the call, the data, and how to wait. */
export interface Context {
  readonly keyspace: Keyspace;
  readonly reply: ReplyWriter;
  readonly config: Pick<ConfigAccess, "number" | "text">;
  readonly blocking: Blocking;
  readonly turns: Turns;
  readonly acl: Pick<Acl, "allowsReadingAll">;
  /** Where a command says what repeats it elsewhere, if not itself. */
  readonly effects: Effects;
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

/** What commands about clients and the server take besides. */
export interface ServiceContext extends Context {
  readonly commands: CommandTable;
  readonly config: ConfigAccess;
  readonly clients: ClientRegistry;
  readonly transactions: Transactions;
  readonly pubsub: PubSub;
  readonly tracking: Tracking;
  readonly server: ServerFacts;
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
  /** What DEBUG has switched. */
  readonly debug: DebugSwitches;
}

/**
 * What runs commands: the dispatcher, transactions and clients that wait, with the context that handlers see and the memory that
 * connections share. These know each other, so they are made together; each finds the others here once it has something to do.
 */
import type { Region } from "../../bytes/region.js";
import type { Turns } from "../../commands/blocking-context.js";
import type { Client } from "../../commands/client.js";
import type { CommandTable } from "../../commands/command-table.js";
import type { ServiceContext } from "../../commands/context.js";
import type { Keyspace } from "../../keyspace/keyspace.js";
import type { Clock } from "../../platform/clock.js";
import type { Timers } from "../../platform/timers.js";
import { ReplyWriter } from "../../protocol/reply-writer.js";
import type { AccessControl } from "../acl/acl.js";
import type { ClientEviction } from "../clients/client-eviction.js";
import { ConnectionHost } from "../clients/connection-host.js";
import type { ServerClient, ServerContext } from "../clients/server-client.js";
import type { BufferLimit } from "../config/list-kinds.js";
import type { Gates } from "../gates/gates.js";
import type { CommandObservers } from "../observation/command-observers.js";
import type { ServerStats } from "../observation/stats.js";
import type { Log } from "../process/log.js";
import type { Throttling } from "../throttle/throttling.js";
import type { Tracking } from "../tracking/tracking.js";
import { Blocking } from "./blocking.js";
import { CommandClock } from "./command-clock.js";
import { Dispatcher } from "./dispatcher.js";
import type { KeyInterest } from "./key-interest.js";
import { Transactions } from "./transactions.js";

/** Replies longer than this are written in pieces of that. */
const REPLY_CHUNK = 1_048_576;

/** What handlers can reach of the rest of the server. */
export type Services = Omit<
  ServiceContext,
  | "reply"
  | "transactions"
  | "blocking"
  | "turns"
  | "client"
  | "db"
  | "command"
  | "hadMuchToDo"
  | "nowMs"
  | "inTransaction"
>;

interface ExecutionParts {
  readonly services: Services;
  readonly keyspace: Keyspace;
  readonly table: CommandTable;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly stats: ServerStats;
  readonly acl: AccessControl;
  readonly gates: Gates;
  readonly interest: KeyInterest;
  readonly observers: CommandObservers;
  readonly throttling: Throttling;
  readonly tracking: Tracking;
  readonly clientEviction: ClientEviction;
  outputLimit(client: Client): BufferLimit;
  /** A client has closed, for the reason given. */
  closed(client: ServerClient, reason: string): void;
}

export class Execution implements Turns {
  readonly host: ConnectionHost;
  readonly transactions: Transactions;
  readonly blocking: Blocking;
  readonly context: ServerContext;
  readonly clock: CommandClock;
  readonly dispatcher: Dispatcher;
  readonly #parts: ExecutionParts;

  constructor(parts: ExecutionParts) {
    this.#parts = parts;
    const { acl, clock, interest, stats, timers } = parts;
    const reply = new ReplyWriter(REPLY_CHUNK);
    this.host = this.#createHost(reply);
    this.transactions = new Transactions({ interest, acl, execution: this });
    this.blocking = new Blocking({ interest, stats, clock, timers, execution: this });
    this.context = this.#createContext(reply);
    this.clock = new CommandClock({ clock, stats, observers: parts.observers, context: this.context });
    this.dispatcher = new Dispatcher({
      ...parts,
      context: this.context,
      host: this.host,
      blocking: this.blocking,
      commandClock: this.clock,
    });
  }

  get canRunAgain(): boolean {
    return !this.context.inTransaction && this.dispatcher.isInBatch;
  }

  runAgain(): void {
    this.dispatcher.runsAgain();
    this.host.current!.runAgain();
  }

  #createHost(reply: ReplyWriter): ConnectionHost {
    const { clientEviction, closed, clock, keyspace, log, outputLimit, services, stats, timers } = this.#parts;
    return new ConnectionHost({
      reply,
      stats,
      nowMs: () => clock.nowMs(),
      longBuffer: (bytes) => keyspace.arena.createReserve(bytes),
      soon: (action) => void timers.soon(action),
      runCommands: (connection, region, end) => this.#run(connection, region, end),
      beginBatch: () => this.dispatcher.beginBatch(),
      eviction: clientEviction,
      debug: services.debug,
      effects: services.effects,
      connectionClosed: closed,
      describe: (client) => services.clients.describe(client),
      outputLimit,
      log: (level, message) => log.write(level, message),
    });
  }

  #createContext(reply: ReplyWriter): ServerContext {
    const { clock, keyspace, services } = this.#parts;
    return {
      ...services,
      reply,
      transactions: this.transactions,
      blocking: this.blocking,
      turns: this,
      client: undefined as never,
      db: keyspace.database(0),
      command: undefined as never,
      hadMuchToDo: false,
      nowMs: clock.nowMs(),
      inTransaction: false,
    };
  }

  /** Runs a batch; where the system has no memory for a reply, only its client is lost. */
  #run(connection: ServerClient, region: Region, end: number): boolean {
    try {
      return this.dispatcher.run(connection, region, end);
    } catch (error) {
      if (!isAllocationFailure(error)) throw error;
      const { log, services, tracking } = this.#parts;
      this.context.inTransaction = false;
      this.host.isRunningCommand = false;
      tracking.forgetOwn();
      log.warning(`No memory for a reply, closing its client: ${services.clients.describe(connection)}`);
      connection.close("no memory");
      this.host.replaceReplyRegion();
      return false;
    }
  }
}

/** True when the system had no memory for a buffer, such as one for a reply of gigabytes. */
function isAllocationFailure(error: unknown): boolean {
  return (
    error instanceof RangeError &&
    /allocation failed|Invalid typed array length|Invalid array buffer length/.test(error.message)
  );
}

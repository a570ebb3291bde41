/**
 * Runs commands: finds each in the table, refuses what may not run now, calls its handler, and keeps the books.
 *
 * The order of refusals is Redis': unknown command, arity, authentication, MULTI, memory, pub/sub mode, pause, queueing. The common case
 * (an authenticated client outside MULTI) passes them in a few comparisons.
 *
 * Time is read when the command changes and every 32 commands, not for each: a pipeline of 32 GETs costs two readings. That is for brief
 * commands, whose time follows from the bytes they take and give, as long as those are few; any other call is timed by itself, so that
 * the slow log has its own time.
 */
import type { Argv } from "../bytes/argv.js";
import type { Region } from "../bytes/region.js";
import type { Client } from "../commands/client.js";
import type { CommandEntry } from "../commands/command-entry.js";
import { resolveSubcommand } from "../commands/command-entry.js";
import { unknownCommandError } from "../commands/command-errors.js";
import type { CommandTable } from "../commands/command-table.js";
import type { Effects } from "../commands/effects.js";
import { CommandBit } from "../commands/flag-bits.js";
import { keptBackError } from "../commands/protected-command.js";
import { isAllowedWhileSubscribed, restrictionError } from "../commands/pubsub/restriction.js";
import { ReplyTooLarge } from "../commands/reply-size.js";
import { LOOK_AHEAD_SIZE } from "../keyspace/database.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import { isOutOfMemory } from "../memory/arena.js";
import type { Clock } from "../platform/clock.js";
import { NO_REPLICAS, NOT_IN_TRANSACTION, OUT_OF_MEMORY, wrongArgumentCount } from "../protocol/errors.js";
import { LookAhead } from "../protocol/look-ahead.js";
import { ParseResult } from "../protocol/request-parser.js";
import type { AccessControl } from "./acl/acl.js";
import type { Blocking } from "./blocking/blocking.js";
import type { ConnectionHost } from "./clients/connection-host.js";
import { HttpGuard } from "./clients/http-guard.js";
import type { Pause } from "./clients/pause.js";
import type { ServerClient, ServerContext } from "./clients/server-client.js";
import type { MemoryLimit } from "./memory-limit.js";
import type { CommandObservers } from "./observation/command-observers.js";
import { LogLinearHistogram } from "./observation/latency-histogram.js";
import type { ServerStats } from "./observation/stats.js";
import type { Throttling } from "./throttle/throttling.js";
import type { Tracking } from "./tracking/tracking.js";

/** Fewer bytes than this hold too few commands to look ahead for. */
const LOOK_AHEAD_BYTES = 160;
/**
 * So many batches of a client are not looked ahead in when that was of no use: the commands had no keys, or one and the same, or fields of
 * another collection than the one before.
 */
const LOOK_AHEAD_REST = 16;
/** The clock is looked at after this many commands of a batch. */
const CLOCK_INTERVAL = 32;
/** Taking or giving more bytes than this can be slow by itself. */
const BRIEF_BYTES = 16384;
/** More bytes of replies than this may be too much for one batch; fewer never are. */
const LARGE_REPLIES = 16384;

export interface DispatcherParts {
  context: ServerContext;
  table: CommandTable;
  keyspace: Keyspace;
  acl: AccessControl;
  stats: ServerStats;
  clock: Clock;
  memoryLimit: MemoryLimit;
  pause: Pause;
  blocking: Blocking;
  tracking: Tracking;
  throttling: Throttling;
  observers: CommandObservers;
  isLoading(): boolean;
}

export class Dispatcher {
  host!: ConnectionHost;
  readonly #context: ServerContext;
  readonly #table: CommandTable;
  readonly #keyspace: Keyspace;
  readonly #acl: AccessControl;
  readonly #stats: ServerStats;
  readonly #clock: Clock;
  readonly #memoryLimit: MemoryLimit;
  readonly #pause: Pause;
  readonly #blocking: Blocking;
  readonly #tracking: Tracking;
  readonly #throttling: Throttling;
  readonly #observers: CommandObservers;
  readonly #effects: Effects;
  readonly #exec: CommandEntry | null;
  readonly #ahead = new LookAhead();
  readonly #httpGuard = new HttpGuard();
  /** When the batch began. */
  #startUs = 0;
  /** The brief command whose calls are being timed together, since when, how many they are, and the commands of the batch so far. */
  #timed: CommandEntry | null = null;
  #timedSinceUs = 0;
  #timedCalls = 0;
  #batchCommands = 0;
  /** 0 while each command is to be timed by itself, otherwise -1. */
  briefMask = -1;
  /** There may be arguments of more than BRIEF_BYTES. */
  hasLargeInput = false;
  /** The running command waits, so it is not done. */
  #isWaiting = false;
  /** A command that has waited runs again. */
  #isRerun = false;
  /** The running command is to run again in the client's next turn. */
  #runsAgain = false;
  /** `reply.errors` when an error was last counted. */
  #countedErrors = 0;
  /** min-replicas-to-write asks for more replicas than there are. */
  lacksReplicas = false;
  /** latency-tracking */
  tracksLatency = true;

  constructor(parts: DispatcherParts) {
    this.#context = parts.context;
    this.#table = parts.table;
    this.#keyspace = parts.keyspace;
    this.#acl = parts.acl;
    this.#stats = parts.stats;
    this.#clock = parts.clock;
    this.#memoryLimit = parts.memoryLimit;
    this.#pause = parts.pause;
    this.#blocking = parts.blocking;
    this.#tracking = parts.tracking;
    this.#throttling = parts.throttling;
    this.#observers = parts.observers;
    this.#effects = parts.context.effects;
    this.#exec = parts.table.byDeclaredName("exec");
  }

  /** Reads the clock for a batch; returns its time in ms since 1970. */
  beginBatch(): number {
    this.#startUs = this.#clock.monotonicUs();
    const nowMs = this.#clock.msAt(this.#startUs);
    this.setNow(nowMs);
    return nowMs;
  }

  /** Tells the key space the time; every batch starts with it. */
  setNow(nowMs: number): void {
    this.#context.nowMs = nowMs;
    this.#keyspace.setNow(nowMs);
  }

  /**
   * Runs the commands in `region` up to `end`, as far as they are complete; `beginBatch` was called before. Returns true when it stopped
   * to let others have a turn.
   */
  run(connection: ServerClient, region: Region, end: number): boolean {
    const context = this.#context;
    const reply = context.reply;
    const parser = connection.parser;
    parser.isAuthenticated = connection.authenticated || this.#acl.isOpen;
    this.#enter(connection);
    const startUs = this.#startUs;
    this.#timed = null;
    this.#timedSinceUs = startUs;
    this.#batchCommands = 0;
    this.hasLargeInput = end - parser.start > BRIEF_BYTES;
    const turnUs = connection.isInternal ? Number.POSITIVE_INFINITY : this.host.turnUs;
    const throttle = connection.isInternal ? null : this.#throttling.enter(connection, startUs);
    let isUnfinished = false;
    let isLastIntact = true;
    let aheadEnd = parser.isIdle ? parser.position : end;
    for (let count = 1; !connection.closed && !connection.closeAfterReply && connection.suspension === null; count++) {
      if (throttle !== null && parser.position < end && throttle.holds()) break;
      if (parser.position >= aheadEnd) aheadEnd = this.#lookAhead(connection, region, parser.position, end);
      const result = parser.parse(region, end);
      if (result === ParseResult.INCOMPLETE) {
        if (throttle !== null) throttle.chargePart(end - parser.start, false);
        isLastIntact = parser.isIdle && parser.argv.count > 0;
        break;
      }
      if (result === ParseResult.ERROR) {
        isLastIntact = false;
        reply.error(`ERR ${parser.error}`);
        this.#stats.countError(reply.lastError);
        connection.closeAfterReply = true;
        break;
      }
      if (parser.argv.count === 0) {
        if (throttle !== null) throttle.chargePart(parser.position - parser.start, true);
        continue;
      }
      const { start, position } = parser;
      if (this.#effects.isOn) this.#effects.sentAs(parser.argv, start, position);
      this.#dispatch(connection, parser.argv);
      // A command that was put off, by CLIENT PAUSE, comes again, and so does one that is not done.
      if (throttle !== null && connection.suspension !== "paused" && connection.suspension !== "yielding") {
        throttle.charge(position - start, connection.repliedBytes + reply.length);
      }
      if (reply.length > LARGE_REPLIES) connection.flushIfLarge();
      // Commands that can be slow have just read the clock.
      const nowUs = count % CLOCK_INTERVAL === 0 ? this.#readClock() : this.#timedSinceUs;
      if (nowUs - startUs > turnUs && parser.position < end) {
        // A client that ends has no other turn, which its replies would be held for.
        isUnfinished = !connection.closeAfterReply;
        break;
      }
    }
    const areKeysUnused = this.#keyspace.dict.forgetAhead();
    const areElementsUnused = this.#keyspace.types.parts.elements.forgetAhead();
    if (areKeysUnused || areElementsUnused) connection.aheadRest = LOOK_AHEAD_REST;
    this.#finishTiming(startUs, isLastIntact ? parser.argv : null);
    return isUnfinished;
  }

  /** What follows is done for this client. */
  #enter(connection: ServerClient): void {
    const context = this.#context;
    context.reply.resp = connection.resp;
    context.client = connection;
    context.db = connection.db;
    this.#keyspace.touchOnAccess = !connection.noTouch;
  }

  /** Lets the database fetch what the next commands will need; returns where to look ahead again. */
  #lookAhead(connection: ServerClient, region: Region, position: number, end: number): number {
    if (connection.aheadRest > 0) {
      connection.aheadRest--;
      this.#keyspace.dict.mayRepeat = true;
      return end;
    }
    const { db, lastCommand } = connection;
    const { elements } = this.#keyspace.types.parts;
    // Clients go on as they began: after a command about a field, fields of the same big collection follow, most likely.
    const elementIndex = elements.isLastLarge(LOOK_AHEAD_SIZE) ? (lastCommand?.elementIndex ?? 0) : 0;
    if (end - position < LOOK_AHEAD_BYTES || (elementIndex === 0 && db.size < LOOK_AHEAD_SIZE)) return end;
    const ahead = this.#ahead;
    ahead.find(region.u8, position, end, elementIndex || 1);
    const isWorthIt =
      ahead.count > 1 &&
      (elementIndex > 0
        ? elements.lookAheadInLast(region, ahead.offset, ahead.length, ahead.count)
        : db.lookAheadAt(region, ahead.offset, ahead.length, ahead.count));
    if (isWorthIt) return ahead.end;
    connection.aheadRest = LOOK_AHEAD_REST;
    return end;
  }

  /** Ends a batch; `argv` has its last command, if it is still there. */
  #finishTiming(startUs: number, argv: Argv | null): void {
    // After a command that was timed by itself, the clock has just been read.
    const isRead = this.#timed === null && this.#batchCommands > 0;
    const nowUs = isRead ? this.#timedSinceUs : this.#clock.monotonicUs();
    this.#chargeTimed(nowUs, this.#timedCalls === 1 ? argv : null);
    this.#timed = null;
    this.#stats.countCycle(nowUs - startUs, this.#batchCommands);
    this.#stats.eventLoopCommandUs += nowUs - startUs;
    this.host.took(nowUs - startUs);
  }

  /** Charges the brief commands so far; the next ones are a new group. */
  #readClock(): number {
    const nowUs = this.#clock.monotonicUs();
    this.#chargeTimed(nowUs, null);
    return nowUs;
  }

  /**
   * Gives the time since the last reading to the brief command that has run since, once or many times in a row. `argv` is the call that took
   * it, null when that may have been any of them.
   */
  #chargeTimed(nowUs: number, argv: Argv | null): void {
    const timed = this.#timed;
    if (timed !== null && this.#timedCalls > 0) {
      const usec = nowUs - this.#timedSinceUs;
      timed.usec += usec;
      if (this.tracksLatency) {
        timed.histogram ??= new LogLinearHistogram();
        timed.histogram.record(usec / this.#timedCalls, this.#timedCalls);
      }
      if (usec >= this.#observers.leastUs) {
        this.#observers.slow(this.#context.client, timed, argv, usec);
      }
    }
    this.#timedSinceUs = nowUs;
    this.#timedCalls = 0;
  }

  /** Time was spent that is no command's: on eviction. */
  exclude(us: number): void {
    this.#timedSinceUs += us;
  }

  /** One command of a client: checks, then runs it, queues it or refuses it. */
  #dispatch(client: ServerClient, argv: Argv): void {
    const context = this.#context;
    const reply = context.reply;
    if (this.#tracking.isOn) this.#tracking.beforeCommand(client);
    const before = reply.length;
    let entry = this.#table.find(argv.source, argv.offset[0]!, argv.length[0]!);
    if (entry !== null && entry.subcommands !== null && argv.count > 1) entry = resolveSubcommand(entry, argv, 1);
    client.lastCommand = entry;
    if (entry === null) {
      if (this.#httpGuard.stops(client, argv, this.host)) return;
      this.#reject(client, null, unknownCommandError(this.#table, argv));
    } else if (!entry.acceptsCount(argv.count)) {
      this.#reject(client, entry, wrongArgumentCount(entry.name));
    } else {
      client.commandCount++;
      if (client.isInternal || (!this.#isKeptBack(client, entry) && !this.#isRefused(client, entry, argv))) {
        if (client.transaction !== null && !isNeverQueued(entry)) {
          context.transactions.enqueue(client, entry, argv);
          reply.simple("QUEUED");
        } else {
          this.#call(client, entry, argv);
        }
      }
    }
    if (client.replyMode !== "on") this.#muteReply(client, before);
    client.afterCommand();
    if (this.#blocking.hasReady) this.serveBlocked(client);
  }

  /** Runs the commands of blocked clients whose keys are ready: after a command of `current`, or by itself. */
  serveBlocked(current: ServerClient | null): void {
    if (current !== null) {
      current.queueReplies();
      // Time may have passed in the command: what has expired serves nobody.
      this.setNow(this.#clock.nowMs());
      this.#blocking.serve();
      this.host.current = current;
      this.#enter(current);
      return;
    }
    const startUs = this.#clock.monotonicUs();
    this.host.nowMs = this.#clock.nowMs();
    this.setNow(this.host.nowMs);
    this.#timed = null;
    this.#timedSinceUs = startUs;
    this.#batchCommands = 0;
    this.#blocking.serve();
    this.#finishTiming(startUs, null);
    this.host.endBatch();
  }

  /** Runs a blocked client's command again; the reply is all that the writer holds afterwards. */
  runAgain(client: ServerClient, entry: CommandEntry, argv: Argv): void {
    this.host.current = client;
    this.#enter(client);
    this.#isRerun = true;
    if (!this.#isRefused(client, entry, argv)) this.#call(client, entry, argv);
    this.#isRerun = false;
    if (client.replyMode !== "on") this.#muteReply(client, 0);
    client.afterCommand();
  }

  /** The running command waits: it will be counted and charged when it has its reply. */
  waits(): void {
    this.#isWaiting = true;
  }

  /** The running command is not done, and runs again in the client's next turn: it will be counted and charged when it is. */
  runsAgain(): void {
    this.#isWaiting = true;
    this.#runsAgain = true;
  }

  /** The running command came with the batch of its client, which has more turns. */
  get isInBatch(): boolean {
    return !this.#isRerun && !this.#context.client.isInternal;
  }

  /** Counts a call that got its reply while it waited. */
  finishWaiting(client: Client, entry: CommandEntry, argv: Argv): void {
    this.#charge(client, entry, argv, client.waitedUs);
    client.waitedUs = 0;
  }

  /** Answers and returns true for a command that reaches into the process, where settings do not allow it. */
  #isKeptBack(client: ServerClient, entry: CommandEntry): boolean {
    if ((entry.flagBits & CommandBit.PROTECTED) === 0) return false;
    const error = keptBackError(this.#context, entry);
    return error !== null && this.#reject(client, entry, error);
  }

  /** Answers and returns true when the command may not run now. */
  #isRefused(client: ServerClient, entry: CommandEntry, argv: Argv): boolean {
    const flags = entry.flagBits;
    if (client.transaction !== null && (flags & CommandBit.NO_MULTI) !== 0)
      return this.#reject(client, entry, NOT_IN_TRANSACTION);
    if (!client.aclUser.isUnrestricted) {
      const refusal = this.#acl.refusal(client, entry, argv);
      if (refusal !== null) return this.#reject(client, entry, refusal);
    }
    if (this.#memoryLimit.isSet && !this.#memoryLimit.free()) {
      // A queue takes memory, too, whatever is queued.
      const isDenied = has(client, entry, CommandBit.DENYOOM) || (client.transaction !== null && !endsQueue(entry));
      if (isDenied) return this.#reject(client, entry, OUT_OF_MEMORY);
      if (client.closed) return true;
    }
    if (this.lacksReplicas && has(client, entry, CommandBit.WRITE)) return this.#reject(client, entry, NO_REPLICAS);
    if (client.subscriptionCount > 0 && client.resp === 2 && !isAllowedWhileSubscribed(entry)) {
      return this.#reject(client, entry, restrictionError(entry));
    }
    if (client.monitor && touchesKeys(client, entry)) {
      return this.#reject(client, entry, "ERR Replica can't interact with the keyspace");
    }
    if (this.#pause.isActive && this.#pause.holds(client, entry, argv)) {
      client.postpone();
      this.#pause.add(client);
      return true;
    }
    return false;
  }

  /** Refuses a command before it ran; a transaction it was meant for is lost. Always true. */
  #reject(client: Client, entry: CommandEntry | null, error: string): boolean {
    if (entry !== null) entry.rejectedCalls++;
    if (client.transaction !== null) client.transaction.aborted = true;
    if (entry !== null && entry === this.#exec) {
      this.#context.transactions.discard(client);
      error = `EXECABORT Transaction discarded because of: ${error.startsWith("ERR ") ? error.slice(4) : error}`;
    }
    this.#context.reply.error(error);
    this.#stats.countError(error);
    return true;
  }

  #call(client: ServerClient, entry: CommandEntry, argv: Argv): void {
    const hasEffects = this.#effects.isOn;
    this.host.isRunningCommand = true;
    if (hasEffects) this.#effects.beginUnit();
    this.run1(entry, argv);
    if (hasEffects) this.#effects.endUnit();
    this.host.isRunningCommand = false;
    if (this.#tracking.hasOwn) this.#tracking.sendOwn();
    // A handler may have changed who the client is (RESET, SELECT, HELLO); the context follows.
    this.#context.db = client.db;
  }

  /** Answers a queued command that EXEC may not run any more; the error counts here, not as EXEC's. */
  refuseQueued(error: string): void {
    this.#context.reply.error(error);
    this.#stats.countError(error);
    this.#countedErrors = this.#context.reply.errors;
  }

  /** Runs one handler with the books: for a client's command and for each command of a transaction. */
  run1(entry: CommandEntry, argv: Argv): void {
    const context = this.#context;
    const reply = context.reply;
    const errors = reply.errors;
    const start = reply.length;
    context.command = entry;
    const isBrief =
      argv.count <= (entry.briefWords & this.briefMask) && (!this.hasLargeInput || argumentBytes(argv) <= BRIEF_BYTES);
    const timed = isBrief ? entry : null;
    if (timed !== this.#timed) {
      // The first command of a batch counts from the batch's beginning.
      if (this.#timed !== null) this.#chargeTimed(this.#clock.monotonicUs(), null);
      this.#timed = timed;
    }
    const sinceUs = isBrief ? 0 : this.#timedSinceUs;
    const { dirty } = this.#keyspace;
    if (this.#effects.isOn) this.#effects.beginCall(context.db.index);
    try {
      entry.handler(context, argv);
    } catch (error) {
      if (isOutOfMemory(error)) {
        reply.length = start;
        reply.error(OUT_OF_MEMORY);
      } else if (!(error instanceof ReplyTooLarge)) {
        // What it has changed until then has been changed.
        this.#endEffects(entry, argv, dirty);
        this.#effects.endOpenUnits();
        throw error;
      }
    }
    this.#endEffects(entry, argv, dirty);
    if (this.#tracking.isOn) this.#tracking.afterCall(context.client, entry, argv);
    if (isBrief) {
      entry.calls++;
      this.#stats.totalCommands++;
      this.#timedCalls++;
      this.#batchCommands++;
      // If it took long, it was this call rather than the few of its group before.
      if (reply.length - start > BRIEF_BYTES || context.hadMuchToDo) {
        context.hadMuchToDo = false;
        this.#chargeTimed(this.#clock.monotonicUs(), argv);
      }
    } else {
      context.hadMuchToDo = false;
      this.#finishCall(entry, argv, sinceUs);
    }
    if (reply.errors === errors) return;
    // What a command inside EXEC answered has been counted there.
    if (reply.errors !== this.#countedErrors) {
      entry.failedCalls++;
      this.#stats.countError(reply.lastError);
    }
    this.#countedErrors = reply.errors;
  }

  /** Has a call repeated that has changed anything since `dirty` was counted. */
  #endEffects(entry: CommandEntry, argv: Argv, dirty: number): void {
    if (this.#effects.isOn && entry.hasEffect && this.#keyspace.dirty !== dirty) this.#effects.endCall(argv);
  }

  /** Charges a call that is timed by itself, unless it waits. */
  #finishCall(entry: CommandEntry, argv: Argv, sinceUs: number): void {
    const nowUs = this.#clock.monotonicUs();
    // Brief commands that ran inside (EXEC's).
    if (this.#timed !== null) this.#chargeTimed(nowUs, null);
    this.#timed = null;
    this.#timedSinceUs = nowUs;
    const { client } = this.#context;
    if (this.#isWaiting) {
      this.#isWaiting = false;
      client.waitedUs += nowUs - sinceUs;
    } else {
      this.#batchCommands++;
      this.#charge(client, entry, argv, nowUs - sinceUs + client.waitedUs);
      client.waitedUs = 0;
    }
    if (!this.#isRerun && !this.#runsAgain) this.#observers.show(client, entry, argv);
    this.#runsAgain = false;
  }

  #charge(client: Client, entry: CommandEntry, argv: Argv, usec: number): void {
    entry.calls++;
    this.#stats.totalCommands++;
    entry.usec += usec;
    if (this.tracksLatency) (entry.histogram ??= new LogLinearHistogram()).record(usec);
    if (usec >= this.#observers.leastUs) this.#observers.slow(client, entry, argv, usec);
  }

  /** CLIENT REPLY OFF and SKIP: takes back what the command answered. */
  #muteReply(client: ServerClient, before: number): void {
    if (client.suspension === "blocked" || client.suspension === "yielding") return;
    if (client.replyMode === "off" || client.replyMode === "skip") this.#context.reply.length = before;
    if (client.replyMode === "skip") client.replyMode = "on";
    else if (client.replyMode === "skip-next") client.replyMode = "skip";
  }
}

/** Bytes that the arguments lie in. */
function argumentBytes({ offset, length, count }: Argv): number {
  return offset[count - 1]! + length[count - 1]! - offset[0]!;
}

const NEVER_QUEUED = new Set(["exec", "discard", "multi", "watch", "quit", "reset"]);

function isNeverQueued(entry: CommandEntry): boolean {
  return NEVER_QUEUED.has(entry.name);
}

function endsQueue({ name }: CommandEntry): boolean {
  return name === "exec" || name === "discard" || name === "quit" || name === "reset";
}

/** Redis takes a client that monitors for a replica. */
function touchesKeys(client: Client, entry: CommandEntry): boolean {
  return has(client, entry, CommandBit.WRITE | CommandBit.READONLY | CommandBit.MAY_REPLICATE);
}

/** Whether a command, or for EXEC one of those queued, is declared with one of some flags. */
function has(client: Client, entry: CommandEntry, flag: CommandBit): boolean {
  if ((entry.flagBits & flag) !== 0) return true;
  if (entry.name !== "exec" || client.transaction === null) return false;
  return client.transaction.queue.some(({ command }) => (command.flagBits & flag) !== 0);
}

/**
 * Runs commands: finds each in the table, sees that nothing stops it, calls its handler, and keeps the books.
 *
 * What stops a command is in Redis' order: there is none of that name, it has not so many arguments, a gate is closed (`commands/gate.ts`).
 * In MULTI it is queued then. The common case, a command that no closed gate concerns, is seen by one comparison.
 */
import type { Argv } from "../../bytes/argv.js";
import type { Region } from "../../bytes/region.js";
import type { Client } from "../../commands/client.js";
import type { CommandEntry } from "../../commands/command-entry.js";
import { resolveSubcommand } from "../../commands/command-entry.js";
import { unknownCommandError } from "../../commands/command-errors.js";
import type { CommandTable } from "../../commands/command-table.js";
import type { Effects } from "../../commands/effects.js";
import { HELD } from "../../commands/gate.js";
import { ReplyTooLarge } from "../../commands/reply-size.js";
import { LOOK_AHEAD_SIZE } from "../../keyspace/database.js";
import type { Keyspace } from "../../keyspace/keyspace.js";
import { isOutOfMemory } from "../../memory/arena.js";
import type { Clock } from "../../platform/clock.js";
import { OUT_OF_MEMORY, wrongArgumentCount } from "../../protocol/errors.js";
import { LookAhead } from "../../protocol/look-ahead.js";
import { ParseResult } from "../../protocol/request-parser.js";
import type { AccessControl } from "../acl/acl.js";
import type { ConnectionHost } from "../clients/connection-host.js";
import { HttpGuard } from "../clients/http-guard.js";
import type { ServerClient, ServerContext } from "../clients/server-client.js";
import type { Gates } from "../gates/gates.js";
import type { CommandObservers } from "../observation/command-observers.js";
import type { ServerStats } from "../observation/stats.js";
import type { Throttling } from "../throttle/throttling.js";
import type { Tracking } from "../tracking/tracking.js";
import type { Blocking } from "./blocking.js";
import type { CommandClock } from "./command-clock.js";

/** Fewer bytes than this hold too few commands to look ahead for. */
const LOOK_AHEAD_BYTES = 160;
/**
 * So many batches of a client are not looked ahead in when that was of no use: the commands had no keys, or one and the same, or fields of
 * another collection than the one before.
 */
const LOOK_AHEAD_REST = 16;
/** More bytes of replies than this may be too much for one batch; fewer never are. */
const LARGE_REPLIES = 16384;

interface DispatcherParts {
  context: ServerContext;
  host: ConnectionHost;
  table: CommandTable;
  keyspace: Keyspace;
  acl: AccessControl;
  stats: ServerStats;
  clock: Clock;
  commandClock: CommandClock;
  gates: Gates;
  blocking: Blocking;
  tracking: Tracking;
  throttling: Throttling;
  observers: CommandObservers;
}

export class Dispatcher {
  readonly host: ConnectionHost;
  readonly #context: ServerContext;
  readonly #table: CommandTable;
  readonly #keyspace: Keyspace;
  readonly #acl: AccessControl;
  readonly #stats: ServerStats;
  readonly #clock: Clock;
  readonly #commandClock: CommandClock;
  readonly #gates: Gates;
  readonly #blocking: Blocking;
  readonly #tracking: Tracking;
  readonly #throttling: Throttling;
  readonly #observers: CommandObservers;
  readonly #effects: Effects;
  readonly #exec: CommandEntry | null;
  readonly #ahead = new LookAhead();
  readonly #httpGuard = new HttpGuard();
  /** The running command waits, so it is not done. */
  #isWaiting = false;
  /** A command that has waited runs again. */
  #isRerun = false;
  /** The running command is to run again in the client's next turn. */
  #runsAgain = false;
  /** `reply.errors` when an error was last counted. */
  #countedErrors = 0;

  constructor(parts: DispatcherParts) {
    this.#context = parts.context;
    this.host = parts.host;
    this.#table = parts.table;
    this.#keyspace = parts.keyspace;
    this.#acl = parts.acl;
    this.#stats = parts.stats;
    this.#clock = parts.clock;
    this.#commandClock = parts.commandClock;
    this.#gates = parts.gates;
    this.#blocking = parts.blocking;
    this.#tracking = parts.tracking;
    this.#throttling = parts.throttling;
    this.#observers = parts.observers;
    this.#effects = parts.context.effects;
    this.#exec = parts.table.byDeclaredName("exec");
  }

  /** Reads the clock for a batch; returns its time in ms since 1970. */
  beginBatch(): number {
    const nowMs = this.#commandClock.read();
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
    const startUs = this.#commandClock.begin(end - parser.start);
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
      if (this.#commandClock.usAfter(count) - startUs > turnUs && parser.position < end) {
        // A client that ends has no other turn, which its replies would be held for.
        isUnfinished = !connection.closeAfterReply;
        break;
      }
    }
    const areKeysUnused = this.#keyspace.dict.forgetAhead();
    const areElementsUnused = this.#keyspace.types.parts.elements.forgetAhead();
    if (areKeysUnused || areElementsUnused) connection.aheadRest = LOOK_AHEAD_REST;
    this.host.took(this.#commandClock.finish(isLastIntact ? parser.argv : null));
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
      const closed = this.#gates.closed | client.gates | client.aclUser.gates;
      if ((closed & entry.gates) === 0 && client.transaction === null) this.#call(client, entry, argv);
      else this.#callIfLet(client, entry, argv);
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
    this.host.nowMs = this.beginBatch();
    // How long their arguments are is not known.
    this.#commandClock.begin(Number.POSITIVE_INFINITY);
    this.#blocking.serve();
    this.host.took(this.#commandClock.finish(null));
    this.host.endBatch();
  }

  /**
   * Runs a blocked client's command again; the reply is all that the writer holds afterwards. False when a gate holds the command: then the
   * client remains blocked.
   */
  runAgain(client: ServerClient, entry: CommandEntry, argv: Argv): boolean {
    this.host.current = client;
    this.#enter(client);
    const verdict = this.#gates.verdict(client, entry, argv);
    if (verdict === HELD) return false;
    this.#isRerun = true;
    if (verdict !== null) this.#reject(client, entry, verdict);
    else if (!client.closed) this.#call(client, entry, argv);
    this.#isRerun = false;
    if (client.replyMode !== "on") this.#muteReply(client, 0);
    client.afterCommand();
    return true;
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
    this.#commandClock.charge(client, entry, argv, client.waitedUs);
    client.waitedUs = 0;
  }

  /** One command that gates or MULTI may keep from running. */
  #callIfLet(client: ServerClient, entry: CommandEntry, argv: Argv): void {
    const verdict = client.isInternal ? null : this.#gates.verdict(client, entry, argv);
    if (verdict === HELD) {
      this.#gates.hold(client);
    } else if (verdict !== null) {
      this.#reject(client, entry, verdict);
    } else if (client.closed) {
      // What was evicted to make room had messages for it, more than it may have.
    } else if (client.transaction !== null && !NEVER_QUEUED.has(entry.name)) {
      this.#context.transactions.enqueue(client, entry, argv);
      this.#context.reply.simple("QUEUED");
    } else {
      this.#call(client, entry, argv);
    }
  }

  /** Refuses a command before it ran; a transaction it was meant for is lost. */
  #reject(client: Client, entry: CommandEntry | null, error: string): void {
    if (entry !== null) entry.rejectedCalls++;
    if (client.transaction !== null) client.transaction.aborted = true;
    if (entry !== null && entry === this.#exec) {
      this.#context.transactions.discard(client);
      error = `EXECABORT Transaction discarded because of: ${error.startsWith("ERR ") ? error.slice(4) : error}`;
    }
    this.#context.reply.error(error);
    this.#stats.countError(error);
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

  /** The arguments of the commands to come may be long. */
  expectsLargeInput(): void {
    this.#commandClock.hasLargeInput = true;
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
    const clock = this.#commandClock;
    const isBrief = clock.beginCall(entry, argv);
    const { sinceUs } = clock;
    const { dirty } = this.#keyspace;
    if (this.#effects.isOn) this.#effects.beginCall(context.db.index);
    try {
      entry.handler(context, argv);
    } catch (error) {
      if (isOutOfMemory(error) || isTextTooLong(error)) {
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
    if (isBrief) clock.endBrief(entry, argv, reply.length - start, context.hadMuchToDo);
    else this.#finishCall(entry, argv, sinceUs);
    context.hadMuchToDo = false;
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
    const nowUs = this.#commandClock.endCall();
    const { client } = this.#context;
    if (this.#isWaiting) {
      this.#isWaiting = false;
      client.waitedUs += nowUs - sinceUs;
    } else {
      this.#commandClock.countCall(client, entry, argv, nowUs - sinceUs + client.waitedUs);
      client.waitedUs = 0;
    }
    if (!this.#isRerun && !this.#runsAgain) this.#observers.show(client, entry, argv);
    this.#runsAgain = false;
  }

  /** CLIENT REPLY OFF and SKIP: takes back what the command answered. */
  #muteReply(client: ServerClient, before: number): void {
    if (client.suspension === "blocked" || client.suspension === "yielding" || client.suspension === "paused") return;
    if (client.replyMode === "off" || client.replyMode === "skip") this.#context.reply.length = before;
    if (client.replyMode === "skip") client.replyMode = "on";
    else if (client.replyMode === "skip-next") client.replyMode = "skip";
  }
}

const NEVER_QUEUED = new Set(["exec", "discard", "multi", "watch", "quit", "reset"]);

/** Node says so when bytes are to become a text longer than V8 has: no number and no option is. */
function isTextTooLong(error: unknown): boolean {
  return (error as { code?: string }).code === "ERR_STRING_TOO_LONG";
}

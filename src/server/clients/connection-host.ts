/**
 * What a connection needs of its server: the shared memory it reads into and writes from, the dispatcher, limits and statistics.
 * There is one per server; `dispatcher.ts` is its working half.
 */
import { Argv } from "../../bytes/argv.js";
import { Region } from "../../bytes/region.js";
import type { Client } from "../../commands/client.js";
import type { DebugSwitches } from "../../commands/debug-switches.js";
import type { Effects } from "../../commands/effects.js";
import { HUGE_BLOCK } from "../../memory/arena.js";
import type { ReplyChunks, ReplyWriter } from "../../protocol/reply-writer.js";
import type { BufferLimit } from "../config/list-kinds.js";
import type { ServerStats } from "../observation/stats.js";
import type { ClientEviction } from "./client-eviction.js";
import { Delivery, type QueuedOutput } from "./delivery.js";
import { Outbox } from "./outbox.js";
import { MessageJoiner } from "./output-queue.js";
import { outputShare } from "./output-share.js";
import { RecentPeak } from "./recent-peak.js";
import { ReplyHolds } from "./reply-holds.js";
import type { ServerClient } from "./server-client.js";

/**
 * What one read may bring. A read that fills it ends the client's turn. It is somewhat more than a line may be long, so that one that
 * never ends is refused where it lies, without a buffer to collect it in.
 */
export const INPUT_BYTES = 69_632;
/** Bytes of the reply region a server starts with, and returns to. */
const REPLY_BYTES = 65536;
/** One that has grown is kept so long. */
const KEPT_GROWN_MS = 1000;
/** Short replies get their views from a table, since making one costs more than filling it. */
const VIEWED_LENGTH = 1025;
/** Bytes in the query buffers of all clients from which on a client gets room for what arrived rather than for what it announced. */
const MUCH_INPUT = 16_777_216;

/** Buffers for long arguments: each takes half a gigabyte of addresses. */
const MOST_LONG_BUFFERS = 64;

/** A batch's share of time, when few want one and when many do. */
const TURN_US = 1000;
const LEAST_TURN_US = 100;

/** The services behind a ConnectionHost. */
export interface HostServices {
  readonly reply: ReplyWriter;
  readonly stats: ServerStats;
  readonly eviction: ClientEviction;
  readonly debug: DebugSwitches;
  readonly effects: Effects;
  nowMs(): number;
  /** A buffer that the arena can take over. Throws a RangeError. */
  longBuffer(bytes: number): ArrayBufferLike;
  soon(action: () => void): void;
  runCommands(client: ServerClient, region: Region, end: number): boolean;
  /** Begins the time of a batch, which is returned. */
  beginBatch(): number;
  connectionClosed(client: ServerClient, reason: string): void;
  describe(client: Client): string;
  outputLimit(client: Client): BufferLimit;
  log(level: "verbose" | "notice" | "warning", message: string): void;
}

export class ConnectionHost {
  readonly input = Region.allocate(INPUT_BYTES);
  readonly reply: ReplyWriter;
  readonly stats: ServerStats;
  readonly outbox: Outbox;
  readonly debug: DebugSwitches;
  readonly joiner = new MessageJoiner();
  readonly holds: ReplyHolds;
  /** The Argv that connections parse into while their commands are whole. */
  argv = new Argv();
  /** Whose batch is being processed. */
  current: ServerClient | null = null;
  isRunningCommand = false;
  /** Time of the batch. */
  nowMs = 0;
  queryBufferLimit = 1073741824;
  /** Arguments from this length on get a buffer that they can stay in. */
  leastLongArgument = HUGE_BLOCK;
  /** proto-max-bulk-len, for new connections. */
  maxBulkLength = 536870912;
  /** Bytes of all clients and their buffers, and those in query buffers and in output alone. Kept by the clients. */
  memoryBytes = 0;
  queryBytes = 0;
  outputBytes = 0;
  /** Of them those of clients of the server's own. */
  internalBytes = 0;
  /** Bytes of replies waiting for all clients from which on each may have few unsent before nothing more is done for it. */
  outputShare = outputShare(0);
  /** Buffers for long arguments there are, and bytes of clients and buffers dropped since the start. Kept by the clients. */
  longBuffers = 0;
  droppedBytes = 0;
  /** The largest query buffer and the most output of late. */
  readonly #inputPeak = new RecentPeak();
  readonly #outputPeak = new RecentPeak();
  readonly #services: HostServices;
  readonly #eviction: ClientEviction;
  readonly #delivery: Delivery;
  #views: (Uint8Array | undefined)[] = [];
  /** What the views are views of. */
  #viewed: Uint8Array | null = null;
  /** Connections whose batch took its share of time, and which wait for their next turn. */
  waitingTurns = 0;
  /** Batches of the present turn of the event loop that took long. */
  #longBatches = 0;
  /** Messages were queued outside of a batch. */
  #hasMessages = false;
  #isTurnEnding = false;
  /** The reply region while it is larger than at the start, and since when. */
  #grownRegion: Region | null = null;
  #grownSinceMs = 0;

  constructor(services: HostServices) {
    this.#services = services;
    this.reply = services.reply;
    this.stats = services.stats;
    const endTurnSoon = (): void => this.endTurnSoon();
    this.outbox = new Outbox(endTurnSoon);
    this.#delivery = new Delivery(services, this.joiner);
    this.holds = new ReplyHolds(services.effects, endTurnSoon);
    this.debug = services.debug;
    this.#eviction = services.eviction;
    this.reply.restart(Region.allocate(REPLY_BYTES));
  }

  beginBatch(client: ServerClient): void {
    this.nowMs = this.#services.beginBatch();
    this.current = client;
    client.lastInteractionMs = this.nowMs;
  }

  /** Counts `bytes` that were read from the client's peer. */
  countRead(client: ServerClient, bytes: number): void {
    this.stats.netInputBytes += bytes;
    this.stats.totalReadsProcessed++;
    client.netInputBytes += bytes;
  }

  /** Ends a batch: what it made others receive is sent. */
  endBatch(): void {
    const client = this.current;
    this.current = null;
    this.#delivery.endBatch(client, this.nowMs);
    this.#evictClients();
  }

  /** A buffer of `bytes` and more for an argument that may stay in it, null when there are many, or no memory. */
  longBuffer(bytes: number): ArrayBufferLike | null {
    if (this.longBuffers >= MOST_LONG_BUFFERS) return null;
    try {
      return this.#services.longBuffer(bytes);
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  runCommands(client: ServerClient, region: Region, end: number): boolean {
    return this.#services.runCommands(client, region, end);
  }

  /** Sends what `output` has queued when the batch ends, or soon when there is none. */
  flushLater(output: QueuedOutput): void {
    this.#delivery.add(output);
    if (this.current !== null) return;
    this.#hasMessages = true;
    this.endTurnSoon();
  }

  /** Ends the turn of the event loop when all that is due has been done. */
  endTurnSoon(): void {
    if (this.#isTurnEnding) return;
    this.#isTurnEnding = true;
    this.#services.soon(() => this.#endTurn());
  }

  /**
   * The end of a turn, in which commands of clients may have run, timers, and commands that waited. First those hear of what was done who
   * have to repeat it; then leaves what may leave of what was written: messages, replies to pipelines, and what has been released.
   */
  #endTurn(): void {
    this.#services.effects.deliver();
    this.#isTurnEnding = false;
    if (this.#hasMessages) {
      this.#hasMessages = false;
      this.#delivery.flushAll();
      this.#evictClients();
    }
    this.outbox.flush();
    this.holds.send();
  }

  /** Whether others are to get something when the batch ends. */
  get hasToFlush(): boolean {
    return this.#delivery.isPending;
  }

  /**
   * How long a batch may take before the others have their turn: less when many want one, or have had a long one in this turn of the event
   * loop, so that none waits for all of them.
   */
  get turnUs(): number {
    return Math.max(LEAST_TURN_US, TURN_US / (this.waitingTurns + this.#longBatches + 1));
  }

  /** A batch has taken `us`. */
  took(us: number): void {
    if (us > LEAST_TURN_US && this.#longBatches++ === 0) this.#services.soon(() => (this.#longBatches = 0));
  }

  /** The connection keeps the present Argv with its half-read command; the others get a new one. */
  replaceArgv(): void {
    this.argv = new Argv();
  }

  /** The first `length` bytes of the reply region. */
  replyBytes(length: number): Uint8Array {
    const { u8 } = this.reply.region;
    if (length >= VIEWED_LENGTH) return u8.subarray(0, length);
    if (this.#viewed !== u8) {
      this.#viewed = u8;
      this.#views = [];
    }
    return (this.#views[length] ??= u8.subarray(0, length));
  }

  /** The present reply region is in use by a pending write, or too large to keep. */
  replaceReplyRegion(): void {
    this.reply.restart(Region.allocate(REPLY_BYTES));
    this.#views = [];
    this.#viewed = null;
  }

  /** All of a reply in chunks; what the next ones are written into is new. */
  takeReplyChunks(): ReplyChunks {
    return this.reply.takeChunks(Region.allocate(REPLY_BYTES));
  }

  /**
   * Lets go of what only the last replies needed; called by the cron. A region that grew is replaced after a second: to grow again costs a
   * load of long replies less than a thousandth of its time.
   */
  tidy(nowMs: number): void {
    this.joiner.forget();
    const { region } = this.reply;
    if (region !== this.#grownRegion) {
      this.#grownRegion = region.u8.length > REPLY_BYTES ? region : null;
      this.#grownSinceMs = nowMs;
    } else if (this.reply.length === 0 && nowMs - this.#grownSinceMs >= KEPT_GROWN_MS) {
      this.replaceReplyRegion();
      this.#grownRegion = null;
    }
  }

  soon(action: () => void): void {
    this.#services.soon(action);
  }

  outputLimit(client: Client): BufferLimit {
    return this.#services.outputLimit(client);
  }

  describe(client: Client): string {
    return this.#services.describe(client);
  }

  log(level: "verbose" | "notice" | "warning", message: string): void {
    this.#services.log(level, message);
  }

  get isInputTight(): boolean {
    return this.queryBytes > MUCH_INPUT;
  }

  get isOutputTight(): boolean {
    return this.outputBytes > this.outputShare;
  }

  /** Bytes of waiting replies beyond their share: no key is evicted for them. */
  get outputBeyondShare(): number {
    return Math.max(0, this.outputBytes - this.outputShare);
  }

  /** A client needs `bytes` now, or may be evicted now or no longer. */
  memoryChanged(client: ServerClient, bytes: number): void {
    if (this.#eviction.isOn && !client.isInternal) this.#eviction.changed(client, bytes);
  }

  /** A client that needed `bytes`, of them for its input and output as given, has closed. */
  forgetMemory(client: ServerClient, bytes: number, query: number, output: number): void {
    this.droppedBytes += bytes - query;
    this.memoryBytes -= bytes;
    if (client.isInternal) this.internalBytes -= bytes;
    this.queryBytes -= query;
    this.outputBytes -= output;
    this.#eviction.forget(client);
  }

  /** Takes a client's buffers into account for the largest of late. */
  noteBuffers(query: number, output: number, nowMs: number): void {
    this.#inputPeak.note(query, nowMs);
    this.#outputPeak.note(output, nowMs);
  }

  /** The largest buffers of any client in the last seconds. */
  recentBuffers(nowMs: number): { maxInput: number; maxOutput: number } {
    return { maxInput: this.#inputPeak.value(nowMs), maxOutput: this.#outputPeak.value(nowMs) };
  }

  connectionClosed(client: ServerClient, reason: string): void {
    this.#services.connectionClosed(client, reason);
  }

  /** Bytes of the clients that have a peer. */
  get peerBytes(): number {
    return this.memoryBytes - this.internalBytes;
  }

  #evictClients(): void {
    if (this.peerBytes > this.#eviction.limitBytes) this.#eviction.run(this);
  }
}

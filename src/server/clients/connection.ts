/**
 * A client with a byte stream: collects what arrives until it is a command, and sends replies as fast as the peer takes them.
 *
 * Input. Bytes arrive in the server's shared input region and are parsed there. Only what a packet leaves unfinished is copied into
 * a buffer of the connection's own, which then collects the rest. A long argument is collected where it can stay: a command that stores it
 * takes the buffer over, and what follows in it is moved away.
 *
 * Output. Replies are written into the server's shared ReplyWriter and leave in one write per batch. If the peer does not take them at
 * once, the memory in flight stays with the connection, later replies queue behind it, and above `UNSENT_REPLIES` bytes nothing more
 * is read from that client, nor run, until it has caught up. Pushes from other clients queue and leave when the batch ends.
 *
 * End. A peer that has closed its half has only said that it sends no more. What it has sent is done and answered as always, and the
 * connection ends when the last reply has left.
 */
import { LongArgument } from "../../bytes/argv.js";
import { copyBytes, moveBytes, Region } from "../../bytes/region.js";
import { Client } from "../../commands/client.js";
import type { Database } from "../../keyspace/database.js";
import type { ByteStream, StreamHandler } from "../../platform/network.js";
import { RequestParser } from "../../protocol/request-parser.js";
import type { ClientThrottle } from "../throttle/client-throttle.js";
import type { ConnectionHost } from "./connection-host.js";
import { OutputQueue } from "./output-queue.js";
import { ReplyShare } from "./reply-share.js";

const enum Size {
  /** Smallest private query buffer, and the smallest when there is little room for all of them. */
  QUERY_BUFFER = 16384,
  TIGHT_QUERY_BUFFER = 1024,
  /** An announced argument up to this long gets its room at once, a longer one grows as it arrives. */
  TRUSTED_ANNOUNCEMENT = 1048576,
  /**
   * Unsent replies from which on nothing is read from the client and none of its commands run. Not less, because there are clients
   * that send a whole pipeline before they read the first reply.
   */
  UNSENT_REPLIES = 67108864,
  /** The same while the replies of all clients together take much memory. */
  TIGHT_UNSENT_REPLIES = 262144,
  /** What a buffer for a long argument has room for behind it: what a read may bring. */
  BEHIND_ARGUMENT = 131072,
  /** Input from which on nothing is read from a client whose commands have to wait. */
  WAITING_INPUT = 1048576,
  /** A reply region larger than this is not kept. */
  KEPT_REPLIES = 1048576,
  /** What a connection costs without its buffers and the system's part: 1.4 KB on Node 20.20, 1.9 KB on 26.12. */
  OVERHEAD = 2048,
  /** The same with TLS, most of it OpenSSL's and Node's buffers: 87 and 99 KB. */
  TLS_OVERHEAD = 90112,
  /** Output up to this much is within any limit: Redis' fixed reply buffer, which it does not count. */
  FREE_OUTPUT = 16384,
  /** So much of a long reply leaves before others have their turn. */
  SENT_AT_ONCE = 1048576,
  /** So many commands at once are a pipeline. */
  PIPELINE = 4,
  /** How long a peer for whom only replies are left may take none of them, before it counts as gone. */
  LEAVING_MS = 60000,
}

/**
 * Why nothing is processed for the moment; "draining" is until the client has read its replies, "throttled" until a limit of
 * client-throttle allows more, "moving" until the rest of the input has been moved out of a buffer that a command took over.
 */
export type Suspension = "paused" | "blocked" | "yielding" | "draining" | "throttled" | "moving" | null;

export class Connection extends Client implements StreamHandler {
  readonly parser: RequestParser;
  /** While set, input is kept but not looked at. */
  suspension: Suspension = null;
  /** Null until a limit of client-throttle was configured. */
  throttle: ClientThrottle | null = null;
  /** So many batches to go through without looking ahead, which was not worth it lately. */
  aheadRest = 0;
  /** Bytes of all replies handed over for sending so far. */
  repliedBytes = 0;
  readonly #host: ConnectionHost;
  readonly #stream: ByteStream;
  #query: Region | null = null;
  #queryLength = 0;
  /** What the private query buffer was made for, if that is a long argument: the buffer has a reserve then, which takes no memory. */
  #long: LongArgument | null = null;
  /** The most the private query buffer held since the cron last looked. */
  #queryPeak = 0;
  readonly #queue = new OutputQueue(() => this.#account());
  /** Kept by the host: what is queued leaves when the batch ends. */
  isToFlush = false;
  #inFlightBytes = 0;
  /** The memory those bytes lie in. */
  #inFlightMemory = 0;
  readonly #replyShare: ReplyShare;
  /** Pushes that must follow the reply of the command being run. */
  #afterReply: Uint8Array[] | null = null;
  #readingPaused = false;
  /** The peer sends no more. */
  #hasInputEnded = false;
  /** Bytes on their way when `tend` last looked, and since when none of them has left. */
  #lastQueuedBytes = -1;
  #stuckSinceMs = 0;
  /** Replies of this connection wait in the outbox. */
  #isInOutbox = false;
  /** The rest of the queue is sent after others had their turn. */
  #isSendingSoon = false;
  /** What the host has been told of. */
  #accounted = 0;
  #accountedQuery = 0;
  #accountedOutput = 0;
  /** When the output went over the soft limit; 0 while below. */
  #softLimitSinceMs = 0;

  constructor(host: ConnectionHost, stream: ByteStream, id: number, db: Database, nowMs: number) {
    super(id, db, nowMs);
    this.#host = host;
    this.#stream = stream;
    this.#replyShare = new ReplyShare(nowMs);
    this.parser = new RequestParser(host.argv);
    this.parser.maxBulkLength = host.maxBulkLength;
    stream.handler = this;
    this.#account();
  }

  get peerAddress(): string {
    return this.#stream.ends.peerAddress;
  }

  get localAddress(): string {
    return this.#stream.ends.localAddress;
  }

  get peerHost(): string {
    return this.#stream.ends.peerHost;
  }

  get fd(): number {
    return this.#stream.fd;
  }

  get tcpSocket(): number {
    return this.closed || this.isUnixSocket || !this.#stream.isOpen ? -1 : this.#stream.fd;
  }

  get isUnixSocket(): boolean {
    return this.#stream.ends.isUnixSocket;
  }

  get queryBufferUsed(): number {
    return this.#queryLength === 0 ? 0 : this.#queryLength - this.parser.position;
  }

  get queryBufferFree(): number {
    return this.#queryMemory - this.#queryLength;
  }

  get argvBytes(): number {
    if (this.blocked !== null) return this.blocked.argvBytes;
    if (this.#host.current !== this && this.parser.isIdle) return 0;
    return this.parser.argv.totalLength;
  }

  get outputBytes(): number {
    return this.#queue.bytes + this.#inFlightBytes;
  }

  get outputChunks(): number {
    return this.#queue.length + (this.#inFlightBytes > 0 ? 1 : 0);
  }

  get outputMemory(): number {
    return this.#queue.memory + this.#inFlightMemory;
  }

  get outputLimitBytes(): number {
    return this.#host.outputLimit(this).hard || Number.POSITIVE_INFINITY;
  }

  get replyBufferSize(): number {
    return this.#replyShare.size;
  }

  get replyBufferPeak(): number {
    return this.#replyShare.peak;
  }

  get events(): string {
    return (this.#readingPaused ? "" : "r") + (this.#inFlightBytes > 0 ? "w" : "");
  }

  get memoryBytes(): number {
    return this.#overhead + this.#queryMemory + this.outputMemory + this.heldBytes;
  }

  get #queryMemory(): number {
    if (this.#long !== null) return this.#queryLength;
    return this.#query === null ? 0 : this.#query.u8.length;
  }

  get #overhead(): number {
    return this.#stream.isEncrypted ? Size.TLS_OVERHEAD : Size.OVERHEAD;
  }

  override hold(bytes: number): void {
    super.hold(bytes);
    this.#account();
  }

  override setNoEvict(isSpared: boolean): void {
    super.setNoEvict(isSpared);
    if (!this.closed) this.#host.memoryChanged(this, this.#accounted);
  }

  // Input

  onData(length: number): void {
    const host = this.#host;
    host.beginBatch(this, length);
    if (this.suspension === null && this.#queryLength === 0) {
      this.parser.begin(0);
      this.#process(host.input, length);
    } else {
      if (this.#queryLength === 0) this.parser.begin(0);
      this.#append(host.input, 0, length);
      if (this.suspension !== null) this.#updateReading();
      else if (!this.closed) this.#process(this.#query!, this.#queryLength);
    }
    // A full buffer means that more is waiting: let the others have a turn first.
    if (length === host.input.u8.length && !this.#readingPaused && !this.closed) this.#yieldReading();
    host.endBatch();
  }

  /** Goes on with input that was kept while the connection was suspended. */
  resume(): void {
    if (this.closed) return;
    // Who reads nothing gets no more to read.
    this.suspension = this.#hasMuchUnsent ? "draining" : null;
    if (this.suspension !== null) return this.#updateReading();
    const host = this.#host;
    host.beginBatch(this, 0);
    if (this.#queryLength > 0) this.#process(this.#query!, this.#queryLength);
    else if (this.#hasInputEnded) this.#endWhenDone();
    this.#updateReading();
    host.endBatch();
  }

  /** Ends a suspension: input that came meanwhile is processed after the others had their turn. */
  unsuspend(): void {
    if (this.closed) return;
    this.suspension = null;
    if (this.#queryLength > 0 || this.#hasInputEnded) this.#continueSoon();
  }

  /** Suspends the connection; the command that was just parsed will be read again. */
  postpone(): void {
    this.suspension = "paused";
    this.parser.begin(this.parser.start);
  }

  /** What the cron does for each client about once a second. */
  tend(nowMs: number): void {
    this.#replyShare.fit(nowMs, this.outputBytes, this.#host.debug);
    this.#host.noteBuffers(this.#queryMemory, this.outputMemory, nowMs);
    this.#shrinkQueryBuffer(nowMs);
    // The soft output limit of a client nobody writes to.
    if (this.outputBytes > 0) this.#isOverLimit(0);
    // What kept it from running may be that others had too much unsent.
    if (this.suspension === "draining" && !this.#hasMuchUnsent) this.resume();
    if (this.closeAfterReply || (this.#hasInputEnded && this.suspension === "draining")) this.#watchLeaving(nowMs);
  }

  /** Frees what the query buffer does not need. */
  #shrinkQueryBuffer(nowMs: number): void {
    const query = this.#query;
    if (query === null || this.#long !== null) return;
    const isIdle = nowMs - this.lastInteractionMs > 2000;
    // What is on its way has been announced.
    if (!isIdle && this.parser.neededBytes > this.#queryLength) return;
    const wanted = isIdle ? this.#queryLength : Math.max(this.#queryLength, this.#queryPeak, Size.QUERY_BUFFER);
    if (wanted === 0) {
      this.#dropQuery();
    } else if (isIdle ? query.u8.length > wanted : query.u8.length > Math.max(wanted * 2, 32768)) {
      this.#query = new Region(query.u8.slice(0, wanted));
    }
    this.#queryPeak = this.#queryLength;
    this.#account();
  }

  #process(region: Region, end: number): void {
    const host = this.#host;
    const parser = this.parser;
    if (parser.isIdle) parser.argv = host.argv;
    if (this.#long !== null) this.#offerLong(end);
    const before = this.commandCount;
    let isUnfinished = host.runCommands(this, region, end);
    if (region !== host.input) isUnfinished = this.#endOffer(isUnfinished, end);
    if (isUnfinished || this.closeAfterReply || this.commandCount - before < Size.PIPELINE || !this.#keepReplies())
      this.#flushReplies(isUnfinished && host.outputLimit(this).hard > 0);
    if (this.closed) return;
    if (!parser.isIdle && parser.argv === host.argv) host.replaceArgv();
    // After closeAfterReply nothing more is read; otherwise keep the bytes from the unfinished command on.
    const from = parser.isIdle ? parser.position : parser.start;
    this.#keep(region, this.closeAfterReply ? end : Math.min(from, end), end);
    if (isUnfinished && this.suspension === null && !this.closeAfterReply) this.#continueSoon();
    if (this.#hasInputEnded) this.#endWhenDone();
    this.#updateReading();
  }

  /** Lets the command that ends at `end` at the most take over the buffer. */
  #offerLong(end: number): void {
    const long = this.#long!;
    long.end = end;
    this.parser.argv.long = long;
  }

  /** A batch out of the private query buffer has ended: no Argv refers to it that outlives it. Returns whether there is more to run. */
  #endOffer(isUnfinished: boolean, end: number): boolean {
    const { parser } = this;
    parser.argv.long = null;
    if (!this.closed && !parser.isIdle) return isUnfinished;
    parser.argv.source = this.#host.input;
    if (this.suspension !== "moving") return isUnfinished;
    this.suspension = null;
    return parser.position < end;
  }

  /** Has the running command run again in the next turn of this client. */
  runAgain(): void {
    this.commandCount--;
    this.parser.begin(this.parser.start);
    this.#continueSoon();
  }

  /** The batch took its share of time: the rest runs after the others had their turn. */
  #continueSoon(): void {
    const host = this.#host;
    this.suspension = "yielding";
    host.waitingTurns++;
    host.soon(() => {
      host.waitingTurns--;
      if (this.suspension === "yielding") this.resume();
    });
  }

  #keep(region: Region, from: number, end: number): void {
    const length = end - from;
    const own = this.#query;
    if (region === own && (this.#long === null || from === 0)) {
      if (from > 0 && length > 0) moveBytes(own, from, 0, length);
      this.#queryLength = length;
      this.parser.rebase(0);
      return;
    }
    if (region === own) {
      this.#dropQuery();
      this.#account();
    }
    if (length === 0) return;
    this.#queryLength = 0;
    this.#append(region, from, length);
    this.parser.rebase(0);
  }

  #append(from: Region, offset: number, length: number): void {
    this.#reserveQuery(this.#queryLength + length);
    if (this.closed) return;
    copyBytes(from, offset, this.#query!, this.#queryLength, length);
    this.#queryLength += length;
    if (this.#long !== null) this.#account();
    if (this.#queryLength > this.#queryPeak) this.#queryPeak = this.#queryLength;
    if (this.#queryLength > this.#host.queryBufferLimit) {
      this.#host.stats.queryBufferLimitDisconnections++;
      this.#host.log("warning", `Closing client that reached max query buffer length: ${this.#host.describe(this)}`);
      this.close("query buffer limit");
    }
  }

  /** Makes room for `length` bytes: for more at once when it is known how many will come, so that they are copied seldom. */
  #reserveQuery(length: number): void {
    const own = this.#query;
    const isLong = this.parser.bulkLength >= this.#host.leastLongArgument;
    if (isLong && this.#long === null && this.#beginLong(length)) return;
    if (own !== null && own.u8.length >= length) return;
    const needed = this.parser.neededBytes;
    const { isInputTight } = this.#host;
    let capacity = Math.max(length, isInputTight ? Size.TIGHT_QUERY_BUFFER : Size.QUERY_BUFFER);
    if (needed > length) capacity = Math.max(capacity, Math.min(needed, trustedBytes(length, isInputTight)));
    else if (own !== null) capacity = Math.max(length, own.u8.length * 2);
    const grown = allocateOrNull(capacity);
    if (grown === null) {
      this.#host.log(
        "warning",
        `Closing client whose query buffer needs ${capacity} bytes: ${this.#host.describe(this)}`,
      );
      return this.close("no memory");
    }
    this.#changeQuery(grown);
  }

  /**
   * Gives the command that is being received a buffer in which its long argument can stay. That is as long as such an argument may be, but
   * takes no more memory than has arrived. Of the command `length` bytes have, among them a part of the argument, so that announcing alone
   * costs nothing.
   */
  #beginLong(length: number): boolean {
    const { start, position, bulkLength } = this.parser;
    const host = this.#host;
    const offset = position - start;
    if (length - offset < Math.min(Size.TRUSTED_ANNOUNCEMENT, host.leastLongArgument / 2)) return false;
    const buffer = host.longBuffer(offset + bulkLength + Size.BEHIND_ARGUMENT);
    if (buffer === null) return false;
    const region = new Region(new Uint8Array(buffer, (8 - (offset & 7)) & 7));
    this.#changeQuery(region, new LongArgument(region, offset, this.#queryLength, () => this.#giveUpQuery()));
    return true;
  }

  /** Moves what the query buffer holds to another. */
  #changeQuery(query: Region, long: LongArgument | null = null): void {
    const old = this.#query;
    if (old !== null) copyBytes(old, 0, query, 0, this.#queryLength);
    this.#dropQuery(this.#queryLength);
    this.#query = query;
    this.#long = long;
    if (long !== null) this.#host.longBuffers++;
    this.#account();
  }

  /** Lets go of the query buffer. */
  #dropQuery(length = 0): void {
    const query = this.#query;
    if (query === null) return;
    const long = this.#long;
    if (long === null) this.#host.droppedBytes += query.u8.length;
    else this.#host.longBuffers--;
    if (long !== null && !long.isTaken) this.#host.droppedBytes += this.#queryLength;
    this.#query = null;
    this.#long = null;
    this.#queryLength = length;
  }

  /** A command has taken the query buffer over: the commands behind it run when they have been moved. */
  #giveUpQuery(): void {
    if (this.suspension === null) this.suspension = "moving";
  }

  #yieldReading(): void {
    this.#readingPaused = true;
    this.#stream.pauseReading();
    this.#host.soon(() => {
      this.#readingPaused = false;
      this.#updateReading();
      if (!this.#readingPaused) this.#stream.resumeReading();
    });
  }

  /** Reads from the client only while it takes its replies and is not suspended with much input waiting. */
  #updateReading(): void {
    if (this.closed || this.#hasInputEnded) return;
    const { suspension } = this;
    const isFull = suspension !== null && this.#queryLength >= Size.WAITING_INPUT;
    const shouldPause =
      this.closeAfterReply || this.#hasMuchUnsent || suspension === "yielding" || suspension === "throttled" || isFull;
    if (shouldPause === this.#readingPaused) return;
    this.#readingPaused = shouldPause;
    if (shouldPause) this.#stream.pauseReading();
    else this.#stream.resumeReading();
  }

  // Output

  send(bytes: Uint8Array): void {
    if (this.closed || this.closeAfterReply) return;
    if (this.#host.current === this) {
      // Between two commands it belongs between their replies; there, CLIENT REPLY would take it back.
      if (!this.#host.isRunningCommand && this.replyMode === "on") return this.#host.reply.raw(bytes);
      this.#afterReply ??= [];
      this.#afterReply.push(bytes);
      return;
    }
    const isSlow = this.#inFlightBytes > 0;
    this.#queue.push(bytes, isSlow);
    // What leaves with the batch is not counted: its memory is its receivers' together.
    if (isSlow) this.#account();
    if (this.outputBytes <= Size.FREE_OUTPUT) this.#softLimitSinceMs = 0;
    else if (this.#isOverLimit(0)) return;
    if (!isSlow) this.#host.flushLater(this);
  }

  /** Queues what the reply writer holds for this client, since replies to others come next; it leaves when the batch ends. */
  queueReplies(): void {
    if (this.#host.reply.length === 0) return;
    this.#flushReplies(true);
    if (!this.#queue.isEmpty) this.#host.flushLater(this);
  }

  /** Puts the pushes that came up during the command behind its reply. */
  afterCommand(): void {
    if (this.#afterReply === null) return;
    for (const bytes of this.#afterReply) this.#host.reply.raw(bytes);
    this.#afterReply = null;
  }

  /**
   * Sends what has been written so far in this batch, when it is much; the rest waits if the client does not take it. When it is more
   * than the client may have, that ends the client and its batch: somebody who guesses passwords gets so many guesses and no more.
   */
  flushIfLarge(): void {
    const { reply } = this.#host;
    if (reply.length <= Size.KEPT_REPLIES && reply.length <= this.outputLimitBytes) return;
    this.#flushReplies();
    if (this.#hasMuchUnsent && this.suspension === null) this.suspension = "draining";
  }

  /** True when the client should read first. A hard limit above that is for the client to meet. */
  get #hasMuchUnsent(): boolean {
    const bytes = this.outputBytes;
    if (bytes <= Size.TIGHT_UNSENT_REPLIES) return false;
    const least = this.#host.isOutputTight ? Size.TIGHT_UNSENT_REPLIES : Size.UNSENT_REPLIES;
    return bytes > least && bytes > this.#host.outputLimit(this).hard;
  }

  /** Bytes queued here and in the system's part of the stream. */
  get queuedBytes(): number {
    return this.#queue.bytes + this.#stream.queuedBytes;
  }

  /** Sends what is queued, if nothing is in flight. */
  flushQueue(): void {
    if (this.closed || this.#inFlightBytes > 0 || this.#queue.isEmpty) return;
    if (this.#isInOutbox) this.#host.outbox.flush();
    if (this.#inFlightBytes > 0) return;
    const { joiner } = this.#host;
    let sent = 0;
    do {
      const bytes = this.#queue.take(joiner);
      if (this.#stream.write(bytes)) {
        this.#queue.sent();
      } else {
        this.#inFlightBytes = bytes.length;
        this.#inFlightMemory = bytes.length;
      }
      this.#countOutput(bytes.length);
      sent += bytes.length;
    } while (this.#inFlightBytes === 0 && !this.#queue.isEmpty && !this.closed && sent < Size.SENT_AT_ONCE);
    if (this.outputBytes > 0 || this.#accountedOutput > 0) this.#account();
    if (this.outputBytes === 0 && this.closeAfterReply) this.#stream.end();
    else if (this.#inFlightBytes === 0 && !this.#queue.isEmpty) this.#sendSoon();
  }

  /** Goes on with the queue after the others had their turn, although the system takes all at once. */
  #sendSoon(): void {
    if (this.#isSendingSoon || this.closed) return;
    this.#isSendingSoon = true;
    this.#host.soon(() => {
      this.#isSendingSoon = false;
      if (!this.closed && this.#inFlightBytes === 0) this.onDrain();
    });
  }

  onDrain(): void {
    this.lastInteractionMs = this.#host.nowMs;
    this.#inFlightBytes = 0;
    this.#inFlightMemory = 0;
    this.#queue.sent();
    this.#account();
    this.flushQueue();
    this.#isOverLimit(0);
    if (this.outputBytes === 0 && this.closeAfterReply) return this.#stream.end();
    if (this.suspension === "draining" && !this.#hasMuchUnsent) return this.resume();
    this.#updateReading();
  }

  /** Sends what the reply writer holds. `isHeld`: only queues it, so that a limit sees all replies to a pipeline together. */
  #flushReplies(isHeld = false): void {
    const host = this.#host;
    const writer = host.reply;
    const length = writer.length;
    if (this.#isInOutbox) host.outbox.flush();
    if (length > 0) {
      if (this.closed) {
        writer.length = 0;
        return;
      }
      this.repliedBytes += length;
      if (length + this.outputBytes > Size.FREE_OUTPUT && this.#isOverLimit(length)) {
        writer.length = 0;
        return;
      }
      this.#replyShare.note(length);
      if (writer.isSplit || length > Size.KEPT_REPLIES) {
        this.#queue.pushChunks(host.takeReplyChunks());
        this.#account();
      } else if (isHeld || this.outputBytes > 0) {
        writer.length = 0;
        this.#queue.append(writer.region.u8, length);
        this.#account();
      } else {
        writer.length = 0;
        this.#countOutput(length);
        if (!this.#stream.write(host.replyBytes(length))) {
          this.#inFlightBytes = length;
          this.#inFlightMemory = writer.region.u8.length;
          host.replaceReplyRegion();
          this.#account();
        }
      }
      if (writer.region.u8.length > Size.KEPT_REPLIES) host.replaceReplyRegion();
    }
    if (!isHeld && !this.#queue.isEmpty) this.flushQueue();
    if (this.closeAfterReply && this.outputBytes === 0) this.#stream.end();
  }

  /** Leaves what the reply writer holds to the outbox, if that is to leave soon and at once. */
  #keepReplies(): boolean {
    const { reply, outbox } = this.#host;
    // Messages to others leave now, and their readers are woken anyway.
    if (this.closed || this.#isInOutbox || this.outputBytes > 0 || this.#host.hasToFlush) return false;
    if (reply.length === 0 || reply.isSplit || !outbox.hasRoomFor(reply.length)) return false;
    outbox.take(this, this.#host.replyBytes(reply.length));
    this.#isInOutbox = true;
    this.#replyShare.note(reply.length);
    this.repliedBytes += reply.length;
    this.#countOutput(reply.length);
    reply.length = 0;
    return true;
  }

  writeOutbox(bytes: Uint8Array): boolean {
    this.#isInOutbox = false;
    if (this.closed || this.#stream.write(bytes)) return true;
    this.#inFlightBytes = bytes.length;
    this.#inFlightMemory = bytes.buffer.byteLength;
    this.#account();
    return false;
  }

  /** Counts a write: bytes are counted when they leave, not when they queue. */
  #countOutput(bytes: number): void {
    const { stats } = this.#host;
    stats.netOutputBytes += bytes;
    stats.totalWritesProcessed++;
    this.netOutputBytes += bytes;
  }

  /** Closes the client when its unsent output, `more` bytes included, exceeds what its class allows. */
  #isOverLimit(more: number): boolean {
    const limit = this.#host.outputLimit(this);
    let bytes = this.outputBytes + more;
    if (bytes <= Size.FREE_OUTPUT) bytes = 0;
    const isHard = limit.hard > 0 && bytes > limit.hard;
    let isSoft = limit.soft > 0 && bytes > limit.soft;
    if (isSoft) {
      if (this.#softLimitSinceMs === 0) this.#softLimitSinceMs = this.#host.nowMs;
      isSoft = this.#host.nowMs - this.#softLimitSinceMs > limit.seconds * 1000;
    } else {
      this.#softLimitSinceMs = 0;
    }
    if (!isHard && !isSoft) return false;
    this.#host.stats.outputBufferLimitDisconnections++;
    this.#host.log("warning", `Client ${this.#host.describe(this)} closed for overcoming of output buffer limits.`);
    this.close("output buffer limit");
    return true;
  }

  // Closing

  onEnd(): void {
    if (this.closed || this.#hasInputEnded) return;
    this.#hasInputEnded = true;
    this.#endWhenDone();
  }

  /** The peer sends no more: ends the connection when all that came whole has run and its replies have left. */
  #endWhenDone(): void {
    if (this.closed) return;
    if (this.suspension === "blocked") {
      // It may be gone altogether: what comes into the list would be lost with it. So the commands behind have nothing to follow.
      this.blocked?.abandon();
      this.suspension = null;
    }
    if (this.suspension !== null) return;
    this.closeAfterReply = true;
    this.#dropQuery();
    this.#account();
    if (this.#isInOutbox) this.#host.outbox.flush();
    this.flushQueue();
    if (this.closed || this.outputBytes > 0) return;
    // With nothing left it is gone at once, for CLIENT LIST too; with TLS there is a good-bye to say.
    if (this.#stream.queuedBytes === 0 && !this.#stream.isEncrypted) this.close("end");
    else this.#stream.end();
  }

  /** Closes when a peer for whom there are only replies left takes nothing any more. */
  #watchLeaving(nowMs: number): void {
    if (this.closed) return;
    const { queuedBytes } = this;
    if (queuedBytes !== this.#lastQueuedBytes) this.#stuckSinceMs = nowMs;
    this.#lastQueuedBytes = queuedBytes;
    if (nowMs - this.#stuckSinceMs >= Size.LEAVING_MS) this.close("end");
  }

  onClose(error: string | null): void {
    this.close(error ?? "end");
  }

  close(reason: string): void {
    if (this.closed) return;
    this.closed = true;
    this.#queue.clear();
    this.#inFlightBytes = 0;
    this.#inFlightMemory = 0;
    this.#dropQuery();
    // What runs a command of this client still may read its arguments.
    if (this.#host.current !== this) this.parser.argv.source = this.#host.input;
    this.#host.forgetMemory(this, this.#accounted, this.#accountedQuery, this.#accountedOutput);
    if (this.#host.current === this) this.#host.reply.length = 0;
    this.#host.connectionClosed(this, reason);
    this.#stream.destroy();
  }

  /** Tells the host what the client needs now. After `close` it needs nothing: a write that was cut off may end later. */
  #account(): void {
    if (this.closed) return;
    const host = this.#host;
    const query = this.#queryMemory;
    const output = this.outputMemory;
    const bytes = this.memoryBytes;
    const before = this.#accounted;
    if (output < this.#accountedOutput) host.droppedBytes += this.#accountedOutput - output;
    this.#accounted = bytes;
    host.memoryBytes += bytes - before;
    host.queryBytes += query - this.#accountedQuery;
    host.outputBytes += output - this.#accountedOutput;
    this.#accountedQuery = query;
    this.#accountedOutput = output;
    host.memoryChanged(this, bytes);
  }
}

/**
 * The room for an announced argument of which, with what came before it, `length` bytes have arrived: much at once, so that it is copied
 * seldom, but in proportion to what arrived when there is little room for all the query buffers.
 */
function trustedBytes(length: number, isTight: boolean): number {
  return isTight ? length * 2 : Math.max(Size.TRUSTED_ANNOUNCEMENT + Size.QUERY_BUFFER, length * 4);
}

/** A region, or null when the system has no memory for it. */
function allocateOrNull(bytes: number): Region | null {
  try {
    return Region.allocate(bytes);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

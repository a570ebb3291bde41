/**
 * What is sent to a client: replies and pushes, as fast as the peer takes them.
 *
 * Replies are written into the server's shared ReplyWriter and leave in one write per batch. If the peer does not take them at once, the
 * memory in flight stays with the client, later replies queue behind it, and above `UNSENT_REPLIES` bytes nothing more is read from that
 * client, nor run, until it has caught up. Pushes from other clients queue and leave when the batch ends.
 *
 * While somebody holds replies (`reply-holds.ts`), they queue as well, each with the position that it waits for:
 *
 *     queue:  ( ready ) ( held, for one position after the other ) ( new: not looked at )
 */
import type { ByteStream } from "../../platform/network.js";
import type { Connection } from "./connection.js";
import type { ConnectionHost } from "./connection-host.js";
import { HeldReplies } from "./held-replies.js";
import type { OutboxOwner } from "./outbox.js";
import { OutputQueue } from "./output-queue.js";
import type { HeldOutput } from "./reply-holds.js";
import { ReplyShare } from "./reply-share.js";

const enum Size {
  /**
   * Unsent replies from which on nothing is read from the client and none of its commands run. Not less, because there are clients
   * that send a whole pipeline before they read the first reply.
   */
  UNSENT_REPLIES = 67108864,
  /** The same while the replies of all clients together take much memory. */
  TIGHT_UNSENT_REPLIES = 262144,
  /** A reply region larger than this is not kept. */
  KEPT_REPLIES = 1048576,
  /** Output up to this much is within any limit: Redis' fixed reply buffer, which it does not count. */
  FREE_OUTPUT = 16384,
  /** So much of a long reply leaves before others have their turn. */
  SENT_AT_ONCE = 1048576,
}

export class ClientOutput implements OutboxOwner, HeldOutput {
  /** Kept by the host: what is queued leaves when the batch ends. */
  isToFlush = false;
  readonly share: ReplyShare;
  readonly #host: ConnectionHost;
  readonly #client: Connection;
  readonly #stream: ByteStream;
  readonly #queue: OutputQueue;
  #inFlightBytes = 0;
  /** The memory those bytes lie in. */
  #inFlightMemory = 0;
  /** Of what is queued, the first bytes may leave. */
  #readyBytes = 0;
  /** What the next ones wait for; null until any had to. */
  #held: HeldReplies | null = null;
  /** Replies of this client wait in the outbox. */
  #isInOutbox = false;
  /** The rest of the queue is sent after others had their turn. */
  #isSendingSoon = false;
  /** When the output went over the soft limit; 0 while below. */
  #softLimitSinceMs = 0;

  constructor(host: ConnectionHost, client: Connection, stream: ByteStream) {
    this.#host = host;
    this.#client = client;
    this.#stream = stream;
    this.#queue = new OutputQueue(() => client.account());
    this.share = new ReplyShare(client.createdMs);
  }

  /** Bytes that the system has not taken, those in flight included. */
  get bytes(): number {
    return this.#queue.bytes + this.#inFlightBytes;
  }

  /** In how many pieces. */
  get chunks(): number {
    return this.#queue.length + (this.#inFlightBytes > 0 ? 1 : 0);
  }

  /** The memory that holds them. */
  get memory(): number {
    return this.#queue.memory + this.#inFlightMemory + (this.#held === null ? 0 : this.#held.memory);
  }

  /** The peer has to take something before more can be sent. */
  get isInFlight(): boolean {
    return this.#inFlightBytes > 0;
  }

  /** Nothing can be sent before something has been released. */
  get isHeld(): boolean {
    return this.#heldBytes > 0 && this.#readyBytes === 0 && !this.isInFlight;
  }

  get #heldBytes(): number {
    return this.#held === null ? 0 : this.#held.bytes;
  }

  /** Bytes queued here and in the system's part of the stream. */
  get queuedBytes(): number {
    return this.#queue.bytes + this.#stream.queuedBytes;
  }

  /** True when the client should read first. A hard limit above that is for the client to meet. */
  get hasMuch(): boolean {
    const { bytes } = this;
    if (bytes <= Size.TIGHT_UNSENT_REPLIES) return false;
    const least = this.#host.isOutputTight ? Size.TIGHT_UNSENT_REPLIES : Size.UNSENT_REPLIES;
    return bytes > least && bytes > this.#host.outputLimit(this.#client).hard;
  }

  // What comes to be sent

  /** Queues a push, which leaves when the batch ends. */
  push(bytes: Uint8Array): void {
    const isWaiting = this.isInFlight || this.#heldBytes > 0;
    this.#queue.push(bytes, isWaiting);
    // What leaves with the batch is not counted: its memory is its receivers' together.
    if (isWaiting) this.#client.account();
    if (this.bytes <= Size.FREE_OUTPUT) this.#softLimitSinceMs = 0;
    else if (this.closesAtLimit(0)) return;
    if (!this.isInFlight) this.#host.flushLater(this);
  }

  /**
   * Sends what has been written so far in this batch, when it is much; the rest waits if the client does not take it. When it is more
   * than the client may have, that ends the client and its batch: somebody who guesses passwords gets so many guesses and no more.
   */
  flushIfLarge(): void {
    const { reply } = this.#host;
    const client = this.#client;
    if (reply.length <= Size.KEPT_REPLIES && reply.length <= client.outputLimitBytes) return;
    this.flushReplies(false);
    if (this.hasMuch && client.suspension === null) client.suspension = "draining";
  }

  /** Queues what the reply writer holds; it leaves when the batch ends. */
  queueReplies(): void {
    if (this.#host.reply.length === 0) return;
    this.flushReplies(true);
    if (!this.#queue.isEmpty) this.#host.flushLater(this);
  }

  /** Sends what the reply writer holds. `isQueued`: only queues it, so that a limit sees all replies to a pipeline together. */
  flushReplies(isQueued: boolean): void {
    const host = this.#host;
    const client = this.#client;
    const { length } = host.reply;
    if (this.#isInOutbox) host.outbox.flush();
    if (length > 0) {
      if (client.closed) {
        host.reply.length = 0;
        return;
      }
      client.repliedBytes += length;
      if (length + this.bytes > Size.FREE_OUTPUT && this.closesAtLimit(length)) {
        host.reply.length = 0;
        return;
      }
      this.share.note(length);
      this.#takeReplies(length, isQueued);
    }
    if (!isQueued && !this.#queue.isEmpty) this.flushQueue();
    if (client.closeAfterReply && this.bytes === 0) this.#stream.end();
  }

  /** Queues the `length` bytes that the reply writer holds, or writes them at once. */
  #takeReplies(length: number, isQueued: boolean): void {
    const host = this.#host;
    const writer = host.reply;
    if (writer.isSplit || length > Size.KEPT_REPLIES) {
      this.#queue.pushChunks(host.takeReplyChunks());
      this.#client.account();
    } else if (isQueued || this.bytes > 0 || host.holds.mustWait) {
      writer.length = 0;
      this.#queue.append(writer.region.u8, length);
      this.#client.account();
    } else {
      writer.length = 0;
      this.#count(length);
      if (!this.#stream.write(host.replyBytes(length))) {
        this.#inFlightBytes = length;
        this.#inFlightMemory = writer.region.u8.length;
        host.replaceReplyRegion();
        this.#client.account();
      }
    }
    if (writer.region.u8.length > Size.KEPT_REPLIES) host.replaceReplyRegion();
  }

  /** Leaves what the reply writer holds to the outbox, if that is to leave soon and at once. */
  keepReplies(): boolean {
    const { reply, outbox, hasToFlush, holds } = this.#host;
    const { length } = reply;
    // Messages to others leave now, and their readers are woken anyway.
    if (this.#client.closed || this.#isInOutbox || this.bytes > 0 || hasToFlush || holds.mustWait) return false;
    if (length === 0 || reply.isSplit || !outbox.hasRoomFor(length)) return false;
    outbox.take(this, this.#host.replyBytes(length));
    this.#isInOutbox = true;
    this.share.note(length);
    this.#client.repliedBytes += length;
    this.#count(length);
    reply.length = 0;
    return true;
  }

  writeOutbox(bytes: Uint8Array): boolean {
    this.#isInOutbox = false;
    if (this.#client.closed || this.#stream.write(bytes)) return true;
    this.#inFlightBytes = bytes.length;
    this.#inFlightMemory = bytes.buffer.byteLength;
    this.#client.account();
    return false;
  }

  // Sending

  /** Sends what is queued and does not have to wait, if nothing is in flight. */
  flushQueue(): void {
    if (this.#client.closed || this.#queue.isEmpty) return;
    this.#admitReleased();
    this.#admitNew();
    this.#sendReady();
  }

  #sendReady(): void {
    const client = this.#client;
    if (this.isInFlight || this.#readyBytes === 0) return;
    if (this.#isInOutbox) this.#host.outbox.flush();
    if (this.isInFlight) return;
    const { joiner } = this.#host;
    let sent = 0;
    do {
      const bytes = this.#queue.take(joiner, this.#readyBytes);
      this.#readyBytes -= bytes.length;
      if (this.#stream.write(bytes)) {
        this.#queue.sent();
      } else {
        this.#inFlightBytes = bytes.length;
        this.#inFlightMemory = bytes.length;
      }
      this.#count(bytes.length);
      sent += bytes.length;
    } while (!this.isInFlight && this.#readyBytes > 0 && !client.closed && sent < Size.SENT_AT_ONCE);
    client.accountOutput();
    if (this.bytes === 0 && client.closeAfterReply) this.#stream.end();
    else if (!this.isInFlight && this.#readyBytes > 0) this.#sendSoon();
  }

  /** What has been released may leave. */
  #admitReleased(): void {
    const { holds } = this.#host;
    const held = this.#held;
    if (held === null || held.bytes === 0) return;
    this.#readyBytes += held.release(holds.released);
    if (held.bytes === 0) holds.remove(this);
  }

  /** What is new in the queue may leave, or has to wait for what it tells of. Not while a command runs. */
  #admitNew(): void {
    const { holds } = this.#host;
    const bytes = this.#queue.bytes - this.#readyBytes - this.#heldBytes;
    if (!holds.mustWait) {
      this.#readyBytes += bytes;
    } else if (bytes > 0) {
      this.#held ??= new HeldReplies();
      this.#held.add(holds.position, bytes);
      holds.add(this);
      this.#client.account();
    }
  }

  /** Sends what has been released in this turn, and nothing else: the client closes, perhaps while a command runs. */
  sendRest(): void {
    this.#admitReleased();
    this.#sendReady();
  }

  sendReleased(): void {
    if (this.#held!.first <= this.#host.holds.released) this.#goOn();
  }

  /** Sends what may leave, also what is kept for the end of the turn. */
  flushAll(): void {
    if (this.#isInOutbox) this.#host.outbox.flush();
    this.flushQueue();
  }

  /** Goes on with the queue after the others had their turn, although the system takes all at once. */
  #sendSoon(): void {
    if (this.#isSendingSoon || this.#client.closed) return;
    this.#isSendingSoon = true;
    this.#host.soon(() => {
      this.#isSendingSoon = false;
      if (!this.#client.closed && !this.isInFlight) this.drained();
    });
  }

  /** What was in flight has been sent. */
  drained(): void {
    this.#client.lastInteractionMs = this.#host.nowMs;
    this.#inFlightBytes = 0;
    this.#inFlightMemory = 0;
    this.#queue.sent();
    this.#client.account();
    this.#goOn();
  }

  /** Sends what may be sent, and has the client go on if it has waited for that. */
  #goOn(): void {
    this.flushQueue();
    this.closesAtLimit(0);
    if (this.bytes === 0 && this.#client.closeAfterReply) this.#stream.end();
    else this.#client.caughtUp();
  }

  /** Drops what has not been sent: the client has closed. */
  clear(): void {
    this.#queue.clear();
    this.#readyBytes = 0;
    this.#held?.clear();
    this.#host.holds.remove(this);
    this.#inFlightBytes = 0;
    this.#inFlightMemory = 0;
  }

  /** Counts a write: bytes are counted when they leave, not when they queue. */
  #count(bytes: number): void {
    const { stats } = this.#host;
    stats.netOutputBytes += bytes;
    stats.totalWritesProcessed++;
    this.#client.netOutputBytes += bytes;
  }

  /** Closes the client when its unsent output, `more` bytes included, exceeds what its class allows. */
  closesAtLimit(more: number): boolean {
    const host = this.#host;
    const limit = host.outputLimit(this.#client);
    let bytes = this.bytes + more;
    if (bytes <= Size.FREE_OUTPUT) bytes = 0;
    const isHard = limit.hard > 0 && bytes > limit.hard;
    let isSoft = limit.soft > 0 && bytes > limit.soft;
    if (isSoft) {
      if (this.#softLimitSinceMs === 0) this.#softLimitSinceMs = host.nowMs;
      isSoft = host.nowMs - this.#softLimitSinceMs > limit.seconds * 1000;
    } else {
      this.#softLimitSinceMs = 0;
    }
    if (!isHard && !isSoft) return false;
    host.stats.outputBufferLimitDisconnections++;
    host.log("warning", `Client ${host.describe(this.#client)} closed for overcoming of output buffer limits.`);
    this.#client.close("output buffer limit");
    return true;
  }
}

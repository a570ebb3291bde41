/**
 * A client with a byte stream: joins its input and its output to that, and reads only as much as can be done.
 *
 * End. A peer that has closed its half has only said that it sends no more. What it has sent is done and answered as always, and the
 * connection ends when the last reply has left.
 */
import type { Database } from "../../keyspace/database.js";
import type { ByteStream, StreamHandler } from "../../platform/network.js";
import { ClientOutput } from "./client-output.js";
import type { ConnectionHost } from "./connection-host.js";
import { ServerClient } from "./server-client.js";

const enum Size {
  /** Input from which on nothing is read from a client whose commands have to wait. */
  WAITING_INPUT = 1048576,
  /** What a connection costs without its buffers and the system's part: 1.5 KB on Node 20.20. */
  OVERHEAD = 2048,
  /** The same with TLS, most of it OpenSSL's and Node's buffers: 87 and 99 KB. */
  TLS_OVERHEAD = 90112,
  /** So many commands at once are a pipeline. */
  PIPELINE = 4,
  /** How long a peer for whom only replies are left may take none of them, before it counts as gone. */
  LEAVING_MS = 60000,
}

export class Connection extends ServerClient implements StreamHandler {
  readonly output: ClientOutput;
  readonly #stream: ByteStream;
  #isReadingPaused = false;
  /** Bytes on their way when `tend` last looked, and since when none of them has left. */
  #lastQueuedBytes = -1;
  #stuckSinceMs = 0;

  constructor(host: ConnectionHost, stream: ByteStream, id: number, db: Database, nowMs: number) {
    super(host, id, db, nowMs, false);
    this.#stream = stream;
    this.output = new ClientOutput(host, this, stream);
    stream.handler = this;
    this.account();
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

  get outputBytes(): number {
    return this.output.bytes;
  }

  get outputChunks(): number {
    return this.output.chunks;
  }

  get outputMemory(): number {
    return this.output.memory;
  }

  get outputLimitBytes(): number {
    return this.host.outputLimit(this).hard || Number.POSITIVE_INFINITY;
  }

  get replyBufferSize(): number {
    return this.output.share.size;
  }

  get replyBufferPeak(): number {
    return this.output.share.peak;
  }

  get events(): string {
    return (this.#isReadingPaused ? "" : "r") + (this.output.isInFlight ? "w" : "");
  }

  get overheadBytes(): number {
    return this.#stream.isEncrypted ? Size.TLS_OVERHEAD : Size.OVERHEAD;
  }

  // Reading

  onData(length: number): void {
    const { host, input } = this;
    host.beginBatch(this);
    host.countRead(this, length);
    input.receive(length);
    this.#updateReading();
    // A full buffer means that more is waiting: let the others have a turn first.
    if (length === host.input.u8.length && !this.#isReadingPaused && !this.closed) this.#yieldReading();
    host.endBatch();
  }

  resume(): void {
    if (this.closed) return;
    const { host, input } = this;
    // Who reads nothing gets no more to read.
    this.suspension = this.output.hasMuch ? "draining" : null;
    if (this.suspension !== null) return this.#updateReading();
    host.beginBatch(this);
    input.goOn();
    if (input.hasEnded) this.#endWhenDone();
    this.#updateReading();
    host.endBatch();
  }

  #yieldReading(): void {
    this.#isReadingPaused = true;
    this.#stream.pauseReading();
    this.host.soon(() => {
      this.#isReadingPaused = false;
      this.#updateReading();
      if (!this.#isReadingPaused) this.#stream.resumeReading();
    });
  }

  /** Reads from the client only while it takes its replies and is not suspended with much input waiting. */
  #updateReading(): void {
    const { input, suspension } = this;
    if (this.closed || input.hasEnded) return;
    const isFull = suspension !== null && input.length >= Size.WAITING_INPUT;
    const isBusy = suspension === "yielding" || suspension === "throttled" || isFull;
    const shouldPause = isBusy || this.closeAfterReply || this.output.hasMuch;
    if (shouldPause === this.#isReadingPaused) return;
    this.#isReadingPaused = shouldPause;
    if (shouldPause) this.#stream.pauseReading();
    else this.#stream.resumeReading();
  }

  // Replying

  send(bytes: Uint8Array): void {
    const { host } = this;
    if (this.closed || this.closeAfterReply) return;
    if (host.current !== this) return this.output.push(bytes);
    // Between two commands it belongs between their replies; there, CLIENT REPLY would take it back.
    if (!host.isRunningCommand && this.replyMode === "on") return host.reply.raw(bytes);
    this.sendAfterReply(bytes);
  }

  queueReplies(): void {
    this.output.queueReplies();
  }

  flushIfLarge(): void {
    this.output.flushIfLarge();
  }

  endReplies(isUnfinished: boolean, commands: number): void {
    const { output } = this;
    if (isUnfinished || this.closeAfterReply || commands < Size.PIPELINE || !output.keepReplies())
      output.flushReplies(isUnfinished && this.host.outputLimit(this).hard > 0);
  }

  onDrain(): void {
    this.output.drained();
  }

  /** The peer has taken some of its replies: what waited for that goes on. */
  caughtUp(): void {
    if (this.suspension === "draining" && !this.output.hasMuch) this.resume();
    else this.#updateReading();
  }

  /** What the cron does for each client about once a second. */
  tend(nowMs: number): void {
    const { host, input, output } = this;
    output.share.fit(nowMs, output.bytes, host.debug);
    host.noteBuffers(input.memory, output.memory, nowMs);
    input.shrink(nowMs);
    // The soft output limit of a client nobody writes to.
    if (output.bytes > 0) output.closesAtLimit(0);
    // What kept it from running may be that others had too much unsent.
    if (this.suspension === "draining" && !output.hasMuch) this.resume();
    if (this.closeAfterReply || (input.hasEnded && this.suspension === "draining")) this.#watchLeaving(nowMs);
  }

  // Closing

  onEnd(): void {
    if (this.closed || this.input.hasEnded) return;
    this.input.hasEnded = true;
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
    this.input.drop();
    this.output.flushAll();
    if (this.closed || this.output.bytes > 0) return;
    // With nothing left it is gone at once, for CLIENT LIST too; with TLS there is a good-bye to say.
    if (this.#stream.queuedBytes === 0 && !this.#stream.isEncrypted) this.close("end");
    else this.#stream.end();
  }

  /** Closes when a peer for whom there are only replies left takes nothing any more. */
  #watchLeaving(nowMs: number): void {
    if (this.closed) return;
    const { queuedBytes } = this.output;
    if (queuedBytes !== this.#lastQueuedBytes || this.output.isHeld) this.#stuckSinceMs = nowMs;
    this.#lastQueuedBytes = queuedBytes;
    if (nowMs - this.#stuckSinceMs >= Size.LEAVING_MS) this.close("end");
  }

  onClose(error: string | null): void {
    this.close(error ?? "end");
  }

  close(reason: string): void {
    if (this.closed) return;
    // Of what was released in this turn nothing may be lost. A write that fails closes the client itself.
    if (this.output.isHeld) this.output.sendRest();
    if (this.closed) return;
    this.closed = true;
    this.output.clear();
    this.input.drop();
    this.leave();
    this.host.connectionClosed(this, reason);
    this.#stream.destroy();
  }
}

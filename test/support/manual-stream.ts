/**
 * A ByteStream without a socket, for tests that decide what a packet is and when the system takes bytes: the sender's and the reader's
 * side of a connection by hand.
 */
import type { Region } from "../../src/bytes/region.js";
import type { ByteStream, StreamHandler } from "../../src/platform/network.js";

export class ManualStream implements ByteStream {
  handler!: StreamHandler;
  readonly ends = {
    peerHost: "127.0.0.1",
    peerAddress: "127.0.0.1:1",
    localAddress: "127.0.0.1:2",
    isUnixSocket: false,
  };
  readonly isEncrypted = false;
  readonly fd = -1;
  isReading = true;
  isClosed = false;
  /** Bytes that the peer takes before it stops reading. */
  takes = Number.POSITIVE_INFINITY;
  /** What the peer has been given, and how much in all; `keepsSent` off: only counted. */
  readonly sent: Buffer[] = [];
  sentBytes = 0;
  keepsSent = true;
  readonly #input: Region;
  /** Packets that wait until the server reads. */
  #packets: Uint8Array[] = [];
  #inFlight: Uint8Array | null = null;
  #isEnding = false;
  #isFinished = false;

  constructor(input: Region) {
    this.#input = input;
  }

  get isOpen(): boolean {
    return !this.isClosed;
  }

  /** Bytes on their way to the server that it has not read. */
  get unreadBytes(): number {
    return this.#packets.reduce((sum, packet) => sum + packet.length, 0);
  }

  /** True while the server waits for the peer to read. */
  get isStuck(): boolean {
    return this.#inFlight !== null;
  }

  /** All that was sent, as text. */
  get text(): string {
    return Buffer.concat(this.sent).toString("latin1");
  }

  /** A packet arrives; the server reads it now or when it reads again, in pieces that fit its input. */
  deliver(packet: Uint8Array): void {
    this.#packets.push(packet);
    this.#read();
  }

  /** The peer sends no more: the server hears of it when it has read all before. */
  finish(): void {
    this.#isFinished = true;
    this.#read();
  }

  /** The peer reads so many bytes more. */
  take(bytes: number): void {
    this.takes += bytes;
    const waiting = this.#inFlight;
    if (waiting === null || this.takes <= 0) return;
    this.#inFlight = null;
    this.#give(waiting);
    // Once: what comes of it may be stuck again.
    if (this.#inFlight !== null) return;
    if (this.#isEnding) return this.destroy();
    this.handler.onDrain();
  }

  write(bytes: Uint8Array): boolean {
    if (this.isClosed) return true;
    if (this.#inFlight !== null) throw new Error("written to while a write is under way");
    this.#give(bytes);
    return this.#inFlight === null;
  }

  get queuedBytes(): number {
    return this.#inFlight?.length ?? 0;
  }

  pauseReading(): void {
    this.isReading = false;
  }

  resumeReading(): void {
    this.isReading = true;
    setImmediate(() => this.#read());
  }

  end(): void {
    if (this.#inFlight === null) this.destroy();
    else this.#isEnding = true;
  }

  destroy(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#packets = [];
    this.handler.onClose(null);
  }

  /** Takes what the peer takes at once; the rest stays in the sender's memory, of which nothing is copied before. */
  #give(bytes: Uint8Array): void {
    const count = Math.min(bytes.length, this.takes);
    this.takes -= count;
    this.sentBytes += count;
    if (this.keepsSent && count > 0) this.sent.push(Buffer.from(bytes.subarray(0, count)));
    if (count < bytes.length) this.#inFlight = bytes.subarray(count);
  }

  #read(): void {
    const { u8 } = this.#input;
    while (this.isReading && !this.isClosed && this.#packets.length > 0) {
      const packet = this.#packets.shift()!;
      if (packet.length > u8.length) this.#packets.unshift(packet.subarray(u8.length));
      const piece = packet.subarray(0, u8.length);
      u8.set(piece);
      this.handler.onData(piece.length);
      // What was read is gone.
      u8.fill(0xdd, 0, piece.length);
    }
    if (!this.#isFinished || !this.isReading || this.isClosed) return;
    this.#isFinished = false;
    this.handler.onEnd();
  }
}

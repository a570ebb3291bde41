/**
 * A network between servers and clients of one process, on simulated time. It does to bytes what networks do: delays them, cuts them into other
 * packets, holds them back while a peer does not read or a link is cut, and now and then resets a connection. A seed repeats all of it.
 *
 * A write is copied only as far as there is room on the way; the rest stays in the writer's memory until then, as with a real system, so
 * that who changes it too early is found out.
 */
import type { Region } from "../../src/bytes/region.js";
import {
  type ByteStream,
  type Connecting,
  type ConnectOptions,
  type Ends,
  type Listener,
  type ListenOptions,
  type Network,
  NO_HANDLER,
  type StreamHandler,
} from "../../src/platform/network.js";
import type { TlsContext } from "../../src/platform/tls.js";
import type { Random } from "../differential/random.js";
import type { SimulatedTime } from "../support/simulated-time.js";

/** How the links are. */
export interface LinkFaults {
  /** A packet takes between these many milliseconds. */
  delayMs: readonly [number, number];
  /** Packets have between 1 and so many bytes. */
  largestPacket: number;
  /** One packet in so many makes the connection end with a reset; 0 for none. */
  resetOneIn: number;
  /** Bytes on the way and not yet read, from which on a writer has to wait. */
  window: number;
}

export const CALM: LinkFaults = { delayMs: [0, 1], largestPacket: 100_000, resetOneIn: 0, window: 1 << 20 };

/** All links of a simulation. */
export class SimulatedNetwork {
  faults: LinkFaults = CALM;
  readonly #listeners = new Map<string, ListenOptions & { input: Region }>();
  readonly #cut = new Set<string>();
  #ports = 40_000;

  constructor(
    readonly time: SimulatedTime,
    readonly random: Random,
  ) {}

  /** What a server or client on this machine sees of it. */
  on(machine: string): Network {
    return {
      listen: async (input, options) => this.#listen(machine, input, options),
      listenNow: (input, options) => this.#listen(machine, input, options),
      connect: (input, options) => this.connect(machine, input, options),
      createTlsContext: (): TlsContext => {
        throw new Error("no TLS in simulations");
      },
    };
  }

  connect(from: string, input: Region, { host = "", port = 0 }: Pick<ConnectOptions, "host" | "port">): Connecting {
    let isCancelled = false;
    const stream = new Promise<ByteStream>((resolve, reject) => {
      this.time.timers.after(this.#delay(), () => {
        if (isCancelled) return reject(systemError("ECANCELED"));
        const opened = this.open(from, input, host, port);
        if (opened === null) reject(systemError("ECONNREFUSED"));
        else resolve(opened);
      });
    });
    return { stream, cancel: () => (isCancelled = true) };
  }

  /** A connection at once; null when nobody listens, or the link is cut. */
  open(from: string, input: Region, host: string, port: number): SimulatedStream | null {
    const listener = this.#listeners.get(`${host}:${port}`);
    if (listener === undefined || this.isCut(from, host)) return null;
    const own = `${from}:${++this.#ports}`;
    const near = new SimulatedStream(this, from, host, ends(own, `${host}:${port}`), input);
    const far = new SimulatedStream(this, host, from, ends(`${host}:${port}`, own), listener.input);
    near.peer = far;
    far.peer = near;
    listener.onStream(far);
    far.resumeReading();
    return near;
  }

  /** Between these machines nothing passes until `heal`; what is sent waits. */
  cut(a: string, b: string): void {
    this.#cut.add(pair(a, b));
  }

  heal(): void {
    this.#cut.clear();
  }

  isCut(a: string, b: string): boolean {
    return this.#cut.has(pair(a, b));
  }

  /** How long the next packet takes. */
  get delay(): number {
    return this.#delay();
  }

  #delay(): number {
    const [least, most] = this.faults.delayMs;
    return least + this.random.fraction() * (most - least);
  }

  #listen(machine: string, input: Region, options: ListenOptions): Listener {
    const port = options.port || ++this.#ports;
    const address = `${machine}:${port}`;
    if (this.#listeners.has(address)) throw systemError("EADDRINUSE");
    this.#listeners.set(address, { ...options, input });
    return {
      port,
      fd: -1,
      close: async () => void this.#listeners.delete(address),
    };
  }
}

/** One end of a connection. */
export class SimulatedStream implements ByteStream {
  handler: StreamHandler = NO_HANDLER;
  readonly isEncrypted = false;
  readonly fd = -1;
  peer!: SimulatedStream;
  readonly #network: SimulatedNetwork;
  /** Packets that have arrived and wait to be read. */
  readonly #arrived: Uint8Array[] = [];
  #arrivedBytes = 0;
  /** Bytes that are on their way to the peer. */
  #underway = 0;
  /** What is on its way to the peer, in order: none overtakes another. */
  #way: { readonly atMs: number; readonly action: () => void }[] = [];
  #carried = 0;
  #lastArrivalMs = 0;
  /** What did not fit on the way: memory of the writer. */
  #waiting: Uint8Array | null = null;
  #isPaused = true;
  #isReading = false;
  #hasFin = false;
  #sendsFin = false;
  #closesAfterWrite = false;
  #isClosed = false;

  constructor(
    network: SimulatedNetwork,
    readonly machine: string,
    readonly otherMachine: string,
    readonly ends: Ends,
    readonly input: Region,
  ) {
    this.#network = network;
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  get queuedBytes(): number {
    return this.#waiting?.length ?? 0;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isClosed) return true;
    if (this.#waiting !== null) throw new Error("written to while a write is under way");
    this.#waiting = bytes;
    this.#sendOn();
    return this.#waiting === null;
  }

  pauseReading(): void {
    this.#isPaused = true;
  }

  resumeReading(): void {
    this.#isPaused = false;
    this.#network.time.timers.soon(() => this.#read());
  }

  end(): void {
    this.#closesAfterWrite = true;
    this.#endIfWritten();
  }

  /** Sends no more, and still reads. */
  finish(): void {
    this.#sendsFin = true;
    this.#sendFin();
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.#close(null);
    // What the peer sent and nobody read makes it a reset.
    const isReset = this.#arrivedBytes > 0 || this.#network.random.oneIn(2);
    this.#deliver(() => (isReset ? this.peer.#close("ECONNRESET") : this.peer.#arriveFin()));
  }

  /** The connection breaks for both ends. */
  reset(): void {
    this.#close("ECONNRESET");
    this.peer.#close("ECONNRESET");
  }

  #sendOn(): void {
    const { faults, random } = this.#network;
    while (this.#waiting !== null && !this.#isClosed) {
      const room = faults.window - this.#underway - this.peer.#arrivedBytes;
      if (room <= 0) return;
      // Small packets are for the edges; long values need not come byte by byte.
      const largest = Math.max(faults.largestPacket, this.#waiting.length >> 6);
      const length = Math.min(this.#waiting.length, room, random.integer(1, largest));
      const packet = this.#waiting.slice(0, length);
      this.#waiting = length < this.#waiting.length ? this.#waiting.subarray(length) : null;
      this.#underway += length;
      if (faults.resetOneIn > 0 && random.oneIn(faults.resetOneIn)) {
        this.#deliver(() => this.reset());
      }
      this.#deliver(() => {
        this.#underway -= length;
        this.peer.#arrive(packet);
      });
    }
  }

  /** Does something at the peer's end when the link has carried it there. */
  #deliver(action: () => void): void {
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, this.#network.time.nowMs + this.#network.delay);
    this.#way.push({ atMs: this.#lastArrivalMs, action });
    if (this.#way.length === this.#carried + 1) this.#carryAt(this.#lastArrivalMs);
  }

  #carryAt(ms: number): void {
    const { time } = this.#network;
    time.at(ms, () => {
      if (this.#network.isCut(this.machine, this.otherMachine)) return this.#carryAt(time.nowMs + RETRY_MS);
      // All that arrive at this moment; what comes of it may put more on the way.
      while (this.#carried < this.#way.length && this.#way[this.#carried]!.atMs <= time.nowMs) {
        this.#way[this.#carried]!.action();
        this.#carried++;
      }
      if (this.#carried < this.#way.length) return this.#carryAt(this.#way[this.#carried]!.atMs);
      this.#way = [];
      this.#carried = 0;
    });
  }

  #arrive(packet: Uint8Array): void {
    // Nobody is there any more: that is answered with a reset.
    if (this.#isClosed) return this.#deliver(() => this.peer.#close("ECONNRESET"));
    this.#arrived.push(packet);
    this.#arrivedBytes += packet.length;
    this.#read();
  }

  #arriveFin(): void {
    this.#hasFin = true;
    this.#read();
  }

  #read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    const { u8 } = this.input;
    while (!this.#isPaused && !this.#isClosed && this.#arrived.length > 0) {
      const packet = this.#arrived.shift()!;
      const piece = packet.subarray(0, u8.length);
      if (piece.length < packet.length) this.#arrived.unshift(packet.subarray(piece.length));
      this.#arrivedBytes -= piece.length;
      u8.set(piece);
      this.handler.onData(piece.length);
      // What was read is gone.
      u8.fill(0xdd, 0, piece.length);
      this.peer.#roomAgain();
    }
    this.#isReading = false;
    if (!this.#hasFin || this.#isPaused || this.#isClosed || this.#arrived.length > 0) return;
    this.#hasFin = false;
    this.handler.onEnd();
  }

  #roomAgain(): void {
    if (this.#waiting === null || this.#isClosed) return;
    this.#network.time.timers.soon(() => {
      if (this.#waiting === null || this.#isClosed) return;
      this.#sendOn();
      if (this.#waiting !== null || this.#isClosed) return;
      this.#sendFin();
      this.#endIfWritten();
      if (!this.#isClosed) this.handler.onDrain();
    });
  }

  #sendFin(): void {
    if (!this.#sendsFin || this.#waiting !== null) return;
    this.#sendsFin = false;
    this.#deliver(() => this.peer.#arriveFin());
  }

  #endIfWritten(): void {
    if (!this.#closesAfterWrite || this.#waiting !== null || this.#isClosed) return;
    this.#deliver(() => this.peer.#arriveFin());
    this.#close(null);
  }

  #close(error: string | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting = null;
    this.#arrived.length = 0;
    this.#arrivedBytes = 0;
    this.peer.#roomAgain();
    this.handler.onClose(error);
  }
}

/** A cut link is tried again after so long. */
const RETRY_MS = 20;

function ends(localAddress: string, peerAddress: string): Ends {
  return { localAddress, peerAddress, peerHost: "127.0.0.1", isUnixSocket: false };
}

function pair(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

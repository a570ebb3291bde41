/**
 * Clients that mean harm, or might as well: each attack opens its connections to a port of this machine and goes on until it is stopped.
 * What is closed by the server is opened again, as by somebody who means it.
 */
import { connect, type Socket } from "node:net";

/** The attacks by name. */
export type AttackName = "idle" | "drip" | "inline" | "announce" | "deaf" | "guess";

export interface Attack {
  /** Connections that are open, and those the server has closed so far. */
  readonly open: number;
  readonly closed: number;
  /** Replies that were not errors: to somebody without the password there must be none. */
  readonly granted: number;
  /** Bytes sent. */
  readonly sentBytes: number;
  stop(): void;
}

/** What one connection of an attack does. */
interface Behaviour {
  /** Called when the connection is open; what it returns is called when it is not any longer. */
  begin(socket: Socket, send: (bytes: Uint8Array) => void): (() => void) | undefined;
  readonly reads: boolean;
  /** Sends the next byte of its script every second. */
  readonly drips?: boolean;
}

/** A command that will not be whole for days. */
const SLOW = Buffer.from(`*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$1000000\r\n${"x".repeat(100_000)}`);
const LINE = Buffer.alloc(65_536, "x");
const ANNOUNCED = Buffer.from("*2\r\n$4\r\nECHO\r\n$536870912\r\nabc");
const WISHES = Buffer.from("GET hostile:big\r\n".repeat(1000));

/** Writes `next()` whenever the socket takes more. */
function flood(socket: Socket, send: (bytes: Uint8Array) => void, next: () => Uint8Array): () => void {
  let isStopped = false;
  const go = (): void => {
    if (isStopped) return;
    send(next());
    if (socket.writableLength === 0) setImmediate(go);
    else socket.once("drain", go);
  };
  go();
  return () => (isStopped = true);
}

const behaviours: Readonly<Record<AttackName, Behaviour>> = {
  /** Says PING, then nothing. */
  idle: {
    reads: true,
    begin(_socket, send) {
      send(Buffer.from("PING\r\n"));
      return undefined;
    },
  },
  /** A byte a second. */
  drip: { reads: true, drips: true, begin: () => undefined },
  /** A line that never ends, at full speed. */
  inline: { reads: true, begin: (socket, send) => flood(socket, send, () => LINE) },
  /** Half a gigabyte announced, three bytes sent. */
  announce: {
    reads: true,
    begin(_socket, send) {
      send(ANNOUNCED);
      return undefined;
    },
  },
  /** Asks and asks, and never reads an answer. */
  deaf: { reads: false, begin: (socket, send) => flood(socket, send, () => WISHES) },
  /** Guesses passwords in pipelines of a hundred, at full speed. */
  guess: {
    reads: true,
    begin(socket, send) {
      let guess = Math.floor(Math.random() * 1e9);
      return flood(socket, send, () => {
        let text = "";
        for (let i = 0; i < 100; i++) text += `*2\r\n$4\r\nAUTH\r\n$12\r\n${String(guess++).padStart(12, "0")}\r\n`;
        return Buffer.from(`${text}GET hostile:big\r\n`);
      });
    },
  },
};

class RunningAttack implements Attack {
  open = 0;
  closed = 0;
  granted = 0;
  sentBytes = 0;
  readonly #sockets: (Socket | null)[] = [];
  readonly #dripped: number[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(
    private readonly behaviour: Behaviour,
    private readonly port: number,
  ) {}

  /** Opens connections, few at a time; resolves when all are there. */
  async start(count: number): Promise<void> {
    let next = 0;
    const opener = async (): Promise<void> => {
      while (next < count) await this.#connect(next++);
    };
    await Promise.all(Array.from({ length: 50 }, opener));
    if (this.behaviour.drips) this.#every(10, (turn) => this.#drip(turn % 100, 100));
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets) socket?.destroy();
  }

  #connect(i: number): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(this.port, "127.0.0.1");
      let end: (() => void) | undefined;
      socket.on("connect", () => {
        this.#sockets[i] = socket;
        this.#dripped[i] = 0;
        this.open++;
        if (!this.behaviour.reads) socket.pause();
        else socket.on("data", (chunk) => this.#look(chunk));
        end = this.behaviour.begin(socket, (bytes) => this.#send(socket, bytes));
        resolve();
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        end?.();
        if (this.#sockets[i] === socket) {
          this.#sockets[i] = null;
          this.open--;
          this.closed++;
        }
        resolve();
        if (!this.#isStopped) this.#after(100, () => void this.#connect(i));
      });
    });
  }

  #send(socket: Socket, bytes: Uint8Array): void {
    if (socket.destroyed) return;
    this.sentBytes += bytes.length;
    socket.write(bytes);
  }

  /** Counts replies that are no errors; every reply begins on a line of its own. */
  #look(chunk: Buffer): void {
    if (this.behaviour !== behaviours.guess) return;
    for (let at = 0; at >= 0 && at < chunk.length; ) {
      const byte = chunk[at];
      if (byte === 43 || byte === 36) this.granted++;
      const lineEnd = chunk.indexOf(10, at);
      at = lineEnd < 0 ? -1 : lineEnd + 1;
    }
  }

  /** A byte on every connection of one share of `shares`. */
  #drip(share: number, shares: number): void {
    for (let i = share; i < this.#sockets.length; i += shares) {
      const socket = this.#sockets[i];
      if (socket == null) continue;
      const at = this.#dripped[i]!++;
      this.#send(socket, SLOW.subarray(at, at + 1));
    }
  }

  #after(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#isStopped) action();
    }, ms);
    this.#timers.add(timer);
  }

  #every(ms: number, action: (turn: number) => void): void {
    let turn = 0;
    this.#timers.add(setInterval(() => action(turn++), ms));
  }
}

/** Starts an attack; resolves when all its connections are open. "deaf" wants a large value in `hostile:big`. */
export async function attack(name: AttackName, port: number, connections: number): Promise<Attack> {
  const running = new RunningAttack(behaviours[name], port);
  await running.start(connections);
  return running;
}

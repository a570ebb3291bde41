/**
 * A raw RESP client for tests: sends commands or any bytes, returns every reply as its exact bytes and decoded. Commands
 * sent without waiting are pipelined; replies come in their order. RESP3 pushes are kept apart.
 */
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Reply, ReplyParser, RespError, RespStatus, type RespValue } from "./reply-parser.js";
import { within } from "./time-limit.js";

export { Reply, RespError, RespStatus, type RespValue } from "./reply-parser.js";

/** One argument of a command. A string is sent as latin1: one byte per character. */
export type Argument = string | number | bigint | Uint8Array;

/** The bytes of a command as an array of bulk strings. */
export function encodeCommand(args: readonly Argument[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${args.length}\r\n`)];
  for (const arg of args) {
    const bytes = arg instanceof Uint8Array ? arg : Buffer.from(String(arg), "latin1");
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes as Buffer, CRLF);
  }
  return Buffer.concat(parts);
}

const CRLF = Buffer.from("\r\n");

/** How long a reply or a push may take; longer than anything takes that works, on a machine that is busy with other things. */
const LIMIT_MS = 60_000;
/** Characters of a command that a message about it shows. */
const SHOWN = 100;

interface Waiter {
  resolve(reply: Reply): void;
  reject(error: Error): void;
  readonly limit: NodeJS.Timeout;
}

export class RespConnection {
  readonly #socket: Socket;
  readonly #parser = new ReplyParser();
  readonly #replies: Reply[] = [];
  readonly #waiting: Waiter[] = [];
  readonly #pushes: Reply[] = [];
  readonly #waitingForPush: Waiter[] = [];
  #closedBecause: Error | null = null;
  readonly #closed: Promise<void>;
  readonly #limitMs: number;

  private constructor(socket: Socket, limitMs = LIMIT_MS) {
    this.#socket = socket;
    this.#limitMs = limitMs;
    socket.on("data", (chunk) => this.#receive(chunk));
    this.#closed = new Promise((resolve) => {
      socket.on("error", (error) => this.#end(error));
      socket.on("close", () => {
        this.#end(new Error("The connection is closed"));
        resolve();
      });
    });
  }

  /**
   * Connects to a port of this machine or to a Unix socket; with `resp: 3` says HELLO 3 first. What is waited for has to come within
   * `limitMs`.
   */
  static async connect(
    target: number | string,
    options: { resp?: 2 | 3; limitMs?: number } = {},
  ): Promise<RespConnection> {
    const socket = typeof target === "number" ? connect(target, "127.0.0.1") : connect(target);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    socket.setNoDelay(true);
    const connection = new RespConnection(socket, options.limitMs);
    if (options.resp === 3) await connection.call("HELLO", 3);
    return connection;
  }

  /** Over a stream that is connected, for instance one with TLS; what only a socket has is then missing. */
  static over(socket: Duplex): RespConnection {
    return new RespConnection(socket as Socket);
  }

  /** Resolves once the server, or this side, has closed the connection; rejects when that takes too long. */
  get closed(): Promise<void> {
    return within("the end of a connection", this.#closed, this.#limitMs);
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Sends a command; resolves with its reply, errors included. */
  send(args: readonly Argument[]): Promise<Reply> {
    this.#socket.write(encodeCommand(args));
    return this.#next(this.#replies, this.#waiting, () => `the reply to ${shown(args)}`);
  }

  /** Sends a command; resolves with the decoded reply (a status as its text), and rejects when it is an error. */
  async call(...args: Argument[]): Promise<RespValue> {
    const { value } = await this.send(args);
    if (value instanceof RespError) throw new Error(value.message);
    return value instanceof RespStatus ? value.text : value;
  }

  /** Sends bytes as they are; the replies are read with `nextReply`. */
  write(bytes: string | Uint8Array): void {
    this.#socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** The next reply that no call of `send` waits for. Rejects when the connection closes first. */
  nextReply(): Promise<Reply> {
    return this.#next(this.#replies, this.#waiting, () => "a reply");
  }

  /** The next RESP3 push. */
  nextPush(): Promise<Reply> {
    return this.#next(this.#pushes, this.#waitingForPush, () => "a push");
  }

  /** Closes the connection and waits until it is. */
  async close(): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }

  #next(queue: Reply[], waiters: Waiter[], what: () => string): Promise<Reply> {
    const reply = queue.shift();
    if (reply !== undefined) return Promise.resolve(reply);
    if (this.#closedBecause !== null) return Promise.reject(this.#closedBecause);
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => this.#giveUp(what()), this.#limitMs).unref();
      waiters.push({ resolve, reject, limit });
    });
  }

  /** Ends the connection, as no later reply could be told from the one that did not come. */
  #giveUp(what: string): void {
    this.#end(new Error(`waited in vain for ${what}: ${this.#limitMs} ms`));
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#parser.feed(chunk);
    try {
      for (let reply = this.#parser.next(); reply !== null; reply = this.#parser.next()) {
        const waiter = (reply.isPush ? this.#waitingForPush : this.#waiting).shift();
        if (waiter !== undefined) {
          clearTimeout(waiter.limit);
          waiter.resolve(reply);
        } else (reply.isPush ? this.#pushes : this.#replies).push(reply);
      }
    } catch (error) {
      this.#end(error as Error);
      this.#socket.destroy();
    }
  }

  #end(error: Error): void {
    this.#closedBecause ??= error;
    for (const waiter of [...this.#waiting.splice(0), ...this.#waitingForPush.splice(0)]) {
      clearTimeout(waiter.limit);
      waiter.reject(this.#closedBecause);
    }
  }
}

/** The beginning of a command, as a message shows it. */
function shown(args: readonly Argument[]): string {
  let text = "";
  for (const arg of args) {
    text += `${typeof arg === "object" ? Buffer.from(arg).toString("latin1", 0, SHOWN) : arg} `;
    if (text.length > SHOWN) return `${text.slice(0, SHOWN)}…`;
  }
  return text.trimEnd();
}

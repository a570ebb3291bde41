/**
 * Sends commands as fast as a server takes them and waits for the last byte of the last reply, without looking at the bytes between:
 * a reply of 512 MB costs this side no more than reading it. Behind the commands goes a PING with a text of its own that ends the replies.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Call } from "./case.js";

/** What came back. */
export interface Answer {
  readonly ms: number;
  /** The first error that is a reply of its own, among the first bytes of the replies; "" for none. */
  readonly error: string;
}

/** Only so many bytes are searched for an error. */
const HEAD = 4096;
/** Arguments longer than this are not copied. */
const LONG = 4096;

export class Sender {
  readonly #socket: Socket;
  #number = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // The loss of the connection shows as its end.
    socket.on("error", () => {});
  }

  static async connect(port: number): Promise<Sender> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.setNoDelay(true);
    return new Sender(socket);
  }

  /** Sends commands; resolves when all have been answered. Rejects when the connection ends before. */
  async send(calls: Iterable<Call>): Promise<Answer> {
    const token = `end-of-replies-${this.#number++}`;
    const chunks = encode(calls, token);
    const start = performance.now();
    const done = this.#receive(Buffer.from(`$${token.length}\r\n${token}\r\n`));
    this.#socket.cork();
    for (const chunk of chunks) this.#socket.write(chunk);
    this.#socket.uncork();
    const error = await done;
    return { ms: performance.now() - start, error };
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(end: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      let head = Buffer.alloc(0);
      let tail = Buffer.alloc(0);
      const stop = (): void => {
        this.#socket.off("data", data);
        this.#socket.off("close", closed);
      };
      const data = (chunk: Buffer): void => {
        if (head.length < HEAD) head = Buffer.concat([head, chunk.subarray(0, HEAD - head.length)]);
        tail = Buffer.concat([tail, chunk.subarray(-end.length)]).subarray(-end.length);
        if (!tail.equals(end)) return;
        stop();
        resolve(/(?:^|\r\n)-([A-Z]+ [^\r\n]*)\r\n/.exec(head.toString("latin1"))?.[1] ?? "");
      };
      const closed = (): void => {
        stop();
        reject(new Error("The server closed the connection"));
      };
      this.#socket.on("data", data);
      this.#socket.on("close", closed);
    });
  }
}

/** The bytes of commands, and of the PING that ends them; long arguments in chunks of their own. */
function encode(calls: Iterable<Call>, token: string): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let text = "";
  const flush = (): void => {
    if (text !== "") chunks.push(Buffer.from(text, "latin1"));
    text = "";
  };
  const put = (call: Call): void => {
    text += `*${call.length}\r\n`;
    for (const arg of call) {
      text += `$${arg.length}\r\n`;
      if (typeof arg !== "string" && arg.length > LONG) {
        flush();
        chunks.push(arg);
      } else {
        text += typeof arg === "string" ? arg : Buffer.from(arg).toString("latin1");
      }
      text += "\r\n";
      if (text.length > 1 << 20) flush();
    }
  };
  for (const call of calls) put(call);
  put(["PING", token]);
  flush();
  return chunks;
}

/**
 * Reads what a primary sends its replicas, as a replica would: the handshake, a whole synchronisation whose data are passed over, and
 * from then on the commands of the stream.
 */
import { connect, type Socket } from "node:net";
import { encodeCommand } from "../support/resp-connection.js";

export class ReplicaLink {
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  #commands: string[][] = [];
  #isStreaming = false;
  #mark: string | null = null;
  #woken: (() => void) | null = null;
  #acknowledging: NodeJS.Timeout | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#read();
    });
    socket.on("error", () => {});
  }

  /** Resolves when the stream has begun. */
  static async open(port: number): Promise<ReplicaLink> {
    const socket = connect(port, "127.0.0.1");
    const link = new ReplicaLink(socket);
    socket.write(encodeCommand(["REPLCONF", "capa", "eof", "capa", "psync2"]));
    socket.write(encodeCommand(["PSYNC", "?", "-1"]));
    await new Promise<void>((resolve) => (link.#woken = resolve));
    // The primary sends nothing before it has heard that the data were read, and it may not listen yet.
    link.#acknowledging = setInterval(() => socket.write(encodeCommand(["REPLCONF", "ACK", "0"])), 50);
    return link;
  }

  /** The commands up to the one that sets the key `mark`, which is left out. */
  async until(mark: string): Promise<string[][]> {
    for (;;) {
      const at = this.#commands.findIndex((words) => words[0] === "SET" && words[1] === mark);
      if (at >= 0) {
        const before = this.#commands.slice(0, at);
        this.#commands = this.#commands.slice(at + 1);
        return before;
      }
      this.#mark = mark;
      await new Promise<void>((resolve) => (this.#woken = resolve));
    }
  }

  close(): void {
    if (this.#acknowledging !== null) clearInterval(this.#acknowledging);
    this.#socket.destroy();
  }

  #read(): void {
    if (!this.#isStreaming && !this.#passData()) return;
    this.#isStreaming = true;
    const { commands, used } = parseCommands(this.#bytes);
    this.#bytes = this.#bytes.subarray(used);
    this.#commands.push(...commands.filter(([name]) => !/^(PING|REPLCONF)$/i.test(name!)));
    const isMarked = this.#mark === null || commands.some((words) => words[1] === this.#mark);
    if (isMarked) this.#woken?.();
  }

  /** Drops the handshake's replies and the data; false while they are not there as a whole. */
  #passData(): boolean {
    const text = this.#bytes.toString("latin1");
    const end = /\$EOF:(.{40})\r\n/.exec(text);
    if (end !== null) {
      const last = text.indexOf(end[1]!, end.index + end[0].length);
      if (last < 0) return false;
      this.#bytes = this.#bytes.subarray(last + 40);
      return true;
    }
    const bulk = /\$(\d+)\r\n/.exec(text);
    if (bulk === null || text.length < bulk.index + bulk[0].length + Number(bulk[1])) return false;
    this.#bytes = this.#bytes.subarray(bulk.index + bulk[0].length + Number(bulk[1]));
    return true;
  }
}

/** The whole commands at the beginning of `bytes`, words of one character per byte, and how many bytes they take. */
export function parseCommands(bytes: Buffer): { commands: string[][]; used: number } {
  const commands: string[][] = [];
  let used = 0;
  const line = (at: number): [number, number] | null => {
    const end = bytes.indexOf("\r\n", at);
    return end < 0 ? null : [Number(bytes.toString("latin1", at + 1, end)), end + 2];
  };
  for (;;) {
    if (bytes[used] === 10) used++;
    const head = line(used);
    if (head === null) return { commands, used };
    let at = head[1];
    const words: string[] = [];
    for (let i = 0; i < head[0]; i++) {
      const size = line(at);
      if (size === null || size[1] + size[0] + 2 > bytes.length) return { commands, used };
      words.push(bytes.toString("latin1", size[1], size[1] + size[0]));
      at = size[1] + size[0] + 2;
    }
    commands.push(words);
    used = at;
  }
}

/** A server in the test's process, on time that only the test moves, with clients that are given their replies at once. */
import { assemble } from "../../src/assemble/assemble.js";
import { createNodePlatform } from "../../src/platform/node.js";
import { applyOptions } from "../../src/server/config/options.js";
import type { Server } from "../../src/server/server.js";
import { ManualStream } from "../support/manual-stream.js";
import { type Reply, ReplyParser } from "../support/reply-parser.js";
import { encodeCommand } from "../support/resp-connection.js";
import type { SimulatedTime } from "../support/simulated-time.js";

export class LocalServer {
  readonly server: Server;
  readonly #time: SimulatedTime;

  constructor(time: SimulatedTime) {
    this.#time = time;
    const platform = { ...createNodePlatform(), clock: time.clock, timers: time.timers };
    this.server = assemble({
      platform,
      configure: (store) => applyOptions(store, { enableDebugCommand: "yes", databases: 16 }),
    }).server;
  }

  connect(): LocalClient {
    const stream = new ManualStream(this.server.host.input);
    this.server.accept(stream);
    return new LocalClient(stream, this.#time);
  }
}

export class LocalClient {
  readonly #stream: ManualStream;
  readonly #time: SimulatedTime;
  readonly #parser = new ReplyParser();

  constructor(stream: ManualStream, time: SimulatedTime) {
    this.#stream = stream;
    this.#time = time;
  }

  get isClosed(): boolean {
    return this.#stream.isClosed;
  }

  /** Sends bytes, lets the turn of the loop end, and returns the replies that have come. */
  send(bytes: Uint8Array): Reply[] {
    this.#stream.deliver(bytes);
    // A batch that took its share of time goes on in the next turn.
    for (let turn = 0; turn < 10_000 && this.#time.hasDue; turn++) this.#time.passTo(this.#time.nowMs);
    for (const chunk of this.#stream.sent) this.#parser.feed(chunk);
    this.#stream.sent.length = 0;
    const replies: Reply[] = [];
    for (let reply = this.#parser.next(); reply !== null; reply = this.#parser.next()) replies.push(reply);
    return replies;
  }

  /** The last reply to a command; null when there is none, since it waits. */
  call(...args: (string | number)[]): Reply | null {
    return this.send(encodeCommand(args)).at(-1) ?? null;
  }
}

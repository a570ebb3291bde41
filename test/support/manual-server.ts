/** A whole server whose clients are streams by hand: the test decides what a packet is and when a peer reads. */
import { assemble } from "../../src/assemble/assemble.js";
import { type Clock, NodeClock } from "../../src/platform/clock.js";
import { createNodePlatform } from "../../src/platform/node.js";
import type { Connection } from "../../src/server/clients/connection.js";
import { applyOptions, type ServerOptions } from "../../src/server/config/options.js";
import { ManualStream } from "./manual-stream.js";
import { type Argument, encodeCommand } from "./resp-connection.js";
import type { Scope } from "./temporary-directory.js";

export class ManualServer {
  readonly server;
  readonly #control: ManualStream;

  constructor(scope: Scope, options: ServerOptions = {}, clock: Clock = new NodeClock()) {
    const configure = (store: Parameters<typeof applyOptions>[0]) => applyOptions(store, { save: "", ...options });
    this.server = assemble({ configure, platform: { ...createNodePlatform(), clock } }).server;
    this.#control = this.open();
    scope.after(() => this.server.close());
  }

  open(): ManualStream {
    const stream = new ManualStream(this.server.host.input);
    this.server.accept(stream);
    return stream;
  }

  /** The reply to a command of another client. */
  async call(...args: Argument[]): Promise<string> {
    this.#control.sent.length = 0;
    this.#control.deliver(encodeCommand(args));
    while (this.#control.sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
    return this.#control.text;
  }

  get lastConnection(): Connection {
    return [...this.server.clients.connections()].at(-1)!;
  }

  /** Memory that the buffers of the last connection take. */
  get bufferBytes(): number {
    return this.lastConnection.memoryBytes;
  }
}

export function commands(...all: Argument[][]): Buffer {
  return Buffer.concat(all.map(encodeCommand));
}

/** Lets the event loop turn until nothing more comes. */
export async function settled(stream: ManualStream): Promise<void> {
  for (let quiet = 0, before = -1; quiet < 4; quiet++) {
    if (stream.sentBytes !== before) quiet = 0;
    before = stream.sentBytes;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

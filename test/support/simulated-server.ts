/** A whole server without a process, sockets or time of its own: clients are streams by hand, and time passes when a test says so. */
import { type AssembleOptions, assemble } from "../../src/assemble/assemble.js";
import { createNodePlatform } from "../../src/platform/node.js";
import type { Connection } from "../../src/server/clients/connection.js";
import { applyOptions, type ServerOptions } from "../../src/server/config/options.js";
import { ManualStream } from "./manual-stream.js";
import { type Argument, encodeCommand } from "./resp-connection.js";
import { SimulatedTime } from "./simulated-time.js";

export class SimulatedServer {
  readonly time = new SimulatedTime();
  readonly server;
  /** Lines of the log, without process and time: "* message". */
  readonly log: string[] = [];

  constructor(options: ServerOptions = {}, subsystems: AssembleOptions["subsystems"] = () => []) {
    const { clock, timers } = this.time;
    this.server = assemble({
      configure: (store) => applyOptions(store, { save: "", ...options }),
      sink: () => (text) => this.log.push(/ ([-.*#] .*)\n$/.exec(text)![1]!),
      platform: { ...createNodePlatform(), clock, timers },
      subsystems,
    }).server;
  }

  /** A new client. */
  open(): SimulatedClient {
    const stream = new ManualStream(this.server.host.input);
    this.server.accept(stream);
    const connection = [...this.server.clients.connections()].at(-1)!;
    return new SimulatedClient(this, stream, connection);
  }

  /** Lets all happen that is due, and `ms` pass. */
  pass(ms = 0): void {
    this.time.passTo(this.time.nowMs + ms);
  }

  /** A field of INFO. */
  info(field: string): string {
    return new RegExp(`^${field}:(.*)\r$`, "m").exec(this.server.info.text(["everything"]))![1]!;
  }
}

export class SimulatedClient {
  constructor(
    readonly world: SimulatedServer,
    readonly stream: ManualStream,
    readonly connection: Connection,
  ) {}

  /** Sends commands in one packet; returns what this client has received since the last time. */
  say(...commands: (string | readonly Argument[])[]): string {
    const encoded = commands.map((each) => encodeCommand(typeof each === "string" ? each.split(" ") : each));
    this.stream.deliver(Buffer.concat(encoded));
    return this.received();
  }

  /** What this client has received since the last time, once all has happened that is due. */
  received(): string {
    this.world.pass();
    const { text } = this.stream;
    this.stream.sent.length = 0;
    return text;
  }

  /** Hangs up. */
  close(): void {
    this.connection.close("end");
  }
}

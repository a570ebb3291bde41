/**
 * `npm run fan-out`: what it costs to deliver published messages, beside a redis-server found on PATH: one publisher to many
 * subscribers of one channel, and to as many channels with a subscriber each, one message at a time and several in one go.
 *
 * Both servers stand all the time with all their subscribers, and are measured in short slices that alternate between them. A slice
 * publishes, waits until all copies have arrived, and publishes again. On Linux with taskset the servers have core 0, and
 * publisher and subscribers core 1; the CPU time of a server comes from /proc.
 *
 * `node dist/bench/fan-out.js [--subscribers 1000] [--slices 7] [--seconds 0.5] [--bytes 32]`
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { parseArgs } from "node:util";
import { encodeCommand } from "../test/support/resp-connection.js";
import { type Program, programPath, type RunningServer, startServer } from "../test/support/servers.js";
import { cpuMicroseconds, moveTo, onCore } from "./process-figures.js";
import { type Contender, formatRow } from "./report.js";

const { values: options } = parseArgs({
  options: {
    subscribers: { type: "string", default: "1000" },
    slices: { type: "string", default: "7" },
    seconds: { type: "string", default: "0.5" },
    bytes: { type: "string", default: "32" },
    workloads: { type: "string", default: "fan-out:1,fan-out:16,channels:1,channels:16,channels:1000" },
  },
});
const SUBSCRIBERS = Number(options.subscribers);
const MESSAGE = "m".repeat(Number(options.bytes));
/** Room for what arrives; nobody looks at it. */
const scratch = Buffer.alloc(65536);

/** Where bytes are counted until as many as expected have come. */
class Tally {
  #missing = 0;
  #done: () => void = () => {};

  expect(bytes: number): Promise<void> {
    this.#missing += bytes;
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  add(bytes: number): void {
    this.#missing -= bytes;
    if (this.#missing === 0) this.#done();
    if (this.#missing < 0) throw new Error("More has come than was published");
  }
}

/** One server with a publisher and its subscribers: all of them on one channel, each on one of its own besides. */
class Audience {
  readonly #arrived = new Tally();
  readonly #sockets: Socket[] = [];
  #channel = 0;

  constructor(
    readonly contender: Contender,
    readonly server: RunningServer,
  ) {}

  async gather(): Promise<void> {
    for (let i = 0; i <= SUBSCRIBERS; i++) {
      const onread = {
        buffer: scratch,
        callback: (bytes: number): boolean => {
          this.#arrived.add(bytes);
          return true;
        },
      };
      const socket = connect({ port: this.server.port, host: "127.0.0.1", noDelay: true, onread });
      await once(socket, "connect");
      this.#sockets.push(socket);
      if (i === 0) continue;
      const subscribed = this.#arrived.expect(confirmation("all", 1) + confirmation(channelName(i - 1), 2));
      socket.write(encodeCommand(["SUBSCRIBE", "all", channelName(i - 1)]));
      await subscribed;
    }
  }

  /** Publishes for a while; `pipeline` messages go in one write. */
  async run(workload: string, seconds: number): Promise<void> {
    const [name, count] = workload.split(":") as [string, string];
    const pipeline = Number(count);
    const copies = name === "fan-out" ? SUBSCRIBERS : 1;
    const before = cpuMicroseconds(this.server.pid);
    const start = performance.now();
    let delivered = 0;
    while (performance.now() - start < seconds * 1000) {
      const commands: Buffer[] = [];
      let bytes = 0;
      for (let i = 0; i < pipeline; i++) {
        const channel = name === "fan-out" ? "all" : channelName(this.#channel++ % SUBSCRIBERS);
        commands.push(encodeCommand(["PUBLISH", channel, MESSAGE]));
        bytes += copies * messageLength(channel) + `:${copies}\r\n`.length;
      }
      const arrived = this.#arrived.expect(bytes);
      this.#sockets[0]!.write(Buffer.concat(commands));
      await arrived;
      delivered += pipeline * copies;
    }
    const elapsed = (performance.now() - start) / 1000;
    const after = cpuMicroseconds(this.server.pid);
    const cpuUs = before === null || after === null ? null : (after - before) / delivered;
    const { samples } = this.contender;
    samples.set(workload, [...(samples.get(workload) ?? []), { rate: delivered / elapsed, cpuUs }]);
  }

  async leave(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.server.stop();
  }
}

const channelName = (i: number): string => `channel:${String(i).padStart(6, "0")}`;
const bulkLength = (text: string): number => `$${text.length}\r\n${text}\r\n`.length;
const messageLength = (channel: string): number =>
  `*3\r\n${"$7\r\nmessage\r\n"}`.length + bulkLength(channel) + bulkLength(MESSAGE);
const confirmation = (channel: string, count: number): number =>
  `*3\r\n${"$9\r\nsubscribe\r\n"}:${count}\r\n`.length + bulkLength(channel);

async function main(): Promise<void> {
  if (programPath("redis-server") === null) throw new Error("No redis-server on PATH to compare with");
  moveTo(1);
  const audiences: Audience[] = [];
  try {
    for (const program of ["redis-server", "redstart"] as Program[]) {
      const server = await startServer({ program, args: ["--appendonly", "no"], wrapper: onCore(0) });
      const audience = new Audience({ program, samples: new Map(), startMs: [], residentMb: [] }, server);
      audiences.push(audience);
      await audience.gather();
    }
    console.log("Deliveries a second, the server's CPU time for each, and how redstart compares with redis-server:\n");
    console.log("| Workload | At once | redis-server | redstart | Times | redis-server CPU | redstart CPU | Times |");
    console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (const workload of options.workloads.split(",")) {
      for (const audience of audiences) await audience.run(workload, 2);
      for (const { contender } of audiences) contender.samples.delete(workload);
      for (let slice = 0; slice < Number(options.slices); slice++) {
        for (const audience of audiences) await audience.run(workload, Number(options.seconds));
      }
      console.log(formatRow(workload, audiences[0]!.contender, audiences[1]!.contender));
    }
  } finally {
    for (const audience of audiences) await audience.leave();
  }
}

await main();

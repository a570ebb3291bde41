/** The account of what clients take: of each, of all together, and of their query buffers and output alone. It is settled whatever happens. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NodeClock } from "../../src/platform/clock.js";
import type { Connection } from "../../src/server/clients/connection.js";
import { until } from "../support/embedded.js";
import { SeededRandom } from "../support/fuzzing.js";
import { commands, ManualServer } from "../support/manual-server.js";
import type { ManualStream } from "../support/manual-stream.js";

/** A server at a time of the test's own; what has to be done from time to time the test does. */
class Bench {
  nowMs = 1_700_000_000_000;
  readonly server: ManualServer;

  /** What a client takes without buffers. */
  readonly #overhead: number;

  constructor(scope: ConstructorParameters<typeof ManualServer>[0]) {
    this.server = new ManualServer(
      scope,
      {},
      Object.assign(new NodeClock(), { nowMs: () => this.nowMs, msAt: () => this.nowMs }),
    );
    this.#overhead = this.server.lastConnection.memoryBytes;
  }

  open(): { stream: ManualStream; connection: Connection } {
    const stream = this.server.open();
    return { stream, connection: this.server.lastConnection };
  }

  /** Time passes, and each client is looked at. */
  pass(ms: number): void {
    this.nowMs += ms;
    for (const connection of this.connections) connection.tend(this.nowMs);
  }

  get connections(): Connection[] {
    return [...this.server.server.clients.connections()];
  }

  queryBufferBytes(connection: Connection): number {
    return connection.memoryBytes - this.#overhead - connection.outputMemory - connection.heldBytes;
  }

  /** What has been told of all clients is what they have. */
  check(when: string): void {
    const { memoryBytes, queryBytes, outputBytes } = this.server.server.host;
    const sum = (of: (connection: Connection) => number) =>
      this.connections.reduce((total, each) => total + of(each), 0);
    const actual = {
      memory: sum((connection) => connection.memoryBytes),
      query: sum((connection) => this.queryBufferBytes(connection)),
      output: sum((connection) => connection.outputMemory),
    };
    assert.deepEqual({ memory: memoryBytes, query: queryBytes, output: outputBytes }, actual, when);
  }
}

test("a query buffer that shrinks or goes is no longer counted", async (t) => {
  const bench = new Bench(t);
  const { stream, connection } = bench.open();
  const { host } = bench.server.server;
  const empty = host.memoryBytes;
  const set = commands(["SET", "k", "v".repeat(300_000)]);

  stream.deliver(set.subarray(0, 100_000));
  assert.ok(host.queryBytes > 100_000);
  bench.check("half of a command");
  stream.deliver(set.subarray(100_000));
  await until("it is answered", () => stream.text === "+OK\r\n");
  assert.ok(host.queryBytes > 300_000, "the buffer is kept for the next");
  bench.pass(1000);
  bench.pass(1000);
  bench.check("busy two seconds ago");
  assert.ok(host.queryBytes > 0);

  bench.pass(1);
  assert.equal(host.queryBytes, 0);
  assert.equal(host.memoryBytes, empty);

  stream.deliver(set.subarray(0, 50_000));
  bench.pass(2001);
  assert.equal(bench.queryBufferBytes(connection), 50_000, "an idle client's is as large as what it holds");
  assert.equal(host.queryBytes, 50_000);
  bench.check("idle in the middle of a command");
});

test("a query buffer much larger than what it held of late shrinks while its client goes on", async (t) => {
  const bench = new Bench(t);
  const { stream, connection } = bench.open();
  const { host } = bench.server.server;
  const next = commands(["SET", "k", "v"]);
  stream.deliver(commands(["SET", "k", "v".repeat(500_000)]));
  await until("it is answered", () => stream.text === "+OK\r\n");
  const large = host.queryBytes;
  assert.ok(large > 400_000);
  stream.deliver(next.subarray(0, 4));
  for (let second = 0; second < 3; second++) {
    connection.lastInteractionMs = bench.nowMs;
    bench.pass(1000);
    bench.check(`second ${second}`);
  }
  assert.ok(host.queryBytes <= 32_768, `${host.queryBytes} of ${large}`);
  stream.deliver(next.subarray(4));
  await until("the next is answered", () => stream.text === "+OK\r\n+OK\r\n");
});

test("whatever clients send, wait for, leave unread and leave off, the account is what they have", async (t) => {
  const random = new SeededRandom(5);
  for (let round = 0; round < 12; round++) {
    const bench = new Bench(t);
    const open: { stream: ManualStream; rest: Buffer }[] = [];
    for (let step = 0; step < 250; step++) {
      const kind = random.below(12);
      const client = open.length > 0 ? random.pick(open) : null;
      let what = `round ${round}, step ${step}: `;
      if (client === null || (kind === 0 && open.length < 8)) {
        what += "a new client";
        open.push({ stream: bench.server.open(), rest: Buffer.alloc(0) });
      } else if (client.stream.isClosed) {
        open.splice(open.indexOf(client), 1);
      } else if (kind === 1) {
        what += "a client goes";
        client.stream.destroy();
      } else if (kind === 2) {
        what += "no more room for replies";
        client.stream.takes = random.below(30_000);
      } else if (kind <= 4) {
        what += "replies are read";
        client.stream.take(random.below(200_000));
      } else if (kind === 5) {
        what += "time passes";
        bench.pass(random.pick([100, 1000, 3000]));
      } else {
        const bytes = Buffer.concat([client.rest, request(random)]);
        const cut = random.chance(0.5) ? bytes.length : random.below(bytes.length + 1);
        what += JSON.stringify(bytes.subarray(0, cut).toString("latin1", 0, 60));
        client.stream.deliver(bytes.subarray(0, cut));
        client.rest = bytes.subarray(cut);
      }
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      bench.check(what);
    }
    for (const { stream } of open) stream.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    bench.check("only one is left");
  }
});

function request(random: SeededRandom): Buffer {
  const value = "v".repeat(random.pick([1, 100, 5000, 40_000, 200_000]));
  return commands(
    ...random.pick<string[][]>([
      [["SET", "k", value]],
      [["GET", "k"]],
      [
        ["GET", "k"],
        ["GET", "k"],
        ["GET", "k"],
        ["GET", "k"],
        ["GET", "k"],
      ],
      [["PUBLISH", "c", value]],
      [["SUBSCRIBE", "c"]],
      [["UNSUBSCRIBE", "c"]],
      [["WATCH", "k", "l"]],
      [["MULTI"]],
      [["RPUSH", "l", value]],
      [["EXEC"]],
      [["DISCARD"]],
      [["RESET"]],
      [["BLPOP", "l", "0"]],
      [["CLIENT", "SETNAME", value.slice(0, 100)]],
      [["CLIENT", "REPLY", random.pick(["ON", "OFF", "SKIP"])]],
      [["DEL", "k", "l"]],
    ]),
  );
}

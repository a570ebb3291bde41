import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../../../test/support/embedded.js";
import { ManualStream } from "../../../test/support/manual-stream.js";
import { type Argument, encodeCommand } from "../../../test/support/resp-connection.js";
import type { Scope } from "../../../test/support/temporary-directory.js";
import { assemble } from "../../assemble/assemble.js";
import { createNodePlatform } from "../../platform/node.js";
import { applyOptions, type ServerOptions } from "../config/options.js";
import type { Connection } from "./connection.js";

const MB = 1024 * 1024;

/** A server that does not listen, on a clock that the test sets, and streams by hand. */
class Bench {
  /** How far the server's clock is ahead. */
  aheadMs = 0;
  readonly server;
  readonly #control: ManualStream;

  constructor(scope: Scope, options: ServerOptions = {}) {
    const platform = createNodePlatform();
    const clock = Object.create(platform.clock) as typeof platform.clock;
    clock.nowMs = () => platform.clock.nowMs() + this.aheadMs;
    clock.monotonicUs = () => platform.clock.monotonicUs();
    clock.msAt = (monotonicUs) => platform.clock.msAt(monotonicUs) + this.aheadMs;
    this.server = assemble({
      configure: (store) => applyOptions(store, { save: "", ...options }),
      platform: { ...platform, clock },
    }).server;
    this.#control = this.open().stream;
    scope.after(() => this.server.close());
  }

  open(): { stream: ManualStream; connection: Connection } {
    const stream = new ManualStream(this.server.host.input);
    this.server.accept(stream);
    return { stream, connection: [...this.server.clients.connections()].at(-1)! };
  }

  /** The reply to a command of another client. */
  async call(...args: Argument[]): Promise<string> {
    this.#control.sent.length = 0;
    this.#control.deliver(encodeCommand(args));
    await until("it is answered", () => this.#control.sent.length > 0);
    return this.#control.text;
  }

  /** What the cron does for all clients, `ms` later. */
  tendLater(ms: number): void {
    this.aheadMs += ms;
    const nowMs = Date.now() + this.aheadMs;
    this.server.host.nowMs = nowMs;
    for (const connection of [...this.server.clients.connections()]) connection.tend(nowMs);
  }
}

const commands = (...all: Argument[][]): Buffer => Buffer.concat(all.map(encodeCommand));

describe("a peer that sends no more", () => {
  test("is let go when there is nothing to do for it, and keeps no memory", async (t) => {
    const bench = new Bench(t);
    const before = bench.server.host.memoryBytes;
    const { stream } = bench.open();
    stream.finish();
    assert.ok(stream.isClosed);
    const half = bench.open();
    half.stream.deliver(Buffer.from("*2\r\n$4\r\nECHO\r\n$100000\r\nhalf"));
    half.stream.finish();
    assert.ok(half.stream.isClosed);
    assert.equal(half.stream.text, "");
    assert.equal(bench.server.host.memoryBytes, before);
    assert.equal(bench.server.host.queryBytes, 0);
  });

  test("has the replies that wait in the outbox", async (t) => {
    const bench = new Bench(t);
    const { stream } = bench.open();
    stream.deliver(Buffer.from("PING\r\n".repeat(20)));
    assert.equal(stream.text, "");
    stream.finish();
    assert.equal(stream.text, "+PONG\r\n".repeat(20));
    assert.ok(stream.isClosed);
  });

  test("is served to the end as fast as it reads", async (t) => {
    const bench = new Bench(t);
    await bench.call("SET", "big", "x".repeat(MB));
    const { stream, connection } = bench.open();
    stream.keepsSent = false;
    stream.takes = 1000;
    stream.deliver(commands(...Array.from({ length: 100 }, () => ["GET", "big"]), ["INCR", "n"]));
    await until("it has to read first", () => connection.suspension === "draining");
    stream.finish();
    assert.equal(await bench.call("EXISTS", "n"), ":0\r\n");
    while (!stream.isClosed) {
      stream.take(10 * MB);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(stream.sentBytes, 100 * (MB + "$1048576\r\n\r\n".length) + ":1\r\n".length);
    assert.equal(await bench.call("GET", "n"), "$1\r\n1\r\n");
  });

  test("and takes nothing for a minute is gone; one that takes a little is not", async (t) => {
    const bench = new Bench(t);
    await bench.call("SET", "big", "x".repeat(MB));
    for (const isLeaving of ["end", "QUIT"]) {
      const { stream, connection } = bench.open();
      stream.takes = 1000;
      stream.deliver(commands(["GET", "big"], ["GET", "big"], ...(isLeaving === "QUIT" ? [["QUIT"]] : [])));
      if (isLeaving === "end") stream.finish();
      await until("all is done", () => connection.closeAfterReply);
      for (let i = 0; i < 3; i++) {
        bench.tendLater(50_000);
        assert.ok(!stream.isClosed);
        stream.take(MB / 4);
      }
      bench.tendLater(1000);
      bench.tendLater(59_000);
      assert.ok(!stream.isClosed);
      bench.tendLater(2000);
      assert.ok(stream.isClosed, isLeaving);
    }
    assert.equal(bench.server.host.outputBytes, 0);
  });

  test("and one that only does not read is kept as long as it may send", async (t) => {
    const bench = new Bench(t);
    await bench.call("SET", "big", "x".repeat(MB));
    const { stream } = bench.open();
    stream.takes = 1000;
    stream.deliver(commands(["GET", "big"]));
    for (let i = 0; i < 5; i++) bench.tendLater(100_000);
    assert.ok(!stream.isClosed);
  });

  test("waits for no element, and none goes to it", async (t) => {
    const bench = new Bench(t);
    const { stream } = bench.open();
    stream.deliver(commands(["PING"], ["BLPOP", "l", "0"], ["PING"]));
    stream.finish();
    assert.equal(stream.text, "+PONG\r\n");
    assert.ok(stream.isClosed);
    assert.equal(await bench.call("RPUSH", "l", "a"), ":1\r\n");
    assert.equal(await bench.call("LLEN", "l"), ":1\r\n");
  });

  test("still has its turn after a pause, and a wait for its pace", async (t) => {
    const bench = new Bench(t);
    await bench.call("CLIENT", "PAUSE", "100000", "WRITE");
    const paused = bench.open().stream;
    paused.deliver(commands(["SET", "k", "v"], ["GET", "k"]));
    paused.finish();
    assert.ok(!paused.isClosed);
    await bench.call("CLIENT", "UNPAUSE");
    await until("the connection ends", () => paused.isClosed);
    assert.equal(paused.text, "+OK\r\n$1\r\nv\r\n");

    await bench.call("CONFIG", "SET", "client-throttle", "class normal commands 1000");
    const throttled = bench.open().stream;
    throttled.deliver(Buffer.from("PING\r\n".repeat(150)));
    throttled.finish();
    await until("the connection ends", () => throttled.isClosed);
    assert.equal(throttled.text, "+PONG\r\n".repeat(150));
  });

  test("and is subscribed hears no more", async (t) => {
    const bench = new Bench(t);
    const { stream } = bench.open();
    stream.deliver(commands(["SUBSCRIBE", "c"]));
    stream.finish();
    assert.ok(stream.isClosed);
    assert.equal(await bench.call("PUBLISH", "c", "message"), ":0\r\n");
  });
});

describe("replies that nobody reads", () => {
  const KEYS = 10_000;

  async function limited(t: Scope, policy: ServerOptions["maxmemory-policy"], headroom: number): Promise<Bench> {
    const bench = new Bench(t, { "maxmemory-policy": policy });
    for (let i = 0; i < KEYS; i++) await bench.call("SET", `k${i}`, "v".repeat(1000));
    const used = bench.server.memoryLimit.usedBytes;
    await bench.call("CONFIG", "SET", "maxmemory", used + headroom);
    return bench;
  }

  const keys = Array.from({ length: 500 }, (_, i) => `k${i}`);

  test("are held back at their share of maxmemory, and no key has to go for what is beyond", async (t) => {
    // Less than the share of a quarter, which is some 3.5 MB.
    const bench = await limited(t, "allkeys-lru", 2 * MB);
    const { host, memoryLimit } = bench.server;
    assert.ok(host.outputShare > 2.5 * MB && host.outputShare < 5 * MB);
    const readers = Array.from({ length: 20 }, () => bench.open());
    for (const { stream } of readers) {
      stream.takes = 0;
      stream.deliver(commands(...Array.from({ length: 50 }, () => ["MGET", ...keys])));
    }
    await until("all are held", () => readers.every(({ connection }) => connection.suspension === "draining"));
    // What they would have is 500 MB.
    assert.ok(host.outputBytes < 20 * 1.2 * MB, `${host.outputBytes}`);
    assert.ok(host.outputBeyondShare > 0);
    assert.ok(memoryLimit.usedBytes > memoryLimit.limitBytes);
    await bench.call("SET", "one", "more");
    const left = Number((await bench.call("DBSIZE")).slice(1));
    assert.ok(left > KEYS * 0.7, `${left} keys are left`);
    const info = await bench.call("INFO", "memory");
    assert.match(info, new RegExp(`mem_not_counted_for_evict:${host.outputBeyondShare}\r`));
    assert.match(info, new RegExp(`mem_clients_replies:${host.outputBytes}\r`));

    // Held back means that they are served when they read.
    for (const { stream } of readers) {
      stream.keepsSent = false;
      stream.take(Number.POSITIVE_INFINITY);
    }
    await until("all have gone on", () => {
      // A client that was held for what others had is looked at by the cron.
      bench.tendLater(0);
      // One that is about to go on looks like one that is done, but for its commands.
      return readers.every(
        ({ connection: c }) => c.commandCount === 50 && c.suspension === null && c.outputBytes === 0,
      );
    });
    assert.equal(host.outputBytes, 0);
  });

  test("refuse no write where nothing is evicted, beyond their share", async (t) => {
    const bench = await limited(t, "noeviction", 6 * MB);
    const { connection, stream } = bench.open();
    stream.takes = 0;
    stream.deliver(commands(["MGET", ...Array.from({ length: 20 }, () => keys).flat()]));
    await until("it waits", () => connection.outputBytes > 9 * MB);
    assert.ok(bench.server.memoryLimit.usedBytes > bench.server.memoryLimit.limitBytes);
    assert.equal(await bench.call("SET", "one", "more"), "+OK\r\n");
    stream.destroy();
    assert.equal(bench.server.host.outputBeyondShare, 0);
  });
});

describe("what a connection accounts for", () => {
  test("is said to be dropped when its buffer goes, and is none of those for long arguments", async (t) => {
    const bench = new Bench(t);
    const { host } = bench.server;
    for (const isClosed of [false, true]) {
      const { stream } = bench.open();
      const before = host.droppedBytes;
      stream.deliver(Buffer.from("*2\r\n$4\r\nECHO\r\n$1000\r\nx"));
      assert.ok(host.queryBytes >= 16_384);
      assert.equal(host.droppedBytes, before);
      if (isClosed) stream.destroy();
      else {
        stream.deliver(Buffer.from(`${"x".repeat(999)}\r\n`));
        bench.tendLater(5000);
      }
      assert.ok(host.droppedBytes >= before + 16_384, `${host.droppedBytes - before} bytes`);
      assert.deepEqual([host.longBuffers, host.queryBytes], [0, 0]);
    }
  });

  test("is gone with its replies, however they were sent", async (t) => {
    const bench = new Bench(t);
    await bench.call("SET", "big", "x".repeat(3 * MB));
    const { stream, connection } = bench.open();
    const { host } = bench.server;
    const before = connection.memoryBytes;
    stream.takes = 100;
    stream.keepsSent = false;
    stream.deliver(commands(["GET", "big"], ["PING"], ["GET", "big"]));
    await until("all wait", () => connection.outputBytes > 5.9 * MB);
    assert.ok(host.outputBytes >= connection.outputBytes);
    assert.equal(host.outputBytes, connection.outputMemory);
    assert.ok(connection.outputMemory < connection.outputBytes + 2 * MB);
    for (let last = connection.outputBytes; last > 0; last = connection.outputBytes) {
      stream.take(MB / 2);
      await new Promise((resolve) => setImmediate(resolve));
      assert.ok(connection.outputBytes <= last);
      assert.equal(host.outputBytes, connection.outputMemory);
    }
    // So is the buffer that the rest of the pipeline was kept in.
    bench.tendLater(5000);
    assert.deepEqual([host.outputBytes, connection.memoryBytes], [0, before]);
    assert.equal(stream.sentBytes, 2 * (3 * MB + "$3145728\r\n\r\n".length) + "+PONG\r\n".length);
  });

  test("is gone when it closes in the middle of a reply, in the middle of a batch", async (t) => {
    const bench = new Bench(t, { "client-output-buffer-limit": "normal 5mb 0 0" });
    await bench.call("SET", "big", "x".repeat(2 * MB));
    const before = bench.server.host.memoryBytes;
    const { stream } = bench.open();
    stream.takes = 0;
    stream.deliver(commands(...Array.from({ length: 10 }, () => ["GET", "big"]), ["SET", "done", "1"]));
    await until("it is closed", () => stream.isClosed);
    assert.equal(bench.server.host.memoryBytes, before);
    assert.equal(await bench.call("EXISTS", "done"), ":0\r\n");
    // Nothing of its reply is left for the next.
    assert.equal(await bench.call("PING"), "+PONG\r\n");
  });
});

describe("a query buffer", () => {
  /** A client, and what its buffer takes. */
  function client(scope: Scope) {
    const bench = new Bench(scope);
    const { stream, connection } = bench.open();
    const ping = (): void => stream.deliver(Buffer.from("PING\r\n"));
    return { bench, stream, connection, ping, size: () => bench.server.host.queryBytes };
  }

  test("is as large as was needed of late, and goes when its client is idle", async (t) => {
    const { bench, stream, ping, size } = client(t);
    const command = encodeCommand(["ECHO", "x".repeat(100_000)]);
    stream.deliver(command.subarray(0, 50_000));
    assert.equal(size(), command.length);
    stream.deliver(command.subarray(50_000));
    bench.tendLater(0);
    assert.equal(size(), command.length);
    ping();
    bench.tendLater(1000);
    assert.equal(size(), 16_384);
    ping();
    bench.tendLater(2000);
    assert.equal(size(), 16_384);
    bench.tendLater(1);
    assert.equal(size(), 0);
  });

  test("that holds a part of a command shrinks to that when its client is idle", async (t) => {
    const { bench, stream, size } = client(t);
    const command = encodeCommand(["ECHO", "x".repeat(100_000)]);
    stream.deliver(command.subarray(0, 60_000));
    bench.tendLater(1999);
    assert.equal(size(), command.length);
    bench.tendLater(2);
    assert.equal(size(), 60_000);
    assert.equal(stream.text, "");
    stream.deliver(command.subarray(60_000));
    assert.equal(stream.text.length, "$100000\r\n\r\n".length + 100_000);
  });

  test("is tight while all of them together are large", async (t) => {
    const bench = new Bench(t);
    const { host } = bench.server;
    const packet = Buffer.concat([Buffer.from("*2\r\n$4\r\nECHO\r\n$1000000\r\n"), Buffer.alloc(1000, "x")]);
    let before = 0;
    let clients = 0;
    for (; !host.isInputTight; clients++) {
      before = host.queryBytes;
      bench.open().stream.deliver(packet);
      assert.ok(host.queryBytes - before > 1_000_000);
    }
    assert.equal(clients, 17);
    before = host.queryBytes;
    bench.open().stream.deliver(packet);
    assert.equal(host.queryBytes - before, 2 * packet.length);
  });

  test("doubles while input waits, and nothing is read from a megabyte on", async (t) => {
    const { stream, size } = client(t);
    stream.deliver(encodeCommand(["BLPOP", "list", "0"]));
    const sizes: number[] = [];
    const packet = Buffer.from("PING\r\n".repeat(2000));
    for (let length = packet.length; length < MB; length += packet.length) {
      stream.deliver(packet);
      assert.ok(stream.isReading, `after ${length} bytes`);
      if (sizes.at(-1) !== size()) sizes.push(size());
    }
    assert.deepEqual(sizes, [16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 1_048_576]);
    const last = MB - Math.floor((MB - 1) / packet.length) * packet.length;
    stream.deliver(Buffer.alloc(last - 1, "\n"));
    assert.ok(stream.isReading);
    stream.deliver(Buffer.from("\n"));
    assert.ok(!stream.isReading);
  });

  test("may be as long as its limit, and not a byte longer", async (t) => {
    const { bench, stream } = client(t);
    await bench.call("CONFIG", "SET", "client-query-buffer-limit", "1mb");
    const header = "*2\r\n$4\r\nECHO\r\n$2000000\r\n";
    stream.deliver(Buffer.from(header));
    for (let left = MB - header.length; left > 0; left -= 50_000)
      stream.deliver(Buffer.alloc(Math.min(left, 50_000), "x"));
    assert.ok(!stream.isClosed);
    stream.deliver(Buffer.from("x"));
    assert.ok(stream.isClosed);
    assert.match(await bench.call("INFO", "stats"), /client_query_buffer_limit_disconnections:1\r/);
  });
});

test("a client whose packets fill the input is read from again after the others had their turn", async (t) => {
  const bench = new Bench(t);
  const { stream, connection } = bench.open();
  const full = bench.server.host.input.u8.length;
  const command = encodeCommand(["ECHO", "x".repeat(full - "*2\r\n$4\r\nECHO\r\n$69600\r\n\r\n".length)]);
  assert.equal(command.length, full);
  for (const [bytes, reads] of [
    [command, false],
    [command.subarray(0, full - 1), true],
  ] as const) {
    stream.deliver(bytes);
    assert.equal(stream.isReading, reads);
    assert.equal(connection.events, reads ? "r" : "");
    await until("it is read from", () => stream.isReading);
  }
});

describe("a client that has said QUIT", () => {
  test("is sent no more messages, and its last reply", async (t) => {
    const bench = new Bench(t);
    const { stream } = bench.open();
    stream.deliver(commands(["HELLO", "3"], ["SUBSCRIBE", "news"]));
    stream.takes = 2;
    stream.sent.length = 0;
    stream.deliver(commands(["QUIT"]));
    await bench.call("PUBLISH", "news", "late");
    stream.take(1000);
    assert.equal(stream.text, "+OK\r\n");
    assert.ok(stream.isClosed);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../../../test/support/embedded.js";
import { ManualStream } from "../../../test/support/manual-stream.js";
import { type Argument, encodeCommand } from "../../../test/support/resp-connection.js";
import type { Scope } from "../../../test/support/temporary-directory.js";
import { assemble } from "../../assemble.js";
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

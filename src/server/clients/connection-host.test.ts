import assert from "node:assert/strict";
import { test } from "node:test";
import { Effects } from "../../commands/effects.js";
import { ReplyWriter } from "../../protocol/reply-writer.js";
import { ServerStats } from "../observation/stats.js";
import { ConnectionHost, type HostServices } from "./connection-host.js";
import type { QueuedOutput } from "./delivery.js";
import type { ServerClient } from "./server-client.js";

/** A client and its output in one. */
type FakeClient = ServerClient & QueuedOutput;

/** A host on a clock and a loop of the test's own, and what has been sent. */
class Bench {
  nowMs = 1000;
  readonly sent: string[] = [];
  readonly host: ConnectionHost;
  /** What makes buffers for long arguments. */
  longBuffer = (bytes: number): ArrayBuffer => new ArrayBuffer(bytes);
  #turns: (() => void)[] = [];

  constructor() {
    this.host = new ConnectionHost({
      reply: new ReplyWriter(),
      stats: new ServerStats(),
      effects: new Effects(() => {}),
      nowMs: () => this.nowMs,
      soon: (action: () => void) => this.#turns.push(action),
      beginBatch: () => this.nowMs,
      eviction: { limitBytes: Number.POSITIVE_INFINITY },
      longBuffer: (bytes: number) => this.longBuffer(bytes),
    } as unknown as HostServices);
  }

  /** Actions that wait for the next turn of the loop. */
  get turnsToCome(): number {
    return this.#turns.length;
  }

  client(name: string): FakeClient {
    return {
      suspension: null,
      closed: false,
      isToFlush: false,
      flushQueue: () => this.sent.push(name),
    } as unknown as FakeClient;
  }

  /** A batch of `by` with messages for `receivers`, cut short or not. */
  batch(by: ServerClient, receivers: readonly QueuedOutput[], isCut: boolean): void {
    this.host.beginBatch(by);
    by.suspension = isCut ? "yielding" : null;
    for (const receiver of receivers) this.host.flushLater(receiver);
    this.host.endBatch();
  }

  /** One turn of the loop; returns what has been sent since the last. */
  turn(ms = 0): string[] {
    this.nowMs += ms;
    for (const action of this.#turns.splice(0)) action();
    return this.sent.splice(0);
  }
}

test("what a batch has for others leaves when it ends", () => {
  const bench = new Bench();
  const [publisher, a, b] = ["publisher", "a", "b"].map((name) => bench.client(name)) as [
    FakeClient,
    FakeClient,
    FakeClient,
  ];
  bench.batch(publisher, [a, b, a], false);
  assert.deepEqual(bench.sent, ["a", "b"]);
});

test("what comes up outside of any batch leaves soon, all in one turn", () => {
  const bench = new Bench();
  const [a, b] = [bench.client("a"), bench.client("b")];
  for (const connection of [a, b, a]) bench.host.flushLater(connection);
  assert.deepEqual(bench.sent, []);
  assert.equal(bench.turnsToCome, 1);
  assert.deepEqual(bench.turn(), ["a", "b"]);
  bench.host.flushLater(b);
  assert.equal(bench.turnsToCome, 1);
  assert.deepEqual(bench.turn(), ["b"]);
});

test("of a batch that was cut short it waits for the rest, and what others have to send does not", () => {
  const bench = new Bench();
  const [publisher, other, a, b, c] = ["publisher", "other", "a", "b", "c"].map((name) => bench.client(name)) as [
    FakeClient,
    FakeClient,
    FakeClient,
    FakeClient,
    FakeClient,
  ];
  bench.batch(publisher, [a, b], true);
  assert.deepEqual(bench.turn(1), []);
  bench.batch(other, [c], false);
  assert.deepEqual(bench.turn(1), ["c"]);
  bench.batch(publisher, [b], true);
  assert.deepEqual(bench.turn(1), []);
  bench.batch(publisher, [], false);
  assert.deepEqual(bench.sent, ["a", "b"]);
  bench.sent.length = 0;
  assert.deepEqual(bench.turn(10), []);
});

test("it does not wait for ever, nor for a client that is gone or has to wait itself", () => {
  for (const end of ["time", "closed", "paused"]) {
    const bench = new Bench();
    const [publisher, a] = [bench.client("publisher"), bench.client("a")];
    bench.batch(publisher, [a], true);
    assert.deepEqual(bench.turn(1), []);
    if (end === "closed") publisher.closed = true;
    if (end === "paused") publisher.suspension = "paused";
    assert.deepEqual(bench.turn(end === "time" ? 5 : 0), ["a"], end);
    bench.batch(publisher, [a], false);
    assert.deepEqual(bench.sent, ["a"], end);
  }
});

test("a reply region that has grown is kept for a second, and never dropped with a reply in it", () => {
  const { host } = new Bench();
  const { reply } = host;
  const small = reply.region.u8.length;
  host.tidy(0);
  reply.bulkText("x".repeat(300_000));
  const grown = reply.region;
  for (let ms = 100; ms <= 2000; ms += 100) host.tidy(ms);
  assert.equal(reply.region, grown);
  reply.length = 0;
  host.tidy(2100);
  assert.equal(reply.region.u8.length, small);
  host.tidy(2200);
  const kept = reply.region;
  for (let ms = 2300; ms < 9000; ms += 100) host.tidy(ms);
  assert.equal(reply.region, kept);
});

test("messages that were joined for a client are let go", () => {
  const { host } = new Bench();
  const parts = [new Uint8Array(10), new Uint8Array(20)];
  const joined = host.joiner.join(parts, 2, 30);
  assert.equal(host.joiner.join(parts, 2, 30), joined);
  host.tidy(0);
  assert.notEqual(host.joiner.join(parts, 2, 30), joined);
});

test("there are 64 buffers for long arguments and no more, and none without memory for it", () => {
  const bench = new Bench();
  const { host } = bench;
  host.longBuffers = 63;
  assert.equal(host.longBuffer(10)!.byteLength, 10);
  bench.longBuffer = () => {
    throw new RangeError("Array buffer allocation failed");
  };
  assert.equal(host.longBuffer(10), null);
  bench.longBuffer = () => {
    throw new TypeError("a mistake");
  };
  assert.throws(() => host.longBuffer(10), /a mistake/);
  host.longBuffers = 64;
  assert.equal(host.longBuffer(10), null);
});

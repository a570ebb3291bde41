/** What is done from time to time, at a time of the test's own, with a clock by which each look at it takes as long as the test says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { KeySpaceFixture, START_MS } from "../../test/support/key-space.js";
import { SimulatedTime } from "../../test/support/simulated-time.js";
import { ExpireCycle } from "../keyspace/expire-cycle.js";
import { EXACT_KEYS, KeySizes } from "../keyspace/key-sizes.js";
import type { Clients } from "./clients/client-registry.js";
import type { Connection } from "./clients/connection.js";
import { Cron } from "./cron.js";
import { ServerStats } from "./observation/stats.js";

class Bench {
  readonly time = new SimulatedTime();
  readonly space = new KeySpaceFixture();
  readonly keySizes = new KeySizes(this.space.keyspace);
  readonly stats = new ServerStats();
  readonly cron: Cron;
  readonly connections = new Map<string, Connection>();
  /** Names of clients, as they are looked at. */
  readonly tended: string[] = [];
  /** When the cron ticked, in ms since the start. */
  readonly ticks: number[] = [];
  isExpiring = true;
  isPaused = false;
  usedMemory = 0;
  usPerLook = 0;
  expiringUs = 0;
  #looks = 0;

  constructor() {
    const { time, space, connections } = this;
    time.nowMs = START_MS;
    this.cron = new Cron({
      clock: { ...time.clock, monotonicUs: () => time.nowMs * 1000 + this.#looks++ * this.usPerLook },
      timers: time.timers,
      keyspace: space.keyspace,
      expireCycle: new ExpireCycle(space.keyspace),
      keySizes: this.keySizes,
      clients: {
        connections: () => connections.values(),
        get count() {
          return connections.size;
        },
      } as unknown as Clients,
      stats: this.stats,
      usedMemory: () => this.usedMemory,
      isExpiring: () => this.isExpiring,
      isPaused: () => this.isPaused,
      expired: (us) => (this.expiringUs += us),
      onTick: (nowMs) => this.ticks.push(nowMs - START_MS),
    });
  }

  client(name: string, more: Partial<Record<keyof Connection, unknown>> = {}): Connection {
    const connection = {
      lastInteractionMs: START_MS,
      blocked: null,
      suspension: null,
      subscriptionCount: 0,
      monitor: false,
      tend: () => this.tended.push(name),
      close: () => this.connections.delete(name),
      ...more,
    } as unknown as Connection;
    this.connections.set(name, connection);
    return connection;
  }

  /** Keys that expire a millisecond after the start. */
  fill(count: number): void {
    for (let i = 0; i < count; i++) this.space.set(`k${i}`, "v", START_MS + 1);
  }

  pass(ms: number): void {
    this.time.passTo(this.time.nowMs + ms);
  }
}

test("the cron ticks hz times a second, at most every 2 ms, and not once it was stopped", () => {
  const bench = new Bench();
  const { cron, ticks, time } = bench;
  const pass = (ms: number) => bench.pass(ms);
  pass(500);
  assert.deepEqual(ticks, []);
  assert.equal(cron.isRunning, false);
  cron.start();
  assert.equal(cron.isRunning, true);
  pass(350);
  assert.deepEqual(ticks.splice(0), [600, 700, 800]);
  cron.hz = 500;
  cron.restart();
  pass(6);
  assert.deepEqual(ticks.splice(0), [852, 854, 856]);
  cron.hz = 5000;
  cron.restart();
  pass(4);
  assert.deepEqual(ticks.splice(0), [858, 860]);
  cron.stop();
  assert.equal(cron.isRunning, false);
  pass(1000);
  assert.deepEqual(ticks, []);
  assert.equal(time.timerCount, 0);
});

test("a paused server does nothing, and goes on", () => {
  const bench = new Bench();
  bench.fill(1);
  bench.cron.start();
  bench.isPaused = true;
  bench.pass(500);
  assert.deepEqual(bench.ticks, []);
  assert.equal(bench.space.keyspace.size, 1);
  bench.isPaused = false;
  bench.pass(100);
  assert.equal(bench.space.keyspace.size, 0);
});

test("expired keys go at the next tick, unless expiring is off", () => {
  const bench = new Bench();
  bench.fill(10);
  bench.cron.start();
  bench.isExpiring = false;
  bench.pass(500);
  assert.equal(bench.space.keyspace.size, 10);
  bench.isExpiring = true;
  bench.pass(100);
  assert.equal(bench.space.keyspace.size, 0);
  assert.equal(bench.space.keyspace.stats.expireTimeCapReached, 0);
});

test("a slice before the next tick has the time it runs at, and does nothing while the server is paused", () => {
  const bench = new Bench();
  bench.cron.start();
  bench.pass(100);
  bench.space.set("k", "v", START_MS + 105);
  bench.pass(20);
  bench.isPaused = true;
  bench.cron.wake();
  bench.pass(20);
  assert.equal(bench.space.keyspace.size, 1);
  bench.isPaused = false;
  bench.cron.wake();
  bench.pass(1);
  assert.equal(bench.space.keyspace.size, 0);
  assert.deepEqual(bench.ticks, [100]);
});

test("expiring that is cut off counts, goes on after a pause of its share, and takes what its effort allows", () => {
  const pauses = [1, 10].map((effort) => {
    const bench = new Bench();
    bench.fill(20_000);
    bench.cron.expireEffort = effort;
    bench.usPerLook = 300;
    bench.cron.start();
    bench.pass(100);
    const { keyspace } = bench.space;
    const left = keyspace.size;
    assert.ok(left > 0 && left < 20_000);
    assert.equal(keyspace.stats.expireTimeCapReached, 1);
    assert.equal(bench.expiringUs, 900);
    assert.ok(Math.abs(keyspace.stats.expireCycleMs - bench.expiringUs / 1000) < 0.01);
    let pause = 0;
    for (; keyspace.size === left; pause++) bench.pass(1);
    assert.equal(bench.ticks.length, 1, "before the next tick");
    bench.pass(2000);
    assert.equal(keyspace.size, 0);
    return pause;
  });
  // Of 1.5 ms, 25 % of the time, and 43 %.
  assert.deepEqual(pauses, [5, 2]);
});

test("a flushed database is freed in slices, soon after it was flushed", () => {
  const bench = new Bench();
  const { keyspace } = bench.space;
  for (let i = 0; i < 5000; i++) bench.space.set(`k${i}`, "v");
  bench.cron.wake();
  assert.equal(bench.time.timerCount, 0, "not before it was started");
  bench.cron.start();
  bench.pass(100);
  bench.usPerLook = 100;
  bench.space.db.clear(true);
  bench.cron.wake();
  bench.cron.wake();
  assert.equal(bench.time.timerCount, 2, "one slice and the tick");
  bench.pass(1);
  // In a millisecond are ten looks at the clock, between them eight steps of 128 entries and the rest of their page.
  const freed = 5000 - keyspace.lazyFree.pendingCount;
  assert.ok(freed > 8 * 128 && freed < 8 * 192, `${freed}`);
  bench.pass(99);
  assert.equal(keyspace.lazyFree.pendingCount, 0);
  assert.equal(bench.time.timerCount, 1, "nothing is left to do");
  bench.space.verify();
});

test("each client is looked at about once a second, and few clients more often", () => {
  const bench = new Bench();
  for (let i = 0; i < 3; i++) bench.client(`${i}`);
  bench.cron.start();
  bench.pass(100);
  assert.deepEqual(bench.tended.splice(0), ["0", "1", "2"]);
  bench.pass(900);
  bench.tended.length = 0;
  for (let i = 3; i < 200; i++) bench.client(`${i}`);
  bench.pass(100);
  assert.equal(bench.tended.length, 20);
  bench.pass(2000);
  for (const name of bench.connections.keys()) {
    const times = bench.tended.filter((tended) => tended === name).length;
    assert.ok(times >= 1 && times <= 3, `${name}: ${times}`);
  }
});

test("clients that come and go while a round is under way do not keep the others from their turn", () => {
  const bench = new Bench();
  for (let i = 0; i < 12; i++) bench.client(`${i}`);
  bench.cron.start();
  bench.pass(100);
  assert.deepEqual(bench.tended.splice(0), ["0", "1", "2", "3", "4"]);
  for (const name of ["3", "4", "5", "6"]) bench.connections.delete(name);
  bench.client("new");
  bench.pass(100);
  assert.deepEqual(bench.tended.splice(0), ["7", "8", "9", "10", "11"]);
  bench.pass(100);
  assert.deepEqual(bench.tended.splice(0), ["new", "0", "1", "2"]);
});

test("an idle client is closed after its time, but none that waits, listens or watches", () => {
  const bench = new Bench();
  bench.cron.idleTimeoutSeconds = 10;
  bench.client("idle");
  bench.client("blocked", { blocked: {} });
  bench.client("throttled", { suspension: "throttled" });
  bench.client("paused", { suspension: "paused" });
  bench.client("subscriber", { subscriptionCount: 1 });
  bench.client("monitor", { monitor: true });
  bench.cron.start();
  bench.pass(10_000);
  assert.equal(bench.connections.size, 6);
  bench.pass(500);
  assert.deepEqual([...bench.connections.keys()], ["blocked", "throttled", "subscriber", "monitor"]);
  bench.cron.idleTimeoutSeconds = 0;
  bench.client("for ever");
  bench.pass(100_000);
  assert.ok(bench.connections.has("for ever"));
});

test("rates are sampled ten times a second, however often the cron ticks, and the peak of memory is kept", () => {
  const bench = new Bench();
  const sampled: number[] = [];
  bench.stats.sample = (nowMs) => void sampled.push(nowMs - START_MS);
  bench.cron.hz = 100;
  bench.cron.start();
  bench.usedMemory = 500;
  bench.pass(10);
  bench.usedMemory = 200;
  bench.pass(300);
  assert.deepEqual(sampled, [10, 110, 210, 310]);
  assert.equal(bench.stats.peakMemoryBytes, 500);
  bench.usedMemory = 700;
  bench.pass(100);
  assert.equal(bench.stats.peakMemoryBytes, 700);
});

test("the time the cron takes counts as its own, and each tick as a turn", () => {
  const bench = new Bench();
  bench.usPerLook = 10;
  bench.cron.start();
  bench.pass(100);
  const { eventLoopCronUs, eventLoopCycles, eventLoopUs } = bench.stats;
  assert.equal(eventLoopCycles, 1);
  assert.deepEqual([eventLoopUs, eventLoopCronUs], [10, 30], "the slice that follows is none of the turn");
  bench.pass(100);
  assert.equal(bench.stats.eventLoopCronUs, 2 * eventLoopCronUs);
  assert.equal(bench.stats.eventLoopUs, 2 * eventLoopUs);
});

test("sizes that INFO has asked for are counted in slices", () => {
  const bench = new Bench();
  for (let i = 0; i <= EXACT_KEYS; i++) bench.space.set(`k${i}`, "v");
  bench.cron.start();
  bench.pass(100);
  assert.equal(bench.keySizes.report().size, 0);
  bench.usPerLook = 50;
  bench.pass(100);
  assert.ok(bench.keySizes.isWalking, "a slice is not all");
  bench.usPerLook = 0;
  bench.pass(100);
  assert.ok(!bench.keySizes.isWalking, "a slice that has time is");
  assert.equal(bench.keySizes.report().size, 1);
});

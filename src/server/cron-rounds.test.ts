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
      tasks: [{ everyMs: 0, run: (nowMs) => this.ticks.push(nowMs - START_MS) }],
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

import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../test/support/command-harness.js";
import { SimulatedTime } from "../../test/support/simulated-time.js";
import { genericCommands } from "../commands/generic/index.js";
import { serverCommands } from "../commands/server/index.js";
import { setCommands } from "../commands/set/index.js";
import { stringCommands } from "../commands/string/index.js";
import { ExpireCycle } from "../keyspace/expire-cycle.js";
import { KeySizes } from "../keyspace/key-sizes.js";
import type { Clients } from "./clients/client-registry.js";
import type { Connection } from "./clients/connection.js";
import { Cron } from "./cron.js";
import { ServerStats } from "./observation/stats.js";

/** Each look at the clock takes so long. */
const LOOK_US = 20;
/** A slice is at most a millisecond and what one look finds too late. */
const SLICE_US = 1000 + 10 * LOOK_US;

/** A client as far as the cron looks at it. */
class FakeClient {
  lastInteractionMs = 0;
  blocked: object | null = null;
  suspension: string | null = null;
  subscriptionCount = 0;
  monitor = false;
  tended = 0;
  closedFor = "";

  constructor(readonly id: number) {}

  close(reason: string): void {
    this.closedFor = reason;
  }

  tend(): void {
    this.tended++;
  }
}

class World {
  readonly harness = new CommandHarness(genericCommands, serverCommands, setCommands, stringCommands);
  readonly time = new SimulatedTime();
  readonly stats = new ServerStats();
  readonly cron: Cron;
  readonly clients: FakeClient[] = [];
  ticks = 0;
  isExpiring = true;
  isPaused = false;
  /** The longest that the cron has held up others, in looks at the clock. */
  longestUs = 0;
  #looks = 0;

  constructor() {
    this.time.nowMs = this.harness.nowMs;
    const { clock } = this.time;
    this.cron = new Cron({
      clock: { ...clock, monotonicUs: () => this.time.nowMs * 1000 + ++this.#looks * LOOK_US },
      timers: {
        ...this.time.timers,
        after: (ms, action) => this.time.timers.after(ms, () => this.#measure(action)),
        every: (ms, action) => this.time.timers.every(ms, () => this.#measure(action)),
      },
      keyspace: this.harness.keyspace,
      expireCycle: new ExpireCycle(this.harness.keyspace),
      keySizes: new KeySizes(this.harness.keyspace),
      clients: this.#registry(),
      stats: this.stats,
      usedMemory: () => this.harness.arena.allocatedBytes,
      isExpiring: () => this.isExpiring,
      isPaused: () => this.isPaused,
      expired() {},
      tasks: [{ everyMs: 0, run: () => this.ticks++ }],
    });
    this.cron.start();
  }

  get size(): number {
    return this.harness.context.db.size;
  }

  pass(ms: number): void {
    this.time.passTo(this.time.nowMs + ms);
  }

  /** Sets keys that expire after `ms`. */
  setVolatile(count: number, ms: number): void {
    for (let i = 0; i < count; i++) this.harness.call("SET", `${i}`, "value", "PX", `${ms}`);
  }

  #measure(action: () => void): void {
    const before = this.#looks;
    action();
    this.longestUs = Math.max(this.longestUs, (this.#looks - before) * LOOK_US);
    this.#looks = 0;
  }

  #registry(): Clients {
    const { clients } = this;
    const registry: Pick<Clients, "count" | "connections"> = {
      get count() {
        return clients.length;
      },
      connections: () => clients as unknown as Iterable<Connection>,
    };
    return registry as Clients;
  }
}

test("the cron ticks hz times a second, at another pace after a restart, and not when it was stopped", () => {
  const world = new World();
  world.pass(10_000);
  assert.equal(world.ticks, 100);
  world.cron.hz = 100;
  world.cron.restart();
  world.pass(1000);
  assert.equal(world.ticks, 200);
  world.cron.stop();
  assert.equal(world.cron.isRunning, false);
  world.pass(1000);
  assert.equal(world.ticks, 200);
  assert.equal(world.time.timerCount, 0);
});

test("nothing happens while it is paused", () => {
  const world = new World();
  world.setVolatile(100, 50);
  world.isPaused = true;
  world.pass(10_000);
  assert.deepEqual([world.ticks, world.size], [0, 100]);
  world.isPaused = false;
  world.pass(2000);
  assert.equal(world.size, 0);
});

test("keys that expired are removed though nobody asks, in slices", () => {
  const world = new World();
  world.setVolatile(20_000, 500);
  world.pass(400);
  assert.equal(world.size, 20_000);
  world.pass(4000);
  assert.equal(world.size, 0);
  assert.ok(world.longestUs <= SLICE_US, `${world.longestUs} us`);
  assert.ok(world.harness.keyspace.stats.expireTimeCapReached > 0);
});

test("no key is removed while expiry is switched off, but values are freed", () => {
  const world = new World();
  world.isExpiring = false;
  world.setVolatile(100, 10);
  world.harness.call("SADD", "set", ...Array.from({ length: 1000 }, (_, i) => `m${i}`));
  world.harness.call("DEL", "set");
  world.pass(5000);
  assert.equal(world.size, 100);
  assert.equal(world.harness.keyspace.lazyFree.isPending, false);
});

test("a flushed data set is freed in slices, which begin at once when the cron is woken", () => {
  const world = new World();
  for (let i = 0; i < 50_000; i++) world.harness.call("SET", `${i}`, "value");
  world.harness.call("FLUSHALL", "ASYNC");
  world.cron.wake();
  world.cron.wake();
  world.pass(10);
  const { lazyFree } = world.harness.keyspace;
  assert.ok(lazyFree.pendingCount > 0 && lazyFree.pendingCount < 50_000, `${lazyFree.pendingCount}`);
  world.pass(2000);
  assert.equal(lazyFree.isPending, false);
  assert.ok(world.longestUs <= SLICE_US, `${world.longestUs} us`);
  assert.deepEqual(world.harness.arena.verify(world.harness.keyspace.liveBlocks()), []);
});

test("a restart in the middle of sliced work goes on with it", () => {
  const world = new World();
  for (let i = 0; i < 50_000; i++) world.harness.call("SET", `${i}`, "value");
  world.harness.call("FLUSHALL", "ASYNC");
  world.cron.wake();
  world.pass(10);
  const { lazyFree } = world.harness.keyspace;
  assert.ok(lazyFree.isPending);
  world.cron.hz = 100;
  world.cron.restart();
  world.pass(2000);
  assert.equal(lazyFree.isPending, false);
});

test("slices take a quarter of the time, more at a higher effort", () => {
  const shares = [1, 10].map((effort) => {
    const world = new World();
    world.cron.expireEffort = effort;
    for (let i = 0; i < 100_000; i++) world.harness.call("SET", `${i}`, "value");
    world.harness.call("FLUSHALL", "ASYNC");
    world.cron.wake();
    let passedMs = 0;
    for (; world.harness.keyspace.lazyFree.isPending; passedMs++) world.pass(1);
    return world.stats.eventLoopCronUs / 1000 / passedMs;
  });
  assert.ok(shares[0]! > 0.15 && shares[0]! < 0.45, `${shares}`);
  assert.ok(shares[1]! > shares[0]! * 1.2, `${shares}`);
});

test("a timer is left only for the next tick when there is nothing to do", () => {
  const world = new World();
  world.pass(1000);
  assert.equal(world.time.timerCount, 1);
});

test("the most memory that was used is remembered", () => {
  const world = new World();
  world.harness.call("SET", "key", "x".repeat(1_000_000));
  world.pass(200);
  world.harness.call("DEL", "key");
  world.pass(200);
  assert.ok(world.stats.peakMemoryBytes >= 1_000_000);
});

test("each client is looked at about once a second, however many there are", () => {
  for (const count of [1, 30, 2000]) {
    const world = new World();
    for (let i = 0; i < count; i++) world.clients.push(new FakeClient(i));
    world.pass(10_000);
    const least = Math.min(...world.clients.map(({ tended }) => tended));
    assert.ok(least >= 8, `of ${count} clients one was looked at ${least} times`);
  }
});

test("an idle client is closed, unless it waits for something", () => {
  const world = new World();
  const clients = Array.from({ length: 7 }, (_, i) => new FakeClient(i));
  world.clients.push(...clients);
  for (const client of clients) client.lastInteractionMs = world.time.nowMs;
  clients[1]!.blocked = {};
  clients[2]!.suspension = "throttled";
  clients[3]!.subscriptionCount = 1;
  clients[4]!.monitor = true;
  clients[5]!.lastInteractionMs += 5000;
  world.pass(20_000);
  assert.ok(
    clients.every(({ closedFor }) => closedFor === ""),
    "none without a timeout",
  );
  world.cron.idleTimeoutSeconds = 22;
  world.pass(3900);
  const closed = (): number[] => clients.filter(({ closedFor }) => closedFor === "idle timeout").map(({ id }) => id);
  assert.deepEqual(closed(), [0, 6]);
  world.pass(5000);
  assert.deepEqual(closed(), [0, 5, 6]);
});

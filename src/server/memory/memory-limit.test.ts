import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { commandGroups } from "../../commands/all.js";
import { Eviction, type EvictionPolicy } from "../../keyspace/evict.js";
import { ServerStats } from "../observation/stats.js";
import { MemoryLimit } from "./memory-limit.js";

/** Each look at the clock takes so long. */
const LOOK_US = 50;

/** A key space under a limit, and a clock that goes on when it is looked at. */
class World {
  readonly harness = new CommandHarness(...commandGroups);
  readonly eviction: Eviction;
  readonly limit: MemoryLimit;
  otherBytes = 0;
  uncountedBytes = 0;
  looks = 0;
  spentUs = 0;
  readonly stats = new ServerStats();
  /** Eviction has asked to go on. */
  isToContinue = false;

  constructor(policy: EvictionPolicy) {
    const { keyspace } = this.harness;
    this.eviction = new Eviction(keyspace);
    this.eviction.policy = policy;
    this.limit = new MemoryLimit({
      keyspace,
      eviction: this.eviction,
      clock: {
        nowMs: () => this.harness.nowMs,
        msAt: () => this.harness.nowMs,
        nowUs: () => this.harness.nowMs * 1000,
        monotonicUs: () => ++this.looks * LOOK_US,
        zoneOffsetMinutes: () => 0,
      },
      stats: this.stats,
      otherBytes: () => this.otherBytes,
      uncountedBytes: () => this.uncountedBytes,
      spent: (us) => {
        this.spentUs += us;
      },
      continueSoon: () => {
        this.isToContinue = true;
      },
    });
  }

  get keyCount(): number {
    return this.harness.context.db.size;
  }

  get pendingCount(): number {
    return this.harness.keyspace.lazyFree.pendingCount;
  }

  /** Lets eviction go on as often as it asks to; returns how often that was. */
  goOn(): number {
    let turns = 0;
    for (; this.isToContinue; turns++) {
      this.isToContinue = false;
      assert.ok(this.limit.free());
    }
    return turns;
  }

  /** What a client does under the limit; returns the reply, "OOM" when there is no room. */
  write(...words: string[]): string {
    return this.limit.free() ? this.harness.call(...words) : "OOM";
  }

  verify(): void {
    const { arena, keyspace } = this.harness;
    assert.deepEqual(arena.verify(keyspace.liveBlocks()), []);
  }
}

/** A command that makes a big collection of so many elements. */
const MAKE: Record<string, (key: string, count: number) => string[]> = {
  zset: (key, count) => ["ZADD", key, ...elements(count).flatMap((i) => [`${i}`, `member:${i}`])],
  set: (key, count) => ["SADD", key, ...elements(count).map((i) => `member:${i}`)],
  hash: (key, count) => ["HSET", key, ...elements(count).flatMap((i) => [`field:${i}`, "value"])],
  list: (key, count) => ["RPUSH", key, ...elements(count).map((i) => `${i}`.padEnd(1000, "x"))],
};

function elements(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

for (const [type, make] of Object.entries(MAKE)) {
  test(`of many big values (${type}) as many are evicted as make the room`, () => {
    const world = new World("allkeys-lru");
    const size = type === "list" ? 600 : 1000;
    const before = world.limit.usedBytes;
    world.harness.call(...make("0", size));
    const each = world.limit.usedBytes - before;
    for (let i = 1; i < 100; i++) world.harness.call(...make(`${i}`, size));
    world.limit.limitBytes = world.limit.usedBytes - 5 * each;
    assert.ok(world.limit.free());
    world.goOn();
    assert.ok(world.limit.usedBytes <= world.limit.limitBytes);
    assert.ok(world.keyCount >= 93 && world.keyCount <= 95, `${world.keyCount} of 100 are left`);
    world.verify();
  });
}

test("a cache of big values that is written to all the time stays as large as it may be", () => {
  const world = new World("allkeys-lru");
  for (let i = 0; i < 100; i++) world.harness.call(...MAKE["zset"]!(`${i}`, 500));
  world.limit.limitBytes = world.limit.usedBytes;
  for (let i = 100; i < 600; i++) {
    assert.notEqual(world.write(...MAKE["zset"]!(`${i}`, 500)), "OOM");
    assert.ok(world.keyCount >= 95 && world.keyCount <= 105, `${world.keyCount} keys`);
  }
  world.verify();
});

test("a value too big to be freed in one turn is freed in several, and nothing else is evicted meanwhile", () => {
  const world = new World("allkeys-lru");
  world.harness.call(...MAKE["set"]!("big", 50_000));
  world.harness.advance(1_000_000);
  // All keys are sampled, so that the first one to go is known.
  world.limit.samples = 64;
  for (let i = 0; i < 40; i++) world.harness.call("SET", `${i}`, "x".repeat(100));
  world.limit.limitBytes = world.limit.usedBytes - 1_000_000;
  assert.ok(world.limit.free());
  assert.ok(world.isToContinue, "it has asked to go on");
  assert.ok(world.limit.usedBytes > world.limit.limitBytes);
  assert.equal(world.harness.call("EXISTS", "big"), ":0\r\n");
  assert.ok(world.goOn() > 5);
  assert.ok(world.limit.usedBytes <= world.limit.limitBytes);
  assert.equal(world.keyCount, 40);
});

test("a limit that is lowered far is met without a command, in turns of the time there is", () => {
  const world = new World("allkeys-random");
  for (let i = 0; i < 20_000; i++) world.harness.call("SET", `${i}`, "x".repeat(100));
  world.limit.limitBytes = world.limit.usedBytes / 4;
  world.looks = 0;
  assert.ok(world.limit.free());
  // The budget is 500 us at tenacity 10: no more than some looks at the clock.
  assert.ok(world.looks <= 500 / LOOK_US + 4, `${world.looks} looks`);
  assert.ok(world.spentUs >= 500 && world.spentUs <= 1000, `${world.spentUs} us`);
  const turns = world.goOn();
  assert.ok(turns > 20, `${turns} turns`);
  assert.ok(world.limit.usedBytes <= world.limit.limitBytes);
});

test("a turn evicts until its time is over, and looks at the clock each sixteen keys or 128 freed elements", () => {
  const world = new World("allkeys-random");
  const { keyspace } = world.harness;
  for (let i = 0; i < 20_000; i++) world.harness.call("SET", `${i}`, "x".repeat(100));
  world.limit.limitBytes = 1;
  assert.ok(world.limit.free());
  // Ten looks are within the 500 us, the eleventh is not.
  assert.equal(world.keyCount, 20_000 - 11 * 16);
  assert.equal(world.spentUs, 12 * LOOK_US);
  keyspace.database(0).clear(true);
  const { pendingCount } = world;
  assert.ok(world.limit.free());
  // Whole pages of the index are freed, and none holds twice as many.
  const freed = pendingCount - world.pendingCount;
  assert.ok(freed >= 11 * 128 && freed < 11 * 256, `${freed} freed`);
  assert.equal(world.spentUs, 24 * LOOK_US);
});

test("a higher tenacity gives a turn more time", () => {
  const turns = [0, 5, 10, 11, 30].map((tenacity) => {
    const world = new World("allkeys-random");
    for (let i = 0; i < 4000; i++) world.harness.call("SET", `${i}`, "x".repeat(100));
    world.limit.tenacity = tenacity;
    world.limit.limitBytes = 1;
    assert.ok(world.limit.free());
    return (4000 - world.keyCount) / 16;
  });
  // 0, 250, 500, 575 and 8183 us.
  assert.deepEqual(turns, [1, 6, 11, 12, 164]);
});

test("how long the limit has been exceeded is known until it is met", () => {
  const world = new World("noeviction");
  world.harness.call("SET", "key", "x".repeat(100));
  const { stats } = world;
  world.limit.limitBytes = 1;
  assert.equal(world.limit.free(), false);
  const sinceUs = world.looks * LOOK_US - LOOK_US;
  assert.equal(stats.evictionExceededSinceUs, sinceUs);
  assert.equal(world.limit.free(), false);
  assert.equal(stats.evictionExceededSinceUs, sinceUs);
  world.limit.limitBytes = world.limit.usedBytes;
  assert.ok(world.limit.free());
  assert.equal(stats.evictionExceededSinceUs, 0);

  world.limit.limitBytes--;
  world.eviction.policy = "allkeys-lru";
  assert.ok(world.limit.free());
  assert.deepEqual([world.keyCount, stats.evictionExceededSinceUs], [0, 0]);
});

test("keys of which only fields expire are none for a volatile policy", () => {
  const world = new World("volatile-lru");
  world.harness.call("HSET", "hash", "f", "v");
  world.harness.call("HPEXPIRE", "hash", "1000", "FIELDS", "1", "f");
  world.harness.call("SET", "key", "value", "EX", "100");
  world.limit.limitBytes = 1;
  assert.equal(world.limit.free(), false);
  assert.equal(world.harness.call("EXISTS", "hash", "key"), ":1\r\n");
});

test("what a flush has left is freed before a key goes", () => {
  const world = new World("allkeys-lru");
  const { keyspace } = world.harness;
  for (let i = 0; i < 20_000; i++) world.harness.call("SET", `${i}`, "x".repeat(100));
  world.limit.limitBytes = world.limit.usedBytes;
  keyspace.database(0).clear(true);
  for (let i = 0; i < 1000; i++) {
    world.write("SET", `new:${i}`, "x".repeat(100));
    world.goOn();
  }
  assert.equal(world.keyCount, 1000);
});

test("under noeviction a command waits for what is being freed no longer than its share, and is let through", () => {
  const world = new World("noeviction");
  const { keyspace } = world.harness;
  for (let i = 0; i < 50_000; i++) world.harness.call("SET", `${i}`, "x".repeat(100));
  world.limit.limitBytes = world.limit.usedBytes / 2;
  assert.equal(world.write("SET", "key", "value"), "OOM");
  keyspace.database(0).clear(true);
  world.looks = 0;
  assert.notEqual(world.write("SET", "key", "value"), "OOM");
  assert.ok(world.looks <= 500 / LOOK_US + 4, `${world.looks} looks`);
  assert.ok(world.pendingCount > 10_000, "the rest waits");
  world.goOn();
  assert.ok(world.limit.usedBytes <= world.limit.limitBytes);
  assert.equal(world.harness.call("GET", "key"), "$5\r\nvalue\r\n");
});

test("when nothing is left to evict or to free, there is no room", () => {
  for (const policy of ["noeviction", "allkeys-lru", "volatile-ttl"] as const) {
    const world = new World(policy);
    for (let i = 0; i < 10; i++) world.harness.call("SET", `${i}`, "x");
    world.harness.call(...MAKE["set"]!("big", 1000));
    world.harness.call("EXPIRE", "big", "100");
    world.otherBytes = 1_000_000;
    world.limit.limitBytes = 1000;
    assert.equal(world.limit.free(), false);
    assert.equal(world.pendingCount, 0, "all that was evicted is free");
    assert.equal(world.keyCount, { noeviction: 11, "allkeys-lru": 0, "volatile-ttl": 10 }[policy]);
    world.otherBytes = 0;
    world.limit.limitBytes = 0;
    assert.ok(world.limit.free());
  }
});

test("at tenacity 100 there is no limit of time", () => {
  const world = new World("allkeys-lru");
  for (let i = 0; i < 20_000; i++) world.harness.call("SET", `${i}`, "x".repeat(100));
  world.limit.tenacity = 100;
  world.limit.limitBytes = world.limit.usedBytes / 10;
  assert.ok(world.limit.free());
  assert.equal(world.isToContinue, false);
  assert.ok(world.limit.usedBytes <= world.limit.limitBytes);
});

test("what is not counted evicts nothing", () => {
  const world = new World("allkeys-lru");
  for (let i = 0; i < 1000; i++) world.harness.call("SET", `${i}`, "x".repeat(100));
  world.limit.limitBytes = world.limit.usedBytes;
  world.otherBytes = 1_000_000;
  world.uncountedBytes = 1_000_000;
  assert.ok(world.limit.free());
  assert.equal(world.keyCount, 1000);
  world.uncountedBytes = 990_000;
  assert.ok(world.limit.free());
  world.goOn();
  assert.ok(world.keyCount < 1000 && world.keyCount > 800, `${world.keyCount} keys`);
});

/**
 * A key space of all types under a server's care, against one that is left alone: random commands run on both, while the first has keys expire
 * and be evicted, flushed databases and big values be freed in slices, and unused memory trimmed, in simulated time. The other is only told
 * what was evicted, and which fields have expired. Both must answer alike and hold the same; every count must be what a walk finds, and
 * every block have its owner.
 */
import assert from "node:assert/strict";
import { CommandHarness } from "../../test/support/command-harness.js";
import { fuzz, type SeededRandom } from "../../test/support/fuzzing.js";
import { SimulatedTime } from "../../test/support/simulated-time.js";
import { Argv } from "../bytes/argv.js";
import { commandGroups } from "../commands/all.js";
import type { Database } from "../keyspace/database.js";
import { Eviction, type EvictionPolicy } from "../keyspace/evict.js";
import { ExpireCycle } from "../keyspace/expire-cycle.js";
import { KeySizes } from "../keyspace/key-sizes.js";
import type { Clock } from "../platform/clock.js";
import type { Clients } from "./clients/client-registry.js";
import { Cron } from "./cron.js";
import { MemoryLimit } from "./memory-limit.js";
import { ServerStats } from "./observation/stats.js";
import { UnusedMemory } from "./unused-memory.js";

const DATABASES = 3;
const POLICIES: EvictionPolicy[] = [
  "noeviction",
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
];
/** Hashes have no more fields with an expiry than a command removes at once: so both key spaces lose them alike. */
const TIMED_FIELDS = 20;

class Round {
  readonly cared = new CommandHarness(...commandGroups);
  readonly alone = new CommandHarness(...commandGroups);
  readonly time = new SimulatedTime();
  readonly cron: Cron;
  readonly limit: MemoryLimit;
  readonly eviction: Eviction;
  readonly unused: UnusedMemory;
  readonly emptyBytes: number;
  readonly keys: string[];
  /** The database that commands work on. */
  index = 0;
  commands = 0;

  constructor(readonly random: SeededRandom) {
    const { keyspace } = this.cared;
    this.emptyBytes = this.cared.arena.allocatedBytes;
    this.time.nowMs = this.cared.nowMs;
    this.keys = Array.from({ length: random.pick([4, 30, 300]) }, (_, i) => `key:${i}`);
    for (const { keyspace: each } of [this.cared, this.alone]) {
      if (random.chance(0.3)) each.limits.hashMaxListpackEntries = 4;
    }
    const clock = this.#clock();
    const stats = new ServerStats();
    this.eviction = new Eviction(keyspace);
    this.limit = new MemoryLimit({
      keyspace,
      eviction: this.eviction,
      clock,
      stats,
      otherBytes: () => 0,
      uncountedBytes: () => 0,
      spent() {},
      continueSoon: () => void this.time.timers.soon(() => this.limit.free()),
    });
    this.unused = new UnusedMemory({
      garbageCollector: { begin() {}, collect() {} },
      unusedBytes: () => keyspace.unusedBytes,
      droppedBytes: () => keyspace.droppedBytes,
      trim: (least, moveLimit) => keyspace.trim(least, moveLimit),
    });
    this.cron = new Cron({
      clock,
      timers: this.time.timers,
      keyspace,
      expireCycle: new ExpireCycle(keyspace),
      keySizes: new KeySizes(keyspace),
      clients: { count: 0, connections: () => [] } as unknown as Clients,
      stats,
      usedMemory: () => this.limit.usedBytes,
      isExpiring: () => true,
      isPaused: () => false,
      expired() {},
      onTick: (nowMs) => this.unused.watch(nowMs, keyspace.lazyFree.isPending, this.commands),
    });
    this.#tellTheOther();
    this.cron.start();
  }

  /** Each look at the clock finds that some time has passed: slices end anywhere. */
  #clock(): Clock {
    const stepUs = this.random.pick([1, 100, 400]);
    let looks = 0;
    return { ...this.time.clock, monotonicUs: () => this.time.nowMs * 1000 + ++looks * stepUs };
  }

  /** The key space that is left alone loses what the other evicts, and the fields that expire there. */
  #tellTheOther(): void {
    const { alone } = this;
    this.cared.keyspace.listener = {
      touched() {},
      notify: (_class, event, db, argv, i) => {
        if (event === "hexpired") this.#onOther(db, () => alone.call("HLEN", argv.latin1(i)));
      },
      removed: (reason, db, argv, i) => {
        if (reason === "evicted") this.#onOther(db, () => alone.call("DEL", argv.latin1(i)));
      },
      fieldRemoved() {},
      flushing() {},
      swapping() {},
    };
  }

  #onOther(db: Database, action: () => void): void {
    const { context, keyspace } = this.alone;
    const before = context.db;
    context.db = keyspace.database(db.index);
    context.nowMs = this.cared.keyspace.nowMs;
    keyspace.setNow(context.nowMs);
    action();
    context.db = before;
  }

  run(): void {
    const steps = this.random.pick([200, 1500]);
    for (let step = 0; step < steps; step++) {
      this.step();
      if (step % 499 === 0) this.verify();
    }
    this.verify();
    this.compare();
    this.cared.call("FLUSHALL", "ASYNC");
    this.limit.limitBytes = 0;
    this.pass(60_000);
    assert.equal(this.cared.keyspace.lazyFree.isPending, false);
    this.cared.keyspace.trim(0, 0);
    assert.equal(this.cared.arena.allocatedBytes, this.emptyBytes);
  }

  step(): void {
    const { random } = this;
    const kind = random.below(1000);
    if (kind < 40) this.pass(random.pick([1, 10, 100, 1000, 5000]));
    else if (kind < 50) this.changeLimit();
    else if (kind < 53) this.both(random.pick(["FLUSHALL", "FLUSHDB"]), random.pick(["ASYNC", "SYNC"]));
    else if (kind < 58) this.both("SWAPDB", `${random.below(DATABASES)}`, `${random.below(DATABASES)}`);
    else if (kind < 100) this.select(random.below(DATABASES));
    else this.command();
  }

  pass(ms: number): void {
    this.time.passTo(this.time.nowMs + ms);
    for (const { context, keyspace } of [this.cared, this.alone]) {
      context.nowMs = Math.floor(this.time.nowMs);
      keyspace.setNow(context.nowMs);
    }
  }

  select(index: number): void {
    this.index = index;
    for (const { context, keyspace } of [this.cared, this.alone]) context.db = keyspace.database(index);
  }

  changeLimit(): void {
    const { random } = this;
    this.eviction.policy = random.pick(POLICIES);
    this.cared.keyspace.isLfu = this.eviction.policy.endsWith("lfu");
    this.limit.limitBytes = random.chance(0.3)
      ? 0
      : Math.max(1, this.limit.usedBytes * random.pick([0.3, 0.9, 1, 1.5]));
    this.limit.tenacity = random.pick([0, 10, 100]);
  }

  /** Runs a command on both; under a limit only if there is room, as a server does. */
  both(...words: string[]): void {
    this.commands++;
    if (!this.limit.free() && words[0] !== "DEL") return;
    const [mine, other] = [this.cared.call(...words), this.alone.call(...words)];
    assert.equal(mine, other, words.slice(0, 8).join(" "));
  }

  command(): void {
    const { random } = this;
    const key = random.pick(this.keys);
    const other = random.pick(this.keys);
    const many = (prefix: string, most: number): string[] => {
      const from = random.below(500);
      return Array.from({ length: 1 + random.below(random.pick([3, most])) }, (_, i) => `${prefix}${from + i}`);
    };
    const ttl = `${1 + random.below(20_000)}`;
    const id = `${Math.floor(this.time.nowMs)}`;
    switch (random.below(30)) {
      case 0:
        return this.both("SET", key, "v".repeat(random.pick([1, 50, 5000])));
      case 1:
        // Over and over, so that a nearer end is written in the place of a later one.
        for (let i = random.below(4); i >= 0; i--) this.both("SET", key, "v", "PX", `${1 + random.below(20_000)}`);
        return;
      case 2:
        return this.both("APPEND", key, "a".repeat(random.below(100)));
      case 3:
        return this.both("SETRANGE", key, `${random.below(20_000)}`, "s");
      case 4:
        return this.both("HSET", key, ...many("f", 300).flatMap((field) => [field, `v${id}`]));
      case 5:
      case 6:
        return this.expireFields(key, ttl);
      case 7:
        return this.both("HDEL", key, ...many("f", 100));
      case 8:
      case 9:
        return this.both("RPUSH", key, ...many("element".repeat(random.pick([1, 100])), 300));
      case 10:
        return this.both("LPOP", key, `${1 + random.below(100)}`);
      case 11:
        return this.both("LTRIM", key, `${random.below(20)}`, `${random.below(400) - 20}`);
      case 12:
      case 13:
        return this.both("SADD", key, ...many(random.pick(["", "m"]), 300));
      case 14:
        return this.both("SREM", key, ...many("m", 300));
      case 15:
      case 16:
        return this.both("ZADD", key, ...many("m", 300).flatMap((member) => [`${random.below(100)}`, member]));
      case 17:
        return this.both("ZPOPMIN", key, `${1 + random.below(100)}`);
      case 18:
        return this.both("ZREMRANGEBYRANK", key, `${random.below(20)}`, `${random.below(400) - 20}`);
      case 19:
      case 20:
        for (let i = random.below(200); i >= 0; i--) this.both("XADD", key, "*", "field", `value:${i}`);
        return;
      case 21:
        return this.both("XTRIM", key, "MAXLEN", `${random.below(100)}`);
      case 22:
        if (random.chance(0.3)) return this.both("XGROUP", "DESTROY", key, random.pick(["g", "h"]));
        return this.both("XGROUP", "CREATE", key, random.pick(["g", "h"]), "0");
      case 23:
        return this.both("XREADGROUP", "GROUP", "g", random.pick(["a", "b"]), "COUNT", "150", "STREAMS", key, ">");
      case 24:
        return this.both(random.pick(["DEL", "UNLINK"]), key, other);
      case 25:
        return this.both("RENAME", key, other);
      case 26:
        return this.both("COPY", key, other, "DB", `${random.below(DATABASES)}`, "REPLACE");
      case 27:
        return this.both("MOVE", key, `${random.below(DATABASES)}`);
      case 28:
        return this.both("PEXPIRE", key, ttl);
      default:
        return this.both("PERSIST", key);
    }
  }

  expireFields(key: string, ttl: string): void {
    const fields = Array.from({ length: 1 + this.random.below(TIMED_FIELDS) }, (_, i) => `t${i}`);
    this.both("HSET", key, ...fields.flatMap((field) => [field, "v"]));
    this.both("HPEXPIRE", key, ttl, "FIELDS", `${fields.length}`, ...fields);
  }

  /** Every count is what a walk finds, and every block has its owner. */
  verify(): void {
    const { arena, keyspace } = this.cared;
    for (const db of keyspace.used()) {
      let size = 0;
      let volatileCount = 0;
      let dueCount = 0;
      db.each((ref) => {
        size++;
        if (db.expireAt(ref) !== 0) volatileCount++;
        if (keyspace.dict.expireAtOf(ref) !== 0) dueCount++;
      });
      const counted = [db.size, db.volatileCount, db.dueCount];
      assert.deepEqual(counted, [size, volatileCount, dueCount], `database ${db.index}`);
      if (db.keys.root !== 0) assert.deepEqual(keyspace.dict.verify(db.keys.root), []);
    }
    assert.deepEqual(arena.verify(keyspace.liveBlocks()), []);
    if (!keyspace.lazyFree.isPending) assert.equal(keyspace.lazyFree.pendingCount, 0);
  }

  /** Both hold the same. */
  compare(): void {
    for (let index = 0; index < DATABASES; index++) {
      this.select(index);
      for (const key of this.keys) {
        const [mine, other] = [contentOf(this.cared, key), contentOf(this.alone, key)];
        assert.deepEqual(mine, other, `${key} in database ${index}`);
      }
    }
  }
}

/** What a key holds, and until when; the order of a hash and a set is their own. */
function contentOf(h: CommandHarness, key: string): string[] {
  const type = h.run(`TYPE ${key}`);
  // What has expired and nobody has met yet.
  if (type === "hash") h.call("HLEN", key);
  const read: Record<string, string[]> = {
    string: ["GET", key],
    hash: ["HGETALL", key],
    list: ["LRANGE", key, "0", "-1"],
    set: ["SMEMBERS", key],
    zset: ["ZRANGE", key, "0", "-1", "WITHSCORES"],
    stream: ["XINFO", "STREAM", key, "FULL", "COUNT", "0"],
  };
  const command = read[h.run(`TYPE ${key}`)];
  if (command === undefined) return [];
  const lines = h.call(...command).split("\r\n");
  return [type, `${h.context.db.expireAt(h.context.db.peek(Argv.from([key]), 0))}`, ...lines.sort()];
}

fuzz("cron", (random) => new Round(random).run());

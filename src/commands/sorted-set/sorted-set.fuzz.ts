/**
 * The commands on sorted sets against Maps from member to score: in both encodings, with limits that change, with allocations that
 * fail, with keys that are copied and removed and big values freed in slices.
 */
import assert from "node:assert/strict";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { fuzz, type SeededRandom } from "../../../test/support/fuzzing.js";
import { Reply } from "../../../test/support/reply-parser.js";
import { Argv } from "../../bytes/argv.js";
import { formatDouble } from "../../bytes/double.js";
import { OpenValue } from "../../keyspace/open-value.js";
import { OutOfMemory } from "../../memory/arena.js";
import { genericCommands } from "../generic/index.js";
import { setCommands } from "../set/index.js";
import { sortedSetCommands } from "./index.js";

type Scores = Map<string, number>;
type Pair = readonly [member: string, score: number];

const OPERATIONS = ["ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE"];
/** A set, which operations take too. */
const PLAIN = "plain";

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a, "latin1"), Buffer.from(b, "latin1"));
const inOrder = (scores: Scores): Pair[] =>
  [...scores].sort(([a, x], [b, y]) => (x === y ? byBytes(a, b) : x < y ? -1 : 1));
/** Small sets know no -0. */
const withoutSign = (scores: Iterable<Pair>): Pair[] => [...scores].map(([member, score]) => [member, score + 0]);

class Round {
  readonly harness = new CommandHarness(sortedSetCommands, setCommands, genericCommands);
  readonly models = new Map<string, Scores>();
  readonly keys: string[];
  readonly pool: string[];
  readonly scores: readonly number[];
  readonly slot = new OpenValue();
  failIn = 0;

  constructor(readonly random: SeededRandom) {
    const { arena, keyspace } = this.harness;
    const allocate = arena.allocate.bind(arena);
    arena.allocate = (size) => {
      if (this.failIn > 0 && --this.failIn === 0) throw new OutOfMemory();
      return allocate(size);
    };
    this.changeLimits();
    const count = random.pick([8, 40, 400, 3000]);
    this.keys = Array.from({ length: random.pick([2, 5]) }, (_, i) => `k${i}`);
    this.pool = Array.from({ length: count }, (_, i) =>
      random.chance(0.3) ? String(i * 7) : `m${i}`.padEnd(random.pick([2, 8, 20, 61, 62, 64, 65, 300]), "x"),
    );
    const sixteen = 1 + random.below(1000) * 2 ** -52;
    this.scores = random.pick<readonly number[]>([
      [0],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 1000, -1],
      [0.1, 0.2, 0.3, -0, 1e300, -1e300, 1 / 3, 5e-324, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      [sixteen, sixteen + 2 ** -52, 2 ** 53, 2 ** 60, 2 ** 62, 2 ** 63, -(2 ** 62), 1e15 + 0.125, 1.7e12, 1.7e12 + 1],
      [],
    ]);
    keyspace.notifyFlags = 0;
    for (const member of this.some(20)) this.call("SADD", PLAIN, member);
  }

  changeLimits(): void {
    const { limits } = this.harness.keyspace;
    limits.zsetMaxListpackEntries = this.random.pick([0, 4, 128, 1000]);
    limits.zsetMaxListpackValue = this.random.pick([1, 8, 64, 400]);
  }

  run(): void {
    const { arena, keyspace } = this.harness;
    for (let step = this.random.pick([200, 1000, 3000]); step > 0; step--) {
      this.step();
      if (step % 97 === 0) this.verify();
    }
    this.verify();
    keyspace.database(0).clear(true);
    while (keyspace.lazyFree.freeSome(1 + this.random.below(200))) if (this.random.chance(0.1)) this.verifyBlocks();
    assert.deepEqual(arena.verify([keyspace.indexTable]), []);
  }

  step(): void {
    const { random } = this;
    if (random.chance(0.01)) this.changeLimits();
    if (random.chance(0.1)) this.harness.keyspace.lazyFree.freeSome(1 + random.below(300));
    const key = random.pick(this.keys);
    const action = random.pick([this.add, this.add, this.add, this.increment, this.remove, this.pop, this.removeRange]);
    const other = random.pick([this.store, this.storeRange, this.look, this.range, this.range, this.sample, this.copy]);
    const change = random.chance(0.6) ? action : other;
    if (random.chance(0.15)) this.failIn = 1 + random.below(random.pick([3, 30]));
    const before = inOrder(this.model(key));
    try {
      change.call(this, key);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      this.failIn = 0;
      // ZADD keeps what it added before memory ran out; everything else is as before.
      const now = this.members(key);
      if (change === this.add) {
        for (const [member] of before) assert.ok(now.has(member), "a member was lost");
        if (now.size > 0) this.models.set(key, now);
      } else assert.deepEqual(withoutSign(now), withoutSign(before));
    } finally {
      this.failIn = 0;
    }
    for (const [name, model] of this.models) if (model.size === 0) this.models.delete(name);
    if (random.chance(0.1)) this.compare(key);
  }

  model(key: string): Scores {
    return this.models.get(key) ?? new Map();
  }

  call(...words: string[]): Reply {
    return new Reply(Buffer.from(this.harness.call(...words), "latin1"));
  }

  /** A reply of members and scores. */
  pairs(...words: string[]): Pair[] {
    const flat = this.call(...words).value as string[];
    return Array.from({ length: flat.length / 2 }, (_, i) => [flat[i * 2]!, numberOf(flat[i * 2 + 1]!)]);
  }

  members(key: string): Scores {
    return new Map(this.pairs("ZRANGE", key, "0", "-1", "WITHSCORES"));
  }

  some(most: number): string[] {
    return Array.from({ length: 1 + this.random.below(most) }, () => this.random.pick(this.pool));
  }

  score(): number {
    return this.scores.length > 0 ? this.random.pick(this.scores) : this.random.bits() / this.random.pick([1, 7, 1e9]);
  }

  add(key: string): void {
    const given = this.some(this.random.pick([1, 5, 200])).map((member) => [member, this.score()] as const);
    const condition = this.random.pick(["", "", "NX", "XX", "GT", "LT"]);
    const words = given.flatMap(([member, score]) => [formatDouble(score), member]);
    const model = new Map(this.model(key));
    const changed = this.call("ZADD", key, ...(condition === "" ? [] : [condition]), "CH", ...words).value;
    let expected = 0;
    for (const [member, score] of given) {
      const old = model.get(member);
      if (old === undefined ? condition === "XX" : condition === "NX" || old === score) continue;
      if (old !== undefined && (condition === "GT" ? score < old : condition === "LT" && score > old)) continue;
      model.set(member, score);
      expected++;
    }
    assert.equal(changed, expected);
    this.models.set(key, model);
  }

  increment(key: string): void {
    const member = this.random.pick(this.pool);
    const by = this.score();
    const model = new Map(this.model(key));
    const sum = (model.get(member) ?? 0) + by;
    const reply = this.call("ZINCRBY", key, formatDouble(by), member);
    if (Number.isNaN(sum)) return assert.ok(reply.isError);
    assert.equal(numberOf(reply.value as string) + 0, sum + 0);
    model.set(member, sum);
    this.models.set(key, model);
  }

  remove(key: string): void {
    const given = this.some(this.random.pick([1, 5, 60]));
    const model = this.model(key);
    const size = model.size;
    const removed = this.call("ZREM", key, ...given).value;
    for (const member of given) model.delete(member);
    assert.equal(removed, size - model.size);
  }

  pop(key: string): void {
    const model = this.model(key);
    const count = this.random.below(this.random.pick([3, 3, model.size + 3]));
    const isMax = this.random.chance(0.5);
    const popped = this.pairs(isMax ? "ZPOPMAX" : "ZPOPMIN", key, String(count));
    const ordered = inOrder(model);
    const expected = (isMax ? ordered.reverse() : ordered).slice(0, count);
    assert.deepEqual(withoutSign(popped), withoutSign(expected));
    for (const [member] of popped) model.delete(member);
  }

  removeRange(key: string): void {
    const model = this.model(key);
    const ordered = inOrder(model);
    const from = this.random.below(ordered.length + 1);
    const to = from + this.random.below(this.random.pick([3, 300, ordered.length + 1]));
    let gone = ordered.slice(from, to + 1);
    if (this.random.chance(0.5)) {
      assert.equal(this.call("ZREMRANGEBYRANK", key, String(from), String(to)).value, gone.length);
    } else {
      const [min, max] = [this.score(), this.score()];
      gone = ordered.filter(([, score]) => score > min && score <= max);
      const removed = this.call("ZREMRANGEBYSCORE", key, `(${formatDouble(min)}`, formatDouble(max)).value;
      assert.equal(removed, gone.length);
    }
    for (const [member] of gone) model.delete(member);
  }

  store(key: string): void {
    const names = Array.from({ length: 1 + this.random.below(4) }, () => this.random.pick([...this.keys, PLAIN]));
    const command = this.random.pick(OPERATIONS);
    const result = this.operation(command, names);
    assert.equal(this.call(command, key, String(names.length), ...names, ...this.joining(command)).value, result.size);
    this.models.set(key, result);
  }

  joining = (command: string): string[] => (command === "ZDIFFSTORE" ? [] : ["AGGREGATE", "MAX"]);

  operation(command: string, names: string[]): Scores {
    const [first, ...others] = names.map((name) => (name === PLAIN ? this.plain() : this.model(name))) as [Scores];
    const joined: Scores = new Map();
    for (const set of [first, ...others] as Scores[]) {
      for (const [member, score] of set) joined.set(member, Math.max(score, joined.get(member) ?? score));
    }
    if (command === "ZUNIONSTORE") return joined;
    const isIntersection = command === "ZINTERSTORE";
    const kept = [...first].filter(([member]) =>
      (others as Scores[]).every((set) => set.has(member) === isIntersection),
    );
    return new Map(kept.map(([member, score]) => [member, isIntersection ? joined.get(member)! : score]));
  }

  plain(): Scores {
    const failIn = this.failIn;
    this.failIn = 0;
    const members = this.call("SMEMBERS", PLAIN).value as string[];
    this.failIn = failIn;
    return new Map(members.map((member) => [member, 1]));
  }

  storeRange(key: string): void {
    const from = this.random.pick(this.keys);
    const [start, stop] = [this.random.below(20), this.random.below(300)];
    const result = inOrder(this.model(from)).slice(start, stop + 1);
    assert.equal(this.call("ZRANGESTORE", key, from, String(start), String(stop)).value, result.length);
    this.models.set(key, new Map(result));
  }

  look(key: string): void {
    const model = this.model(key);
    const ordered = inOrder(model);
    assert.equal(this.call("ZCARD", key).value, model.size);
    for (const member of this.some(4)) {
      const score = this.call("ZSCORE", key, member).value as string | null;
      const rank = this.call("ZRANK", key, member).value;
      const at = ordered.findIndex(([name]) => name === member);
      assert.equal(score === null ? undefined : numberOf(score) + 0, at < 0 ? undefined : ordered[at]![1] + 0);
      assert.equal(rank, at < 0 ? null : at);
    }
  }

  range(key: string): void {
    const ordered = inOrder(this.model(key));
    const [min, max] = [this.score(), this.score()];
    const inside = ordered.filter(([, score]) => score >= min && score < max);
    const bounds = [formatDouble(min), `(${formatDouble(max)}`] as const;
    assert.equal(this.call("ZCOUNT", key, ...bounds).value, inside.length);
    const [skip, limit] = [this.random.below(5), this.random.below(20)];
    const options = ["LIMIT", String(skip), String(limit), "WITHSCORES"];
    const found = this.pairs("ZRANGEBYSCORE", key, ...bounds, ...options);
    assert.deepEqual(withoutSign(found), withoutSign(inside.slice(skip, skip + limit)));
    const reversed = this.pairs("ZREVRANGEBYSCORE", key, bounds[1], bounds[0], ...options);
    assert.deepEqual(withoutSign(reversed), withoutSign(inside.reverse().slice(skip, skip + limit)));
    if (this.scores.length === 1) this.rangeByMember(key, ordered);
  }

  rangeByMember(key: string, ordered: Pair[]): void {
    if (ordered.some(([, score]) => score !== ordered[0]![1])) return;
    const [min, max] = this.some(1).concat(this.some(1)) as [string, string];
    const inside = ordered.map(([member]) => member).filter((m) => byBytes(m, min) > 0 && byBytes(m, max) <= 0);
    assert.deepEqual(this.call("ZRANGEBYLEX", key, `(${min}`, `[${max}`).value, inside);
    assert.deepEqual(this.call("ZREVRANGEBYLEX", key, `[${max}`, `(${min}`).value, [...inside].reverse());
    assert.equal(this.call("ZLEXCOUNT", key, `(${min}`, `[${max}`).value, inside.length);
  }

  sample(key: string): void {
    const model = this.model(key);
    const count = this.random.below(this.random.pick([4, model.size + 3]));
    const chosen = this.call("ZRANDMEMBER", key, String(count)).value as string[];
    assert.equal(chosen.length, Math.min(count, model.size));
    assert.equal(new Set(chosen).size, chosen.length);
    const repeated = this.call("ZRANDMEMBER", key, String(-count)).value as string[];
    assert.equal(repeated.length, model.size === 0 ? 0 : count);
    for (const member of [...chosen, ...repeated]) assert.ok(model.has(member), "a stranger");
  }

  copy(key: string): void {
    const to = this.random.pick(this.keys);
    if (to === key) return;
    const copied = this.call("COPY", key, to, "REPLACE").value;
    assert.equal(copied, this.model(key).size > 0 ? 1 : 0);
    if (copied === 1) this.models.set(to, new Map(this.model(key)));
  }

  compare(key: string): void {
    const expected = withoutSign(inOrder(this.model(key)));
    assert.deepEqual(withoutSign(this.members(key)), expected);
    const scanned: Scores = new Map();
    let cursor = "0";
    do {
      const count = String(1 + this.random.below(50));
      const [next, flat] = this.call("ZSCAN", key, cursor, "COUNT", count).value as [string, string[]];
      cursor = next;
      for (let i = 0; i < flat.length; i += 2) scanned.set(flat[i]!, numberOf(flat[i + 1]!));
    } while (cursor !== "0");
    assert.deepEqual(withoutSign(inOrder(scanned)), expected);
  }

  verify(): void {
    const { keyspace } = this.harness;
    const db = keyspace.database(0);
    for (const key of this.keys) {
      this.compare(key);
      const argv = Argv.from([key]);
      const ref = db.peek(argv, 0);
      if (ref === 0) continue;
      db.edit(argv, 0, ref, this.slot);
      assert.deepEqual(keyspace.types.sortedSets.verify(this.slot), []);
    }
    assert.equal(keyspace.size, this.models.size + 1);
    this.verifyBlocks();
  }

  verifyBlocks(): void {
    const { arena, keyspace } = this.harness;
    assert.deepEqual(arena.verify(keyspace.liveBlocks()), []);
  }
}

function numberOf(text: string): number {
  return text.endsWith("inf") ? (text === "inf" ? 1 : -1) * Number.POSITIVE_INFINITY : Number(text);
}

fuzz("sorted-set commands", (random) => new Round(random).run());

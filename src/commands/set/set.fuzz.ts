/**
 * The commands on sets against Sets of strings: in all encodings, with limits that change, with allocations that fail, with keys
 * that are copied and removed and big values freed in slices.
 */
import assert from "node:assert/strict";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { fuzz, type SeededRandom } from "../../../test/support/fuzzing.js";
import { Reply } from "../../../test/support/reply-parser.js";
import { OutOfMemory } from "../../memory/arena.js";
import { genericCommands } from "../generic/index.js";
import { setCommands } from "./index.js";

type Members = Set<string>;

const STORES = ["SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"];

class Round {
  readonly harness = new CommandHarness(setCommands, genericCommands);
  readonly models = new Map<string, Members>();
  readonly keys: string[];
  readonly pool: string[];
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
    this.keys = Array.from({ length: random.pick([2, 5, 9]) }, (_, i) => `k${i}`);
    const integers = random.pick([0, 0.5, 1, 1]);
    this.pool = Array.from({ length: count }, (_, i) =>
      random.chance(integers)
        ? String(i * random.pick([1, 1, -1, 40_000, 3_000_000_000]))
        : `m${i}`.padEnd(random.pick([2, 8, 20, 61, 62, 64, 65, 300]), "x"),
    );
    keyspace.notifyFlags = 0;
  }

  changeLimits(): void {
    const { limits } = this.harness.keyspace;
    limits.setMaxIntsetEntries = this.random.pick([0, 4, 64, 512]);
    limits.setMaxListpackEntries = this.random.pick([0, 4, 128, 1000]);
    limits.setMaxListpackValue = this.random.pick([1, 8, 64, 400]);
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
    const action = random.pick([this.add, this.add, this.add, this.remove, this.move, this.pop, this.popMany]);
    const other = random.pick([this.store, this.store, this.reply, this.look, this.look, this.copy]);
    const change = random.chance(0.6) ? action : other;
    if (random.chance(0.15)) this.failIn = 1 + random.below(random.pick([3, 30]));
    const before = new Set(this.model(key));
    try {
      change.call(this, key);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      // SADD keeps what it added before memory ran out; everything else is as before.
      const now = this.members(key);
      if (change === this.add) {
        for (const member of before) assert.ok(now.has(member), "a member was lost");
        if (now.size > 0) this.models.set(key, now);
      } else assert.deepEqual(now, before);
    } finally {
      this.failIn = 0;
    }
    for (const [name, model] of this.models) if (model.size === 0) this.models.delete(name);
    if (random.chance(0.1)) this.compare(key);
  }

  model(key: string): Members {
    return this.models.get(key) ?? new Set();
  }

  call(...words: string[]): Reply {
    return new Reply(Buffer.from(this.harness.call(...words), "latin1"));
  }

  strings(...words: string[]): string[] {
    return this.call(...words).value as string[];
  }

  /** What the key holds, looked up without failing. */
  members(key: string): Members {
    this.failIn = 0;
    return new Set(this.strings("SMEMBERS", key));
  }

  some(most: number): string[] {
    return Array.from({ length: 1 + this.random.below(most) }, () => this.random.pick(this.pool));
  }

  add(key: string): void {
    const given = this.some(this.random.pick([1, 5, 200]));
    const model = new Set(this.model(key));
    const size = model.size;
    const added = this.call("SADD", key, ...given).value;
    for (const member of given) model.add(member);
    assert.equal(added, model.size - size);
    this.models.set(key, model);
  }

  remove(key: string): void {
    const given = this.some(this.random.pick([1, 5, 60]));
    const model = this.model(key);
    const size = model.size;
    const removed = this.call("SREM", key, ...given).value;
    for (const member of given) model.delete(member);
    assert.equal(removed, size - model.size);
  }

  move(key: string): void {
    const to = this.random.pick(this.keys);
    const member = this.random.pick(this.pool);
    const moved = this.call("SMOVE", key, to, member).value;
    assert.equal(moved, this.model(key).has(member) ? 1 : 0);
    if (moved === 0 || to === key) return;
    this.model(key).delete(member);
    this.models.set(to, new Set([...this.model(to), member]));
  }

  pop(key: string): void {
    const popped = this.call("SPOP", key).value as string | null;
    if (popped === null) assert.equal(this.model(key).size, 0);
    else assert.ok(this.model(key).delete(popped), "popped a stranger");
  }

  popMany(key: string): void {
    const model = this.model(key);
    const count = this.random.below(this.random.pick([3, model.size + 3]));
    const popped = this.strings("SPOP", key, String(count));
    assert.equal(popped.length, Math.min(count, model.size));
    for (const member of popped) assert.ok(model.delete(member), "popped a stranger, or twice");
  }

  store(key: string): void {
    const names = this.names();
    const command = this.random.pick(STORES);
    const result = this.operation(command, names);
    assert.equal(this.call(command, key, ...names).value, result.size);
    this.models.set(key, result);
  }

  reply(): void {
    const names = this.names();
    const command = this.random.pick(STORES).slice(0, -5);
    const members = this.strings(command, ...names);
    const result = this.operation(command, names);
    assert.equal(members.length, result.size);
    assert.deepEqual(new Set(members), result);
    if (command !== "SINTER") return;
    const limit = this.random.below(6);
    const count = this.call("SINTERCARD", String(names.length), ...names, "LIMIT", String(limit)).value;
    assert.equal(count, limit === 0 ? result.size : Math.min(limit, result.size));
  }

  names(): string[] {
    return Array.from({ length: 1 + this.random.below(this.random.pick([3, 8])) }, () => this.random.pick(this.keys));
  }

  operation(command: string, names: string[]): Members {
    const [first, ...others] = names.map((name) => this.model(name)) as [Members, ...Members[]];
    if (command.startsWith("SUNION")) return new Set([first, ...others].flatMap((set) => [...set]));
    const isIntersection = command.startsWith("SINTER");
    return new Set([...first].filter((m) => others.every((set) => set.has(m) === isIntersection)));
  }

  look(key: string): void {
    const model = this.model(key);
    const given = this.some(6);
    const found = this.call("SMISMEMBER", key, ...given).value;
    assert.deepEqual(
      found,
      given.map((member) => (model.has(member) ? 1 : 0)),
    );
    assert.equal(this.call("SCARD", key).value, model.size);
    const count = this.random.below(this.random.pick([4, model.size + 3]));
    const chosen = this.strings("SRANDMEMBER", key, String(count));
    assert.equal(chosen.length, Math.min(count, model.size));
    assert.equal(new Set(chosen).size, chosen.length);
    const repeated = this.strings("SRANDMEMBER", key, String(-count));
    assert.equal(repeated.length, model.size === 0 ? 0 : count);
    for (const member of [...chosen, ...repeated]) assert.ok(model.has(member), "a stranger");
  }

  copy(key: string): void {
    const to = this.random.pick(this.keys);
    if (to === key) return;
    if (this.random.chance(0.3)) {
      this.call("DEL", to);
      this.models.delete(to);
    }
    const copied = this.call("COPY", key, to, "REPLACE").value;
    assert.equal(copied, this.model(key).size > 0 ? 1 : 0);
    if (copied === 1) this.models.set(to, new Set(this.model(key)));
  }

  compare(key: string): void {
    const model = this.model(key);
    assert.deepEqual(this.members(key), model);
    const scanned: string[] = [];
    let cursor = "0";
    do {
      const [next, members] = this.call("SSCAN", key, cursor, "COUNT", String(1 + this.random.below(50))).value as [
        string,
        string[],
      ];
      cursor = next;
      scanned.push(...members);
    } while (cursor !== "0");
    assert.equal(scanned.length, model.size);
    assert.deepEqual(new Set(scanned), model);
  }

  verify(): void {
    for (const key of this.keys) this.compare(key);
    assert.equal(this.harness.keyspace.size, this.models.size);
    this.verifyBlocks();
  }

  verifyBlocks(): void {
    const { arena, keyspace } = this.harness;
    assert.deepEqual(arena.verify(keyspace.liveBlocks()), []);
  }
}

fuzz("set commands", (random) => new Round(random).run());

import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { OutOfMemory } from "../../memory/arena.js";
import { genericCommands } from "../generic/index.js";
import { stringCommands } from "../string/index.js";
import { setCommands } from "./index.js";

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

function harness(): CommandHarness {
  return new CommandHarness(setCommands, genericCommands, stringCommands);
}

/** Events of a command, without "new". */
function eventsOf(h: CommandHarness, line: string): string[] {
  h.takeEvents();
  h.run(line);
  return h.takeEvents().filter((event) => !/^(new|keymiss) /.test(event));
}

/** `count` words, "m0" to "m9", "m10" … */
const words = (count: number, prefix = "m"): string => Array.from({ length: count }, (_, i) => prefix + i).join(" ");

/** The bulk strings of a reply, sorted. */
const bulks = (reply: string): string[] => [...reply.matchAll(/\$\d+ (\S*)/g)].map((match) => match[1]!).sort();

test("each effect is one event, and a set without members is gone", () => {
  const h = harness();
  assert.deepEqual(eventsOf(h, "SADD s a b c"), ["sadd s"]);
  assert.deepEqual(eventsOf(h, "SADD s a"), []);
  assert.deepEqual(eventsOf(h, "SREM s a x"), ["srem s"]);
  assert.deepEqual(eventsOf(h, "SREM s x"), []);
  assert.deepEqual(eventsOf(h, "SMOVE s t b"), ["srem s", "sadd t"]);
  assert.deepEqual(eventsOf(h, "SMOVE s t c"), ["srem s", "del s", "sadd t"]);
  assert.deepEqual(eventsOf(h, "SMOVE t t c"), []);
  h.run("SADD u c");
  assert.deepEqual(eventsOf(h, "SMOVE u t c"), ["srem u", "del u"]);
  assert.deepEqual(eventsOf(h, "SUNIONSTORE d t"), ["sunionstore d"]);
  assert.deepEqual(eventsOf(h, "SDIFFSTORE d t t"), ["del d"]);
  assert.deepEqual(eventsOf(h, "SINTERSTORE d t none"), []);
  assert.deepEqual(eventsOf(h, "SINTERSTORE d t t"), ["sinterstore d"]);
  assert.deepEqual(eventsOf(h, "SPOP t"), ["spop t"]);
  assert.deepEqual(eventsOf(h, "SPOP t"), ["spop t", "del t"]);
  assert.deepEqual(eventsOf(h, "SPOP d 0"), []);
  assert.deepEqual(eventsOf(h, "SPOP d 5"), ["spop d", "del d"]);
  assert.equal(h.run("EXISTS s t u d"), "0");
});

test("changes are counted as Redis counts them", () => {
  const h = harness();
  const dirtyOf = (line: string): number => {
    const before = h.keyspace.dirty;
    h.run(line);
    return h.keyspace.dirty - before;
  };
  assert.equal(dirtyOf("SADD s a b c a"), 3);
  assert.equal(dirtyOf("SREM s a b x"), 2);
  assert.equal(dirtyOf("SMOVE s t c"), 2);
  h.run(`SADD s ${words(20)}`);
  assert.equal(dirtyOf("SPOP s 7"), 7);
  assert.equal(dirtyOf("SPOP s 100"), 13);
});

test("the first members, and how many are given at once, decide the encoding", () => {
  const h = harness();
  const { limits } = h.keyspace;
  limits.setMaxIntsetEntries = 4;
  limits.setMaxListpackEntries = 8;
  const encodings: Record<string, string> = {
    "1 2 3 4": "intset",
    "1 2 3 4 5": "listpack",
    "1 1 1 1 1": "listpack",
    "1 2 3 4 5 6 7 8 9": "hashtable",
    "1 2 a": "listpack",
    "a 1 2": "listpack",
    [words(8)]: "listpack",
    [words(9)]: "hashtable",
    ["x".repeat(65)]: "hashtable",
  };
  for (const [members, encoding] of Object.entries(encodings)) {
    h.run("DEL s");
    h.run(`SADD s ${members}`);
    assert.equal(h.encoding("s"), encoding, members);
  }
  h.run("DEL s");
  h.run("SADD s 1 2");
  h.run("SADD s 1 1 1 1 1");
  assert.equal(h.encoding("s"), "hashtable", "more given than an intset may hold");
});

test("results of the STORE forms have the encoding that Redis gives them", () => {
  const h = harness();
  h.run("SADD ints 1 2 3");
  h.run("SADD text 1 2 a");
  h.run(`SADD big 1 2 3 ${words(200)}`);
  h.run(`SADD more 1 2 3 ${words(150)}`);
  const stored = (line: string): string => {
    h.run(line);
    return h.encoding("d");
  };
  assert.equal(stored("SINTERSTORE d ints text"), "intset");
  assert.equal(stored("SINTERSTORE d text big"), "intset", "only integers are left of a listpack");
  assert.equal(stored("SINTERSTORE d text text"), "listpack");
  assert.equal(stored("SINTERSTORE d big more"), "hashtable");
  h.run("SADD half 1 m1");
  assert.equal(stored("SINTERSTORE d big half"), "listpack");
  assert.equal(stored("SUNIONSTORE d ints ints"), "intset");
  assert.equal(stored("SUNIONSTORE d ints text"), "listpack");
  assert.equal(stored("SUNIONSTORE d ints big"), "hashtable");
  assert.equal(stored("SDIFFSTORE d text ints"), "listpack");
  assert.equal(stored("SDIFFSTORE d big more"), "listpack");
});

test("intersections, unions and differences of any number of sets", () => {
  const h = harness();
  h.run("SADD a 1 2 3 x");
  h.run("SADD b 2 3 x y");
  h.run("SADD c 3 z");
  assert.deepEqual(bulks(h.run("SINTER a b")), ["2", "3", "x"]);
  assert.deepEqual(bulks(h.run("SINTER a b c")), ["3"]);
  assert.equal(h.run("SINTER a none b"), "*0");
  assert.deepEqual(bulks(h.run("SUNION a b c none")), ["1", "2", "3", "x", "y", "z"]);
  assert.deepEqual(bulks(h.run("SUNION a b c a b c")), ["1", "2", "3", "x", "y", "z"], "built, not pulled");
  assert.deepEqual(bulks(h.run("SDIFF a b c")), ["1"]);
  assert.equal(h.run("SDIFF a b a"), "*0");
  assert.equal(h.run("SDIFF none a"), "*0");
  h.run(`SADD big ${words(300)}`);
  for (let i = 0; i < 9; i++) h.run(`SADD small${i} m${i}`);
  const rest = bulks(h.run(`SDIFF big ${words(9, "small")}`));
  assert.equal(rest.length, 291);
  assert.equal(h.run("SINTERCARD 2 a b"), "3");
  assert.equal(h.run("SINTERCARD 2 a b LIMIT 2"), "2");
  assert.deepEqual(h.arena.verify(h.keyspace.liveBlocks()), []);
});

test("SPOP of most members of a big set leaves a small one, with its expiry", () => {
  const h = harness();
  const members = words(1000).split(" ");
  for (const left of [2, 128, 129, 200]) {
    h.run(`SADD s ${members.join(" ")}`);
    h.run("PEXPIREAT s 9000000000000");
    const popped = bulks(h.run(`SPOP s ${1000 - left}`));
    const rest = bulks(h.run("SMEMBERS s"));
    assert.deepEqual([...popped, ...rest].sort(), [...members].sort());
    const isMadeAnew = left * 5 <= 1000 - left;
    assert.equal(h.encoding("s"), isMadeAnew && left <= 128 ? "listpack" : "hashtable", `${left} left`);
    assert.equal(h.expireAt("s"), 9000000000000);
    h.run("DEL s");
  }
  while (h.keyspace.lazyFree.freeSome(1000)) {}
  assert.deepEqual(h.arena.verify(h.keyspace.liveBlocks()), []);
});

test("SRANDMEMBER takes no member twice unless the count is negative", () => {
  const h = harness();
  for (const size of [20, 1000]) {
    h.run(`SADD s ${words(size)}`);
    for (const count of [1, 5, size - 1, size, size + 1]) {
      const members = bulks(h.run(`SRANDMEMBER s ${count}`));
      assert.equal(members.length, Math.min(count, size));
      assert.equal(new Set(members).size, members.length);
      assert.equal(bulks(h.run(`SRANDMEMBER s -${count}`)).length, count);
    }
  }
  assert.equal(h.run("SRANDMEMBER none"), "$-1");
  assert.equal(h.run("SRANDMEMBER none 3"), "*0");
  assert.equal(h.run("SRANDMEMBER none 3 4"), "ERR syntax error");
  assert.match(h.run("SRANDMEMBER s -9223372036854775808"), /value must between -9223372036854775807 and/);
});

test("SSCAN sees every member that stays, however much the set changes meanwhile", () => {
  const h = harness();
  h.run(`SADD s ${words(400, "stays")}`);
  const seen = new Map<string, number>();
  let cursor = "0";
  for (let round = 0; ; round++) {
    const reply = h.run(`SSCAN s ${cursor} COUNT 7`);
    for (const member of bulks(reply.replace(/^\*2 \$\d+ \d+/, ""))) seen.set(member, (seen.get(member) ?? 0) + 1);
    cursor = /^\*2 \$\d+ (\d+)/.exec(reply)![1]!;
    if (cursor === "0") break;
    if (round < 20) h.run(`SADD s ${words(100, `new${round}:`)}`);
    else if (round < 40) h.run(`SREM s ${words(100, `new${round - 20}:`)}`);
  }
  for (const member of words(400, "stays").split(" ")) assert.equal(seen.get(member), 1, member);
});

test("a key that holds something else is refused, before anything is done", () => {
  const h = harness();
  h.run("SET string x");
  h.run("SADD s a");
  for (const line of [
    "SADD string a",
    "SREM string a",
    "SISMEMBER string a",
    "SMISMEMBER string a",
    "SCARD string",
    "SMEMBERS string",
    "SPOP string",
    "SPOP string 1",
    "SRANDMEMBER string",
    "SRANDMEMBER string 1",
    "SMOVE s string a",
    "SMOVE string s a",
    "SINTER none string",
    "SINTERCARD 2 none string",
    "SINTERSTORE s none string",
    "SUNION s string",
    "SUNIONSTORE s s string",
    "SDIFF s string",
    "SDIFFSTORE s none string",
    "SSCAN string 0",
  ]) {
    assert.equal(h.run(line), WRONG_TYPE, line);
  }
  assert.equal(h.run("SMOVE none string a"), "0");
  assert.deepEqual(bulks(h.run("SMEMBERS s")), ["a"]);
  assert.equal(h.run("SUNIONSTORE string s"), "1", "a destination is replaced whatever it held");
});

test("a temporary set is freed when memory runs out while it is built", () => {
  const h = harness();
  for (let i = 0; i < 6; i++) h.run(`SADD s${i} ${words(300, `${i}:`)}`);
  const before = h.arena.blockCount;
  const allocate = h.arena.allocate;
  for (const line of [`SUNION ${words(6, "s")}`, `SUNIONSTORE d ${words(6, "s")}`]) {
    for (const allowed of [0, 1, 5, 100, 900]) {
      let left = allowed;
      h.arena.allocate = (size) => {
        if (left-- === 0) throw new OutOfMemory();
        return allocate.call(h.arena, size);
      };
      assert.throws(() => h.run(line), OutOfMemory);
      h.arena.allocate = allocate;
      while (h.keyspace.lazyFree.freeSome(1000)) {}
      assert.equal(h.arena.blockCount, before);
    }
  }
  assert.equal(bulks(h.run(`SUNION ${words(6, "s")}`)).length, 1800);
  while (h.keyspace.lazyFree.freeSome(1000)) {}
  assert.equal(h.arena.blockCount, before);
});

test("a set that SPOP would make anew stays small when there is no memory for another", () => {
  const h = harness();
  for (const [limits, members] of [
    [{ setMaxIntsetEntries: 512 }, Array.from({ length: 300 }, (_, i) => i).join(" ")],
    [{ setMaxListpackEntries: 512 }, words(300, "m")],
  ] as const) {
    Object.assign(h.keyspace.limits, limits);
    h.run(`SADD s ${members}`);
    Object.assign(h.keyspace.limits, { setMaxIntsetEntries: 4, setMaxListpackEntries: 4 });
    const { allocate } = h.arena;
    h.arena.allocate = () => {
      throw new OutOfMemory();
    };
    const popped = bulks(h.run("SPOP s 290"));
    h.arena.allocate = allocate;
    assert.equal(popped.length, 290);
    assert.equal(h.run("SCARD s"), "10");
    assert.deepEqual(h.arena.verify(h.keyspace.liveBlocks()), []);
    h.run("DEL s");
  }
});

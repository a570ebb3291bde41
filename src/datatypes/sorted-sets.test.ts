import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../test/support/command-harness.js";
import { Argv } from "../bytes/argv.js";
import { Region } from "../bytes/region.js";
import { genericCommands } from "../commands/generic/index.js";
import { setCommands } from "../commands/set/index.js";
import { sortedSetCommands } from "../commands/sorted-set/index.js";
import { OutOfMemory } from "../memory/arena.js";
import { compareScoreText } from "./score-text.js";

function server(): CommandHarness {
  return new CommandHarness(sortedSetCommands, setCommands, genericCommands);
}

/** Opens the value of a key in the keyspace's slot. */
function open({ context, keyspace }: CommandHarness, key: string) {
  const argv = Argv.from([key]);
  context.db.edit(argv, 0, context.db.peek(argv, 0), keyspace.slot);
  return keyspace.slot;
}

/** Every block of the arena has its owner, and the sorted set is in order. */
function verify(h: CommandHarness, key: string): void {
  const { arena, keyspace } = h;
  assert.deepEqual(arena.verify(keyspace.liveBlocks()), []);
  assert.deepEqual(keyspace.types.sortedSets.verify(open(h, key)), []);
}

function fill(h: CommandHarness, key: string, count: number): void {
  for (let i = 0; i < count; i += 500) {
    const pairs = Array.from({ length: Math.min(500, count - i) }, (_, k) => [`${(i + k) * 1.5}`, `member:${i + k}`]);
    h.call("ZADD", key, ...pairs.flat());
  }
}

test("a small sorted set is the run of a listpack as redis-server dumps it", () => {
  const h = server();
  h.run("ZADD z 1 a 2.5 bb -3 100 4611686018427387904 big inf last");
  const slot = open(h, "z");
  const { segment, offset, length } = slot;
  const dumped =
    "\x00d\x01\xdf\xfd\x02\x81a\x02\x01\x01\x82bb\x03\x832.5\x04\x83big\x04\xf4\x00\x00\x00\x00\x00\x00\x00@\t\x84last\x05\x83inf\x04";
  assert.equal(segment.dv.getUint16(offset, true), 10);
  assert.equal(
    Buffer.from(segment.u8.subarray(offset + 2, offset + length)).toString("latin1"),
    // 100 takes one byte as an integer; the first byte belongs to the frame.
    dumped.slice(1),
  );
});

test("a sorted set is a skiplist with a member too many or too long, and stays one", () => {
  const h = server();
  fill(h, "z", 128);
  assert.equal(h.encoding("z"), "listpack");
  h.run("ZADD z 5 one-more");
  assert.equal(h.encoding("z"), "skiplist");
  h.run("ZREM z one-more");
  assert.equal(h.encoding("z"), "skiplist");
  h.call("ZADD", "long", "1", "x".repeat(64));
  assert.equal(h.encoding("long"), "listpack");
  h.call("ZADD", "long", "1", "x".repeat(65));
  assert.equal(h.encoding("long"), "skiplist");
  verify(h, "z");
  verify(h, "long");
});

test("a sorted set made anew is a listpack again when it fits", () => {
  const h = server();
  fill(h, "z", 200);
  assert.equal(h.run("ZUNIONSTORE u 1 z"), "200");
  assert.equal(h.encoding("u"), "skiplist");
  h.run("ZREMRANGEBYRANK z 100 -1");
  assert.equal(h.run("ZUNIONSTORE u 1 z"), "100");
  assert.equal(h.encoding("u"), "listpack");
  assert.equal(h.run("ZRANGESTORE r z 10 19"), "10");
  assert.equal(h.encoding("r"), "listpack");
  verify(h, "u");
});

test("a member of 12 bytes in a big sorted set takes no more than 44 bytes on average, in whatever order they come", () => {
  for (const step of [1, 7919]) {
    const h = server();
    const each: number[] = [];
    for (let i = 0; i < 60_000; i++) {
      h.call("ZADD", "z", String((i * step) % 60_013), `m:${String(i).padStart(10, "0")}`);
      // The dict's share depends on the number, and is the same at twice as many.
      if (i < 30_000 || i % 2000 !== 0) continue;
      each.push(h.context.db.memoryBytes(h.context.db.peek(Argv.from(["z"]), 0), 0) / i);
    }
    const mean = each.reduce((sum, bytes) => sum + bytes) / each.length;
    assert.ok(mean <= 44, `${mean} bytes with steps of ${step}: ${each.map(Math.round)}`);
    verify(h, "z");
  }
});

test("small sorted sets know no -0, big ones do", () => {
  const h = server();
  h.run("ZADD z -0 a");
  assert.equal(h.run("ZSCORE z a"), "0");
  h.keyspace.limits.zsetMaxListpackEntries = 0;
  h.run("ZADD z -0 b");
  assert.equal(h.run("ZSCORE z b"), "-0");
  assert.equal(h.run("ZRANGE z 0 -1"), "*2 $1 a $1 b");
});

test("when any allocation of a command fails, nothing leaks and what was there is there", () => {
  const h = server();
  fill(h, "big", 300);
  fill(h, "small", 128);
  h.run("SADD s member:1 member:2 x");
  const { arena } = h;
  const allocate = arena.allocate.bind(arena);
  for (const line of [
    "ZUNIONSTORE to 3 big small s",
    "ZINTERSTORE to 2 big small",
    "ZDIFFSTORE to 2 big s",
    "ZRANGESTORE to big 0 -1",
    "ZRANGESTORE to big 0 9",
    "ZUNION 2 small s",
    "COPY big to",
    "ZADD small 1 one-more",
    "ZADD new 1 a 2 b 3 c",
  ]) {
    const before = h.run("ZRANGE big 0 -1 WITHSCORES");
    for (let n = 1; ; n++) {
      let left = n;
      arena.allocate = (size) => {
        if (--left === 0) throw new OutOfMemory();
        return allocate(size);
      };
      try {
        h.run(line);
        break;
      } catch (error) {
        assert.ok(error instanceof OutOfMemory);
        while (h.keyspace.lazyFree.freeSome(1000));
        verify(h, "big");
        verify(h, "small");
        assert.equal(h.run("EXISTS to"), "0", line);
      } finally {
        arena.allocate = allocate;
      }
    }
    assert.equal(h.run("ZRANGE big 0 -1 WITHSCORES"), before);
    h.run("DEL to new");
    while (h.keyspace.lazyFree.freeSome(1000));
  }
  verify(h, "big");
});

test("a big sorted set stays whole when allocations fail as it grows", () => {
  const h = server();
  fill(h, "z", 200);
  const { arena } = h;
  const allocate = arena.allocate.bind(arena);
  for (let i = 0; i < 2000; i++) {
    for (let n = 1, isAdded = false; !isAdded; n++) {
      let left = n;
      arena.allocate = (size) => {
        if (--left === 0) throw new OutOfMemory();
        return allocate(size);
      };
      try {
        h.run(`ZADD z ${(i * 7919) % 2003} grown:${i}`);
        isAdded = true;
      } catch (error) {
        assert.ok(error instanceof OutOfMemory);
      }
      arena.allocate = allocate;
      // The element, and rarely more: a leaf of the index, pages of the dict.
      if (n > 1) verify(h, "z");
    }
  }
  assert.equal(h.run("ZCARD z"), "2200");
});

test("a big sorted set is freed in slices, and every block is accounted for on the way", () => {
  const h = server();
  const empty = h.arena.allocatedBytes;
  fill(h, "z", 20_000);
  h.run("DEL z");
  let slices = 0;
  while (h.keyspace.lazyFree.freeSome(500)) {
    slices++;
    if (slices % 7 === 0) assert.deepEqual(h.arena.verify(h.keyspace.liveBlocks()), []);
  }
  assert.ok(slices > 20, `${slices} slices`);
  assert.ok(h.arena.allocatedBytes <= empty + 4096);
});

test("a score as text is compared with a number as if it was read exactly", () => {
  const numbers = [
    0.1,
    0.1 + 2 ** -56,
    1 / 3,
    1e-300,
    5e-324,
    1.7976931348623157e308,
    123456.789,
    1e21,
    2 ** 63,
    1e15 + 0.125,
  ];
  const texts = numbers.flatMap((n) => [n, -n]).flatMap((n) => [String(n), n.toPrecision(17), n.toExponential()]);
  for (const text of [...texts, "inf", "-inf"]) {
    const value = Number(text.replace("inf", "Infinity"));
    const region = Region.fromString(`x${text}y`);
    for (const other of [
      ...numbers,
      ...numbers.map((n) => -n),
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
    ]) {
      const order = Math.sign(compareScoreText(region, 1, text.length, other));
      assert.equal(order, value < other ? -1 : value > other ? 1 : 0, `${text} and ${other}`);
    }
  }
});

test("GT and LT leave alone what would not become more or less, an equal score too, also with INCR", () => {
  for (const members of [1, 200]) {
    const h = server();
    fill(h, "z", members);
    h.run("ZADD z 1 a");
    assert.equal(h.encoding("z"), members === 1 ? "listpack" : "skiplist");
    for (const [condition, increments] of Object.entries({ GT: [0, -1], LT: [0, 1] })) {
      for (const increment of increments) {
        assert.equal(h.call("ZADD", "z", condition, "INCR", String(increment), "a"), "$-1\r\n");
        assert.equal(h.run(`ZADD z ${condition} CH ${1 + increment} a`), "0");
      }
    }
    assert.equal(h.run("ZSCORE z a"), "1");
    assert.equal(h.run("ZADD z GT INCR 2 a"), "3");
    assert.equal(h.run("ZADD z LT INCR -1 a"), "2");
    assert.equal(h.run("ZADD z INCR 0 a"), "2");
    assert.equal(h.run("ZADD z XX GT CH 3 a"), "1");
  }
});

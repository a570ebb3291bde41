/** MEMORY USAGE against the blocks of the arena that a key really has, for every type and encoding. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { Argv } from "../../bytes/argv.js";
import { hashCommands } from "../hash/index.js";
import { listCommands } from "../list/index.js";
import { setCommands } from "../set/index.js";
import { sortedSetCommands } from "../sorted-set/index.js";
import { streamCommands } from "../stream/index.js";
import { stringCommands } from "../string/index.js";
import { serverCommands } from "./index.js";

/** What a key takes in the index over all keys. */
const INDEX_BYTES = 8;

class Bench extends CommandHarness {
  constructor() {
    super(hashCommands, listCommands, setCommands, sortedSetCommands, streamCommands, stringCommands, serverCommands);
  }

  usage(samples?: number): number {
    const words = samples === undefined ? [] : ["SAMPLES", String(samples)];
    return Number(this.call("MEMORY", "USAGE", "key", ...words).slice(1));
  }

  /** Bytes of all the blocks that belong to the key. */
  get blockBytes(): number {
    let bytes = 0;
    const ref = this.context.db.peek(Argv.from(["key"]), 0);
    this.keyspace.eachEntryBlock(ref, (block) => (bytes += this.arena.capacity(block)));
    return bytes;
  }
}

/** Each of a type and an encoding, and how to make it. */
const values: Record<string, (bench: Bench, i: number) => void> = {
  "string int": (bench) => bench.call("SET", "key", "12345"),
  "string embstr": (bench) => bench.call("SET", "key", "short"),
  "string raw": (bench, i) => bench.call("SET", "key", "x".repeat(50 * (i + 1))),
  "list listpack": (bench, i) => i < 20 && bench.call("RPUSH", "key", `element ${i}`),
  "list quicklist": (bench, i) => bench.call("RPUSH", "key", `element ${i}`.padEnd(60, ".")),
  "set intset": (bench, i) => i < 100 && bench.call("SADD", "key", `${i}`),
  "set listpack": (bench, i) => i < 100 && bench.call("SADD", "key", `member ${i}`),
  "set hashtable": (bench, i) => bench.call("SADD", "key", `member ${i}`.padEnd(70, ".")),
  "hash listpack": (bench, i) => i < 100 && bench.call("HSET", "key", `field ${i}`, "v"),
  "hash listpackex": (bench, i) => {
    if (i < 100) bench.call("HSET", "key", `field ${i}`, "v");
    if (i === 50) bench.call("HPEXPIRE", "key", "100000", "FIELDS", "1", "field 7");
  },
  "hash hashtable": (bench, i) => bench.call("HSET", "key", `field ${i}`, "v".padEnd(70, ".")),
  "hash hashtable with a due field": (bench, i) => {
    bench.call("HSET", "key", `field ${i}`, "v".padEnd(70, "."));
    if (i === 50) bench.call("HPEXPIRE", "key", "100000", "FIELDS", "2", "field 7", "field 9");
  },
  "zset listpack": (bench, i) => i < 100 && bench.call("ZADD", "key", `${i}`, `member ${i}`),
  "zset skiplist": (bench, i) => bench.call("ZADD", "key", `${i}`, `member ${i}`.padEnd(70, ".")),
  "stream stream": (bench, i) => bench.call("XADD", "key", `${i + 1}-1`, "field", "value"),
};

for (const [name, add] of Object.entries(values)) {
  describe(`MEMORY USAGE of a ${name}`, () => {
    const COUNT = 700;
    const make = (): Bench => {
      const bench = new Bench();
      for (let i = 0; i < COUNT; i++) add(bench, i);
      assert.equal(bench.encoding("key"), name.split(" ")[1]);
      return bench;
    };

    test("of all elements is the sum of its blocks and its place in the index", () => {
      const bench = make();
      assert.equal(bench.usage(0), bench.blockBytes + INDEX_BYTES);
    });

    test("of a few elements of one size is near that", () => {
      const bench = make();
      const exact = bench.usage(0);
      for (const samples of [undefined, 1, 5, 100, 100_000]) {
        const usage = bench.usage(samples);
        assert.ok(Math.abs(usage - exact) <= exact * 0.15 + 16, `${samples} samples: ${usage} of ${exact}`);
      }
    });
  });
}

test("MEMORY USAGE takes no negative number of samples, and knows no key that is not there", () => {
  const bench = new Bench();
  bench.call("SET", "key", "v");
  assert.equal(bench.call("MEMORY", "USAGE", "none"), "$-1\r\n");
  assert.equal(bench.call("MEMORY", "USAGE", "key", "SAMPLES", "-1"), "-ERR syntax error\r\n");
  assert.equal(
    bench.call("MEMORY", "USAGE", "key", "SAMPLES", "x"),
    "-ERR value is not an integer or out of range\r\n",
  );
});

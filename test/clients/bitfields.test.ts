/** The documentation's page on bitfields. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applications } from "./applications.js";
import { documented } from "./transcript.js";

documented(
  "bitfields",
  [
    "price and owners of a bike",
    `
    > BITFIELD bike:1:stats SET u32 #0 1000
    1) (integer) 0
    > BITFIELD bike:1:stats INCRBY u32 #0 -50 INCRBY u32 #1 1
    1) (integer) 950
    2) (integer) 1
    > BITFIELD bike:1:stats INCRBY u32 #0 500 INCRBY u32 #1 1
    1) (integer) 1450
    2) (integer) 2
    > BITFIELD bike:1:stats GET u32 #0 GET u32 #1
    1) (integer) 1450
    2) (integer) 2
    `,
  ],
  [
    "examples of the commands' own pages",
    `
    > BITFIELD mykey INCRBY i5 100 1 GET u4 0
    1) (integer) 1
    2) (integer) 0
    > BITFIELD counters incrby u2 100 1 OVERFLOW SAT incrby u2 102 1
    1) (integer) 1
    2) (integer) 1
    > BITFIELD counters incrby u2 100 1 OVERFLOW SAT incrby u2 102 1
    1) (integer) 2
    2) (integer) 2
    > BITFIELD counters incrby u2 100 1 OVERFLOW SAT incrby u2 102 1
    1) (integer) 3
    2) (integer) 3
    > BITFIELD counters incrby u2 100 1 OVERFLOW SAT incrby u2 102 1
    1) (integer) 0
    2) (integer) 3
    > BITFIELD counters OVERFLOW FAIL incrby u2 102 1
    1) (nil)
    > BITFIELD_RO counters GET u2 102
    1) (integer) 3
    `,
  ],
);

applications("bitfields", ({ io, node }) => {
  test("the documentation's sample for node-redis", async () => {
    const field = (operation: "GET" | "INCRBY", index: number, increment = 0) =>
      operation === "GET"
        ? ({ operation, encoding: "u32", offset: `#${index}` } as const)
        : ({ operation, encoding: "u32", offset: `#${index}`, increment } as const);
    assert.deepEqual(
      await node().bitField("bike:1:stats", [{ operation: "SET", encoding: "u32", offset: "#0", value: 1000 }]),
      [0],
    );
    assert.deepEqual(await node().bitField("bike:1:stats", [field("INCRBY", 0, -50), field("INCRBY", 1, 1)]), [950, 1]);
    assert.deepEqual(await node().bitField("bike:1:stats", [field("GET", 0), field("GET", 1)]), [950, 2 - 1]);
  });

  test("a player's inventory in one value, with ioredis", async () => {
    const add = (slot: number, by: number) =>
      io().bitfield("inventory", "OVERFLOW", "SAT", "INCRBY", "u8", `#${slot}`, by) as Promise<number[]>;
    assert.deepEqual(
      [await add(0, 200), await add(0, 100), await add(63, 7), await add(63, -9)],
      [[200], [255], [7], [0]],
    );
    assert.equal(await io().strlen("inventory"), 64);
  });
});

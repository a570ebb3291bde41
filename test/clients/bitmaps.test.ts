/** The documentation's page on bitmaps. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applications } from "./applications.js";
import { documented } from "./transcript.js";

documented(
  "bitmaps",
  [
    "which sensors have pinged",
    `
    > SETBIT pings:2024-01-01-00:00 123 1
    (integer) 0
    > GETBIT pings:2024-01-01-00:00 123
    (integer) 1
    > GETBIT pings:2024-01-01-00:00 456
    (integer) 0
    > BITCOUNT pings:2024-01-01-00:00
    (integer) 1
    > BITPOS pings:2024-01-01-00:00 1
    (integer) 123
    > STRLEN pings:2024-01-01-00:00
    (integer) 16
    `,
  ],
  [
    "operations on several bitmaps",
    `
    > SETBIT A 0 1
    (integer) 0
    > SETBIT A 1 1
    (integer) 0
    > SETBIT A 3 1
    (integer) 0
    > SETBIT A 4 1
    (integer) 0
    > SETBIT B 3 1
    (integer) 0
    > SETBIT B 4 1
    (integer) 0
    > SETBIT B 7 1
    (integer) 0
    > SETBIT C 1 1
    (integer) 0
    > SETBIT C 2 1
    (integer) 0
    > SETBIT C 4 1
    (integer) 0
    > SETBIT C 5 1
    (integer) 0
    > SETBIT C 7 1
    (integer) 0
    > BITOP AND R A B C
    (integer) 1
    > GET R
    "\\x08"
    > BITOP OR R A B C
    (integer) 1
    > BITCOUNT R
    (integer) 7
    > BITOP XOR R A B C
    (integer) 1
    > BITFIELD_RO R GET u8 0
    1) (integer) 172
    > BITOP NOT R A
    (integer) 1
    > GET R
    "\\x27"
    `,
  ],
  [
    "examples of the commands' own pages",
    `
    > SET mykey "foobar"
    OK
    > BITCOUNT mykey
    (integer) 26
    > BITCOUNT mykey 1 1 BYTE
    (integer) 6
    > BITCOUNT mykey 5 30 BIT
    (integer) 17
    > SET key1 abcdef
    OK
    > BITOP AND dest mykey key1
    (integer) 6
    > GET dest
    "\`bc\`ab"
    > BITPOS mykey 0 2 -1 BYTE
    (integer) 16
    > BITPOS mykey 1 7 15 BIT
    (integer) 9
    `,
  ],
);

applications("bitmaps", ({ io, node }) => {
  test("the documentation's sample for node-redis", async () => {
    assert.equal(await node().setBit("pings:2024-01-01-00:00", 123, 1), 0);
    assert.equal(await node().getBit("pings:2024-01-01-00:00", 123), 1);
    assert.equal(await node().getBit("pings:2024-01-01-00:00", 456), 0);
    assert.equal(await node().bitCount("pings:2024-01-01-00:00"), 1);
  });

  test("who was here on all days of a week, with ioredis", async () => {
    const pipeline = io().pipeline();
    for (let day = 0; day < 7; day++)
      for (let user = 0; user < 700; user += day + 1) pipeline.setbit(`day:${day}`, user, 1);
    await pipeline.exec();
    await io().bitop("AND", "week", ...Array.from({ length: 7 }, (_, day) => `day:${day}`));
    assert.equal(await io().bitcount("week"), 2);
    assert.equal(await io().bitpos("week", 1, 1), 420);
    await io().bitop("OR", "any", "day:1", "day:2");
    assert.equal(await io().bitcount("any"), 350 + 234 - 117);
  });
});

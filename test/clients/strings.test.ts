/** The documentation's page on strings. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applications } from "./applications.js";
import { documented } from "./transcript.js";

documented(
  "strings",
  [
    "setting and getting",
    `
    > SET bike:1 Deimos
    OK
    > GET bike:1
    "Deimos"
    > set bike:1 bike nx
    (nil)
    > set bike:1 bike xx
    OK
    > GET bike:1
    "bike"
    > GETSET bike:1 Ares
    "bike"
    > SET bike:1 Vanth GET
    "Ares"
    `,
  ],
  [
    "several at once",
    `
    > mset bike:1 "Deimos" bike:2 "Ares" bike:3 "Vanth"
    OK
    > mget bike:1 bike:2 bike:3
    1) "Deimos"
    2) "Ares"
    3) "Vanth"
    `,
  ],
  [
    "counting",
    `
    > set total_crashes 0
    OK
    > incr total_crashes
    (integer) 1
    > incrby total_crashes 10
    (integer) 11
    `,
  ],
  [
    "keys that expire, of any type",
    `
    > set mykey Hello
    OK
    > exists mykey
    (integer) 1
    > type mykey
    string
    > del mykey
    (integer) 1
    > exists mykey
    (integer) 0
    > type mykey
    none
    > set key some-value
    OK
    > expire key 5
    (integer) 1
    > set key 100 ex 10
    OK
    > ttl key
    (integer) 10
    `,
  ],
  [
    "examples of the commands' own pages",
    `
    > SET mykey "Hello World"
    OK
    > APPEND mykey "!"
    (integer) 12
    > STRLEN mykey
    (integer) 12
    > GETRANGE mykey -6 -1
    "World!"
    > SETRANGE mykey 6 "Redis"
    (integer) 12
    > GET mykey
    "Hello Redis!"
    > SET mykey 10.50
    OK
    > INCRBYFLOAT mykey 0.1
    "10.6"
    > INCRBYFLOAT mykey -5
    "5.6"
    > SET mykey 5.0e3
    OK
    > INCRBYFLOAT mykey 2.0e2
    "5200"
    > MSET key1 ohmytext key2 mynewtext
    OK
    > LCS key1 key2
    "mytext"
    > LCS key1 key2 IDX MINMATCHLEN 4 WITHMATCHLEN
    1) "matches"
    2) 1) 1) 1) (integer) 4
             2) (integer) 7
          2) 1) (integer) 5
             2) (integer) 8
          3) (integer) 4
    3) "len"
    4) (integer) 6
    `,
  ],
);

applications("strings", ({ io, node }) => {
  test("the documentation's sample for node-redis", async () => {
    assert.equal(await node().set("bike:1", "Deimos"), "OK");
    assert.equal(await node().get("bike:1"), "Deimos");
    assert.equal(await node().set("bike:1", "bike", { NX: true }), null);
    assert.equal(await node().set("bike:1", "bike", { XX: true }), "OK");
    assert.equal(
      await node().mSet([
        ["bike:1", "Deimos"],
        ["bike:2", "Ares"],
        ["bike:3", "Vanth"],
      ]),
      "OK",
    );
    assert.deepEqual(await node().mGet(["bike:1", "bike:2", "bike:3"]), ["Deimos", "Ares", "Vanth"]);
    await node().set("total_crashes", 0);
    assert.equal(await node().incr("total_crashes"), 1);
    assert.equal(await node().incrBy("total_crashes", 10), 11);
  });

  test("a lock that only its owner may release, with ioredis", async () => {
    assert.equal(await io().set("lock:bike:1", "owner-1", "PX", 30_000, "NX"), "OK");
    assert.equal(await io().set("lock:bike:1", "owner-2", "PX", 30_000, "NX"), null);
    await io().watch("lock:bike:1");
    assert.equal(await io().get("lock:bike:1"), "owner-1");
    assert.deepEqual(await io().multi().del("lock:bike:1").exec(), [[null, 1]]);
    assert.equal(await io().set("lock:bike:1", "owner-2", "PX", 30_000, "NX"), "OK");
  });

  test("a rate limiter, with ioredis", async () => {
    const allowed: boolean[] = [];
    for (let i = 0; i < 4; i++) {
      const results = await io().multi().incr("limit:me").expire("limit:me", 60, "NX").exec();
      allowed.push((results![0]![1] as number) <= 3);
    }
    assert.deepEqual(allowed, [true, true, true, false]);
    assert.ok((await io().ttl("limit:me")) > 55);
  });
});

/** The documentation's page on sets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applications } from "./applications.js";
import { documented } from "./transcript.js";

documented(
  "sets",
  [
    "racing bikes",
    `
    > SADD bikes:racing:france bike:1
    (integer) 1
    > SADD bikes:racing:france bike:1
    (integer) 0
    > SADD bikes:racing:france bike:2 bike:3
    (integer) 2
    > SADD bikes:racing:usa bike:1 bike:4
    (integer) 2
    > SISMEMBER bikes:racing:usa bike:1
    (integer) 1
    > SISMEMBER bikes:racing:usa bike:2
    (integer) 0
    > SINTER bikes:racing:france bikes:racing:usa
    1) "bike:1"
    > SCARD bikes:racing:france
    (integer) 3
    `,
  ],
  [
    "members",
    `
    > SADD bikes:racing:france bike:1 bike:2 bike:3
    (integer) 3
    ~ SMEMBERS bikes:racing:france
    1) "bike:3"
    2) "bike:1"
    3) "bike:2"
    > SISMEMBER bikes:racing:france bike:1
    (integer) 1
    > SMISMEMBER bikes:racing:france bike:2 bike:3 bike:4
    1) (integer) 1
    2) (integer) 1
    3) (integer) 0
    > SADD bikes:racing:usa bike:1 bike:4
    (integer) 2
    ~ SDIFF bikes:racing:france bikes:racing:usa
    1) "bike:3"
    2) "bike:2"
    `,
  ],
  [
    "operations on several sets",
    `
    > SADD bikes:racing:france bike:1 bike:2 bike:3
    (integer) 3
    > SADD bikes:racing:usa bike:1 bike:4
    (integer) 2
    > SADD bikes:racing:italy bike:1 bike:2 bike:3 bike:4
    (integer) 4
    > SINTER bikes:racing:france bikes:racing:usa bikes:racing:italy
    1) "bike:1"
    ~ SUNION bikes:racing:france bikes:racing:usa bikes:racing:italy
    1) "bike:2"
    2) "bike:1"
    3) "bike:4"
    4) "bike:3"
    > SDIFF bikes:racing:france bikes:racing:usa bikes:racing:italy
    (empty array)
    > SDIFF bikes:racing:usa bikes:racing:france
    1) "bike:4"
    ~ SDIFF bikes:racing:france bikes:racing:usa
    1) "bike:3"
    2) "bike:2"
    > SINTERCARD 2 bikes:racing:france bikes:racing:italy LIMIT 2
    (integer) 2
    > SUNIONSTORE bikes:all bikes:racing:france bikes:racing:usa
    (integer) 4
    `,
  ],
  [
    "removing",
    `
    > SADD bikes:racing:france bike:1 bike:2 bike:3 bike:4 bike:5
    (integer) 5
    > SREM bikes:racing:france bike:1
    (integer) 1
    > SPOP bikes:racing:france
    *
    > SCARD bikes:racing:france
    (integer) 3
    > SRANDMEMBER bikes:racing:france
    *
    > SCARD bikes:racing:france
    (integer) 3
    > SMOVE bikes:racing:france bikes:retired bike:1
    (integer) 0
    `,
  ],
);

applications("sets", ({ io, node }) => {
  test("the documentation's sample for node-redis", async () => {
    assert.equal(await node().sAdd("bikes:racing:france", ["bike:1", "bike:2", "bike:3"]), 3);
    assert.equal(await node().sAdd("bikes:racing:usa", ["bike:1", "bike:4"]), 2);
    assert.deepEqual(new Set(await node().sMembers("bikes:racing:france")), new Set(["bike:1", "bike:2", "bike:3"]));
    assert.equal(await node().sIsMember("bikes:racing:france", "bike:1"), 1);
    assert.deepEqual(await node().smIsMember("bikes:racing:france", ["bike:2", "bike:4"]), [1, 0]);
    assert.deepEqual(await node().sInter(["bikes:racing:france", "bikes:racing:usa"]), ["bike:1"]);
    assert.equal(await node().sCard("bikes:racing:france"), 3);
  });

  test("tags: what carries all of them, with ioredis", async () => {
    const pipeline = io().pipeline();
    for (let id = 1; id <= 100; id++) {
      if (id % 2 === 0) pipeline.sadd("tag:even", id);
      if (id % 3 === 0) pipeline.sadd("tag:third", id);
      pipeline.sadd("tag:all", id, `item:${id}`);
    }
    await pipeline.exec();
    const found = await io().sinter("tag:even", "tag:third", "tag:all");
    assert.deepEqual(
      found.map(Number).sort((a, b) => a - b),
      Array.from({ length: 16 }, (_, i) => (i + 1) * 6),
    );
    let scanned = 0;
    for await (const members of io().sscanStream("tag:all", { match: "item:*" }))
      scanned += (members as string[]).length;
    assert.equal(scanned, 100);
  });

  test("a draw: every ticket wins once, with ioredis", async () => {
    await io().sadd("tickets", ..."abcdefghij");
    const winners = [...(await io().spop("tickets", 4)), ...(await io().spop("tickets", 10))];
    assert.deepEqual(winners.sort(), [..."abcdefghij"]);
    assert.equal(await io().spop("tickets"), null);
  });
});

/** The documentation's page on sorted sets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applications } from "./applications.js";
import { documented } from "./transcript.js";

documented(
  "sorted sets",
  [
    "racers and their scores",
    `
    > ZADD racer_scores 10 "Norem"
    (integer) 1
    > ZADD racer_scores 12 "Castilla"
    (integer) 1
    > ZADD racer_scores 8 "Sam-Bodden" 10 "Royce" 6 "Ford" 14 "Prickett"
    (integer) 4
    > ZRANGE racer_scores 0 -1
    1) "Ford"
    2) "Sam-Bodden"
    3) "Norem"
    4) "Royce"
    5) "Castilla"
    6) "Prickett"
    > ZREVRANGE racer_scores 0 -1
    1) "Prickett"
    2) "Castilla"
    3) "Royce"
    4) "Norem"
    5) "Sam-Bodden"
    6) "Ford"
    > ZRANGE racer_scores 0 -1 withscores
    1) "Ford"
    2) "6"
    3) "Sam-Bodden"
    4) "8"
    5) "Norem"
    6) "10"
    7) "Royce"
    8) "10"
    9) "Castilla"
    10) "12"
    11) "Prickett"
    12) "14"
    > ZRANGEBYSCORE racer_scores -inf 10
    1) "Ford"
    2) "Sam-Bodden"
    3) "Norem"
    4) "Royce"
    > ZREM racer_scores "Castilla"
    (integer) 1
    > ZREMRANGEBYSCORE racer_scores -inf 9
    (integer) 2
    > ZRANGE racer_scores 0 -1
    1) "Norem"
    2) "Royce"
    3) "Prickett"
    > ZRANK racer_scores "Norem"
    (integer) 0
    > ZREVRANK racer_scores "Norem"
    (integer) 2
    `,
  ],
  [
    "members in the order of the alphabet",
    `
    > ZADD racer_scores 0 "Norem" 0 "Sam-Bodden" 0 "Royce" 0 "Castilla" 0 "Prickett" 0 "Ford"
    (integer) 6
    > ZRANGE racer_scores 0 -1
    1) "Castilla"
    2) "Ford"
    3) "Norem"
    4) "Prickett"
    5) "Royce"
    6) "Sam-Bodden"
    > ZRANGEBYLEX racer_scores [A [L
    1) "Castilla"
    2) "Ford"
    > ZLEXCOUNT racer_scores - +
    (integer) 6
    `,
  ],
  [
    "a leader board",
    `
    > ZADD racer_scores 100 "Wood"
    (integer) 1
    > ZADD racer_scores 100 "Henshaw"
    (integer) 1
    > ZADD racer_scores 150 "Henshaw"
    (integer) 0
    > ZINCRBY racer_scores 50 "Wood"
    "150"
    > ZINCRBY racer_scores 50 "Henshaw"
    "200"
    `,
  ],
  [
    "examples of the commands' own pages",
    `
    > ZADD zset1 1 "one" 2 "two"
    (integer) 2
    > ZADD zset2 1 "one" 2 "two" 3 "three"
    (integer) 3
    > ZINTERSTORE out 2 zset1 zset2 WEIGHTS 2 3
    (integer) 2
    > ZRANGE out 0 -1 WITHSCORES
    1) "one"
    2) "5"
    3) "two"
    4) "10"
    > ZUNION 2 zset1 zset2 WITHSCORES
    1) "one"
    2) "2"
    3) "three"
    4) "3"
    5) "two"
    6) "4"
    > ZDIFF 2 zset2 zset1
    1) "three"
    > ZRANGE zset2 (1 +inf BYSCORE LIMIT 1 1
    1) "three"
    > ZMSCORE zset2 one none
    1) "1"
    2) (nil)
    > ZRANGESTORE top zset2 0 1 REV
    (integer) 2
    > ZPOPMAX top
    1) "three"
    2) "3"
    > BZPOPMIN none top 0
    1) "top"
    2) "two"
    3) "2"
    > ZMPOP 2 notsuchkey zset2 MIN COUNT 2
    1) "zset2"
    2) 1) 1) "one"
          2) "1"
       2) 1) "two"
          2) "2"
    `,
  ],
);

applications("sorted sets", ({ io, node, another, anotherNode }) => {
  test("the documentation's sample for node-redis", async () => {
    assert.equal(await node().zAdd("racer_scores", { score: 10, value: "Norem" }), 1);
    assert.equal(
      await node().zAdd("racer_scores", [
        { score: 8, value: "Sam-Bodden" },
        { score: 12.5, value: "Castilla" },
      ]),
      2,
    );
    assert.deepEqual(await node().zRange("racer_scores", 0, -1), ["Sam-Bodden", "Norem", "Castilla"]);
    assert.deepEqual(await node().zRangeWithScores("racer_scores", 0, -1), [
      { value: "Sam-Bodden", score: 8 },
      { value: "Norem", score: 10 },
      { value: "Castilla", score: 12.5 },
    ]);
    assert.deepEqual(await node().zRangeByScore("racer_scores", "-inf", 10), ["Sam-Bodden", "Norem"]);
    assert.equal(await node().zRank("racer_scores", "Norem"), 1);
    assert.equal(await node().zIncrBy("racer_scores", 50, "Norem"), 60);
    assert.equal(await node().zScore("racer_scores", "none"), null);
    assert.deepEqual(await node().zPopMin("racer_scores"), { value: "Sam-Bodden", score: 8 });
  });

  test("a leader board of thousands: who is where, and who is around me, with ioredis", async () => {
    const pipeline = io().pipeline();
    for (let i = 0; i < 5000; i++) pipeline.zadd("board", (i * 7919) % 5000, `player:${i}`);
    await pipeline.exec();
    const rank = (await io().zrevrank("board", "player:1"))!;
    assert.equal(rank, 5000 - 1 - (7919 % 5000));
    const around = await io().zrevrange("board", rank - 1, rank + 1, "WITHSCORES");
    assert.deepEqual(around.filter((_, i) => i % 2 === 1).map(Number), [2920, 2919, 2918]);
    assert.equal(await io().zcount("board", 1000, "(2000"), 1000);
    assert.equal(await io().zremrangebyrank("board", 0, -101), 4900);
    assert.equal(await io().zcard("board"), 100);
  });

  test("a sliding window of requests, with ioredis", async () => {
    const at = async (ms: number) => {
      const results = await io()
        .multi()
        .zremrangebyscore("window", 0, ms - 1000)
        .zadd("window", ms, `request:${ms}`)
        .zcard("window")
        .exec();
      return results![2]![1];
    };
    assert.deepEqual([await at(1000), await at(1500), await at(2001), await at(2500)], [1, 2, 2, 2]);
  });

  test("jobs by priority, waited for, with both clients", async () => {
    const first = another().bzpopmin("jobs", 10);
    await io().zadd("jobs", 5, "later");
    assert.deepEqual(await first, ["jobs", "later", "5"]);
    const worker = await anotherNode();
    const second = worker.bzPopMax(["jobs", "other"], 10);
    await node().zAdd("other", { score: 1.5, value: "urgent" });
    assert.deepEqual(await second, { key: "other", value: "urgent", score: 1.5 });
  });
});

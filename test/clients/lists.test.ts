/** The documentation's page on lists. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applications } from "./applications.js";
import { documented } from "./transcript.js";

documented(
  "lists",
  [
    "a queue and a stack",
    `
    > LPUSH bikes:repairs bike:1
    (integer) 1
    > LPUSH bikes:repairs bike:2
    (integer) 2
    > RPOP bikes:repairs
    "bike:1"
    > RPOP bikes:repairs
    "bike:2"
    > LPUSH bikes:repairs bike:1
    (integer) 1
    > LPUSH bikes:repairs bike:2
    (integer) 2
    > LPOP bikes:repairs
    "bike:2"
    > LPOP bikes:repairs
    "bike:1"
    > LLEN bikes:repairs
    (integer) 0
    `,
  ],
  [
    "moving between lists",
    `
    > LPUSH bikes:repairs bike:1
    (integer) 1
    > LPUSH bikes:repairs bike:2
    (integer) 2
    > LMOVE bikes:repairs bikes:finished LEFT LEFT
    "bike:2"
    > LRANGE bikes:repairs 0 -1
    1) "bike:1"
    > LRANGE bikes:finished 0 -1
    1) "bike:2"
    `,
  ],
  [
    "pushing on both sides",
    `
    > RPUSH bikes:repairs bike:1
    (integer) 1
    > RPUSH bikes:repairs bike:2
    (integer) 2
    > LPUSH bikes:repairs bike:important_bike
    (integer) 3
    > LRANGE bikes:repairs 0 -1
    1) "bike:important_bike"
    2) "bike:1"
    3) "bike:2"
    > DEL bikes:repairs
    (integer) 1
    > RPUSH bikes:repairs bike:1 bike:2 bike:3
    (integer) 3
    > LPUSH bikes:repairs bike:important_bike bike:very_important_bike
    (integer) 5
    > LRANGE bikes:repairs 0 -1
    1) "bike:very_important_bike"
    2) "bike:important_bike"
    3) "bike:1"
    4) "bike:2"
    5) "bike:3"
    `,
  ],
  [
    "popping until nothing is left",
    `
    > RPUSH bikes:repairs bike:1 bike:2 bike:3
    (integer) 3
    > RPOP bikes:repairs
    "bike:3"
    > LPOP bikes:repairs
    "bike:1"
    > RPOP bikes:repairs
    "bike:2"
    > RPOP bikes:repairs
    (nil)
    `,
  ],
  [
    "capped lists",
    `
    > LPUSH bikes:repairs bike:1 bike:2 bike:3 bike:4 bike:5
    (integer) 5
    > LTRIM bikes:repairs 0 2
    OK
    > LRANGE bikes:repairs 0 -1
    1) "bike:5"
    2) "bike:4"
    3) "bike:3"
    > DEL bikes:repairs
    (integer) 1
    > RPUSH bikes:repairs bike:1 bike:2 bike:3 bike:4 bike:5
    (integer) 5
    > LTRIM bikes:repairs -3 -1
    OK
    > LRANGE bikes:repairs 0 -1
    1) "bike:3"
    2) "bike:4"
    3) "bike:5"
    `,
  ],
  [
    "blocking operations",
    `
    > RPUSH bikes:repairs bike:1 bike:2
    (integer) 2
    > BRPOP bikes:repairs 1
    1) "bikes:repairs"
    2) "bike:2"
    > BRPOP bikes:repairs 1
    1) "bikes:repairs"
    2) "bike:1"
    > BRPOP bikes:repairs 0.1
    (nil)
    `,
  ],
  [
    "keys are made and removed by themselves",
    `
    > DEL new_bikes
    (integer) 0
    > LPUSH new_bikes bike:1 bike:2 bike:3
    (integer) 3
    > SET new_bikes bike:1
    OK
    > TYPE new_bikes
    string
    > LPUSH new_bikes bike:2 bike:3
    (error) WRONGTYPE Operation against a key holding the wrong kind of value
    > LPUSH bikes:repairs bike:1 bike:2 bike:3
    (integer) 3
    > EXISTS bikes:repairs
    (integer) 1
    > LPOP bikes:repairs
    "bike:3"
    > LPOP bikes:repairs
    "bike:2"
    > LPOP bikes:repairs
    "bike:1"
    > EXISTS bikes:repairs
    (integer) 0
    > LLEN bikes:repairs
    (integer) 0
    > LPOP bikes:repairs
    (nil)
    `,
  ],
  [
    "examples of the commands' own pages",
    `
    > RPUSH mylist a b c d 1 2 3 4 3 3 3
    (integer) 11
    > LPOS mylist 3
    (integer) 6
    > LPOS mylist 3 COUNT 0 RANK 2
    1) (integer) 8
    2) (integer) 9
    3) (integer) 10
    > LINSERT mylist BEFORE c There
    (integer) 12
    > LSET mylist 0 four
    OK
    > LINDEX mylist 2
    "There"
    > LREM mylist -2 3
    (integer) 2
    > LMPOP 2 none mylist LEFT COUNT 3
    1) "mylist"
    2) 1) "four"
       2) "b"
       3) "There"
    `,
  ],
);

applications("lists", ({ io, node, another, anotherNode }) => {
  test("the documentation's sample for node-redis", async () => {
    assert.equal(await node().rPush("bikes:repairs", ["bike:1", "bike:2", "bike:3"]), 3);
    assert.equal(await node().lPush("bikes:repairs", ["bike:important_bike", "bike:very_important_bike"]), 5);
    assert.deepEqual(await node().lRange("bikes:repairs", 0, 1), ["bike:very_important_bike", "bike:important_bike"]);
    assert.equal(await node().lMove("bikes:repairs", "bikes:finished", "LEFT", "LEFT"), "bike:very_important_bike");
    assert.equal(await node().lTrim("bikes:repairs", 0, 2), "OK");
    assert.equal(await node().lLen("bikes:repairs"), 3);
    assert.deepEqual(await node().brPop("bikes:repairs", 1), { key: "bikes:repairs", element: "bike:2" });
    assert.equal(await node().brPop("bikes:none", 0.05), null);
  });

  test("workers that wait for jobs get them in the order they came, with ioredis", async () => {
    const workers = [another(), another(), another()];
    const ids = await Promise.all(workers.map((worker) => worker.client("ID")));
    const jobs: Promise<[string, string] | null>[] = [];
    for (const [i, worker] of workers.entries()) {
      jobs.push(worker.blpop("jobs:high", "jobs:low", 10));
      await blocked(io(), ids[i] as number);
    }
    await io().rpush("jobs:low", "a", "b");
    await io().rpush("jobs:high", "c");
    assert.deepEqual(await Promise.all(jobs), [
      ["jobs:low", "a"],
      ["jobs:low", "b"],
      ["jobs:high", "c"],
    ]);
  });

  test("a reliable queue: what a worker has taken stays listed until it is done, with node-redis", async () => {
    const worker = await anotherNode();
    const job = worker.blMove("jobs", "jobs:taken", "RIGHT", "LEFT", 10);
    await node().lPush("jobs", "job:1");
    assert.equal(await job, "job:1");
    assert.deepEqual(await node().lRange("jobs:taken", 0, -1), ["job:1"]);
    assert.equal(await node().lRem("jobs:taken", 1, "job:1"), 1);
    assert.equal(await node().exists(["jobs", "jobs:taken"]), 0);
  });
});

/** Waits until the connection with this ID is waiting for a key. */
async function blocked(io: { client(...args: ["LIST", "ID", number]): Promise<unknown> }, id: number): Promise<void> {
  while (!/ flags=b/.test(String(await io.client("LIST", "ID", id)))) {}
}

/** The documentation's page on streams. IDs that it leaves to the server are given here. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applications } from "./applications.js";
import { documented, type Session } from "./transcript.js";

const france = `
    > XADD race:france 1692632086370-0 rider Castilla speed 30.2 position 1 location_id 1
    "1692632086370-0"
    > XADD race:france 1692632094485-0 rider Norem speed 28.8 position 3 location_id 1
    "1692632094485-0"
    > XADD race:france 1692632102976-0 rider Prickett speed 29.7 position 2 location_id 1
    "1692632102976-0"
    > XADD race:france 1692632147973-0 rider Castilla speed 29.9 position 1 location_id 2
    "1692632147973-0"`;

const italy = `
    > XGROUP CREATE race:italy italy_riders $
    (error) ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.
    > XGROUP CREATE race:italy italy_riders $ MKSTREAM
    OK
    > XADD race:italy 1692632639151-0 rider Castilla
    "1692632639151-0"
    > XADD race:italy 1692632647899-0 rider Royce
    "1692632647899-0"
    > XADD race:italy 1692632662819-0 rider Sam-Bodden
    "1692632662819-0"
    > XADD race:italy 1692632670501-0 rider Prickett
    "1692632670501-0"
    > XADD race:italy 1692632678249-0 rider Norem
    "1692632678249-0"
    > XREADGROUP GROUP italy_riders Alice COUNT 1 STREAMS race:italy >
    1) 1) "race:italy"
       2) 1) 1) "1692632639151-0"
             2) 1) "rider"
                2) "Castilla"`;

const reading: Session = [
  "adding and reading",
  `${france}
    > XRANGE race:france 1692632086370-0 + COUNT 2
    1) 1) "1692632086370-0"
       2) 1) "rider"
          2) "Castilla"
          3) "speed"
          4) "30.2"
          5) "position"
          6) "1"
          7) "location_id"
          8) "1"
    2) 1) "1692632094485-0"
       2) 1) "rider"
          2) "Norem"
          3) "speed"
          4) "28.8"
          5) "position"
          6) "3"
          7) "location_id"
          8) "1"
    > XREAD COUNT 100 BLOCK 30 STREAMS race:france $
    (nil)
    > XLEN race:france
    (integer) 4
    > XRANGE race:france 1692632086369 1692632086371
    1) 1) "1692632086370-0"
       2) *
    > XRANGE race:france (1692632094485-0 + COUNT 2
    1) 1) "1692632102976-0"
       2) *
    2) 1) "1692632147973-0"
       2) *
    > XRANGE race:france (1692632147973-0 + COUNT 2
    (empty array)
    > XREVRANGE race:france + - COUNT 1
    1) 1) "1692632147973-0"
       2) *
    > XREAD COUNT 2 STREAMS race:france 0
    1) 1) "race:france"
       2) 1) 1) "1692632086370-0"
             2) *
          2) 1) "1692632094485-0"
             2) *
    `,
];

documented(
  "streams",
  reading,
  [
    "IDs of one's own",
    `
    > XADD race:usa 0-1 racer Castilla
    "0-1"
    > XADD race:usa 0-2 racer Norem
    "0-2"
    > XADD race:usa 0-1 racer Prickett
    (error) ERR The ID specified in XADD is equal or smaller than the target stream top item
    > XADD race:usa 0-* racer Prickett
    "0-3"
    `,
  ],
  [
    "consumer groups",
    `${italy}
    > XREADGROUP GROUP italy_riders Alice STREAMS race:italy 0
    1) 1) "race:italy"
       2) 1) 1) "1692632639151-0"
             2) 1) "rider"
                2) "Castilla"
    > XACK race:italy italy_riders 1692632639151-0
    (integer) 1
    > XREADGROUP GROUP italy_riders Alice STREAMS race:italy 0
    1) 1) "race:italy"
       2) (empty array)
    > XREADGROUP GROUP italy_riders Bob COUNT 2 STREAMS race:italy >
    1) 1) "race:italy"
       2) 1) 1) "1692632647899-0"
             2) 1) "rider"
                2) "Royce"
          2) 1) "1692632662819-0"
             2) 1) "rider"
                2) "Sam-Bodden"
    > XPENDING race:italy italy_riders
    1) (integer) 2
    2) "1692632647899-0"
    3) "1692632662819-0"
    4) 1) 1) "Bob"
          2) "2"
    > XPENDING race:italy italy_riders - + 10
    1) 1) "1692632647899-0"
       2) "Bob"
       3) *
       4) (integer) 1
    2) 1) "1692632662819-0"
       2) "Bob"
       3) *
       4) (integer) 1
    > XRANGE race:italy 1692632647899-0 1692632647899-0
    1) 1) "1692632647899-0"
       2) 1) "rider"
          2) "Royce"
    > XCLAIM race:italy italy_riders Alice 0 1692632647899-0
    1) 1) "1692632647899-0"
       2) 1) "rider"
          2) "Royce"
    > XAUTOCLAIM race:italy italy_riders Alice 0 0-0 COUNT 1
    1) "1692632662819-0"
    2) 1) 1) "1692632647899-0"
          2) 1) "rider"
             2) "Royce"
    3) (empty array)
    > XAUTOCLAIM race:italy italy_riders Lora 0 (1692632647899-0 COUNT 1
    1) "0-0"
    2) 1) 1) "1692632662819-0"
          2) 1) "rider"
             2) "Sam-Bodden"
    3) (empty array)
    > XINFO GROUPS race:italy
    1) 1) "name"
       2) "italy_riders"
       3) "consumers"
       4) (integer) 3
       5) "pending"
       6) (integer) 2
       7) "last-delivered-id"
       8) "1692632662819-0"
       9) "entries-read"
       10) (integer) 3
       11) "lag"
       12) (integer) 2
    `,
  ],
  [
    "capped streams, and entries that are deleted",
    `${italy}
    > XADD race:italy MAXLEN 2 1692633189161-0 rider Jones
    "1692633189161-0"
    > XADD race:italy MAXLEN 2 1692633198206-0 rider Wood
    "1692633198206-0"
    > XADD race:italy MAXLEN 2 1692633208557-0 rider Henshaw
    "1692633208557-0"
    > XLEN race:italy
    (integer) 2
    > XRANGE race:italy - +
    1) 1) "1692633198206-0"
       2) 1) "rider"
          2) "Wood"
    2) 1) "1692633208557-0"
       2) 1) "rider"
          2) "Henshaw"
    > XTRIM race:italy MAXLEN 10
    (integer) 0
    > XTRIM race:italy MAXLEN ~ 10
    (integer) 0
    > XDEL race:italy 1692633208557-0
    (integer) 1
    > XRANGE race:italy - + COUNT 2
    1) 1) "1692633198206-0"
       2) 1) "rider"
          2) "Wood"
    > XINFO STREAM race:italy
    1) "length"
    2) (integer) 1
    3) "radix-tree-keys"
    4) *
    5) "radix-tree-nodes"
    6) *
    7) "last-generated-id"
    8) "1692633208557-0"
    9) "max-deleted-entry-id"
    10) "1692633208557-0"
    11) "entries-added"
    12) (integer) 8
    13) "recorded-first-entry-id"
    14) "1692633198206-0"
    15) "groups"
    16) (integer) 1
    17) "first-entry"
    18) *
    19) "last-entry"
    20) *
    `,
  ],
);

applications("streams", ({ io, node, another, anotherNode }) => {
  test("the documentation's sample for node-redis", async () => {
    const id = await node().xAdd("race:france", "*", { rider: "Castilla", speed: "30.2" });
    assert.match(id!, /^\d{13}-0$/);
    const entries = await node().xRange("race:france", "-", "+", { COUNT: 2 });
    assert.deepEqual(
      entries!.map((entry) => [entry.id, { ...entry.message }]),
      [[id, { rider: "Castilla", speed: "30.2" }]],
    );
    assert.equal(await node().xLen("race:france"), 1);
    assert.equal(await node().xRead({ key: "race:france", id: "$" }, { COUNT: 100, BLOCK: 20 }), null);
    await node().xGroupCreate("race:france", "riders", "0");
    const read = (await node().xReadGroup(
      "riders",
      "Alice",
      { key: "race:france", id: ">" },
      { COUNT: 1 },
    )) as unknown as {
      name: string;
      messages: { id: string; message: Record<string, string> }[];
    }[];
    assert.equal(read[0]!.name, "race:france");
    assert.equal(read[0]!.messages[0]!.message["rider"], "Castilla");
    assert.equal((await node().xPending("race:france", "riders")).pending, 1);
    assert.equal(await node().xAck("race:france", "riders", id!), 1);
  });

  test("consumers of a group that wait get one entry each, with ioredis", async () => {
    await io().xgroup("CREATE", "tasks", "workers", "$", "MKSTREAM");
    const consumers = ["a", "b"].map((name) =>
      another().xreadgroup("GROUP", "workers", name, "COUNT", 1, "BLOCK", 10_000, "STREAMS", "tasks", ">"),
    );
    while ((await io().info("clients")).match(/blocked_clients:2/) === null) {}
    await io().xadd("tasks", "1-1", "n", "1");
    await io().xadd("tasks", "1-2", "n", "2");
    const ids = ((await Promise.all(consumers)) as [string, [string, string[]][]][][]).map(
      (streams) => streams[0]![1][0]![0],
    );
    assert.deepEqual(ids.sort(), ["1-1", "1-2"]);
    assert.deepEqual((await io().xpending("tasks", "workers")) as unknown[], [
      2,
      "1-1",
      "1-2",
      [
        ["a", "1"],
        ["b", "1"],
      ],
    ]);
  });

  test("a follower of events sees each once and in order, with node-redis", async () => {
    const follower = await anotherNode();
    const seen: string[] = [];
    const following = (async () => {
      let last = "0";
      while (seen.length < 200) {
        const streams = (await follower.xRead(
          { key: "events", id: last },
          { BLOCK: 10_000, COUNT: 30 },
        )) as unknown as {
          messages: { id: string; message: Record<string, string> }[];
        }[];
        for (const { id, message } of streams[0]!.messages) {
          last = id;
          seen.push(message["n"]!);
        }
      }
    })();
    const adding = Array.from({ length: 200 }, (_, i) =>
      node().xAdd(
        "events",
        "*",
        { n: String(i) },
        { TRIM: { strategy: "MAXLEN", strategyModifier: "~", threshold: 1000 } },
      ),
    );
    await Promise.all([following, ...adding]);
    assert.deepEqual(
      seen,
      Array.from({ length: 200 }, (_, i) => String(i)),
    );
  });
});

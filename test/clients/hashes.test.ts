/** The documentation's page on hashes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applications } from "./applications.js";
import { skipUnlessKnown } from "./commands-known.js";
import { documented } from "./transcript.js";

documented(
  "hashes",
  [
    "a bike",
    `
    > HSET bike:1 model Deimos brand Ergonom type 'Enduro bikes' price 4972
    (integer) 4
    > HGET bike:1 model
    "Deimos"
    > HGET bike:1 price
    "4972"
    > HGETALL bike:1
    1) "model"
    2) "Deimos"
    3) "brand"
    4) "Ergonom"
    5) "type"
    6) "Enduro bikes"
    7) "price"
    8) "4972"
    > HMGET bike:1 model price no-such-field
    1) "Deimos"
    2) "4972"
    3) (nil)
    > HINCRBY bike:1 price 100
    (integer) 5072
    > HINCRBY bike:1 price -100
    (integer) 4972
    `,
  ],
  [
    "counters",
    `
    > HINCRBY bike:1:stats rides 1
    (integer) 1
    > HINCRBY bike:1:stats rides 1
    (integer) 2
    > HINCRBY bike:1:stats rides 1
    (integer) 3
    > HINCRBY bike:1:stats crashes 1
    (integer) 1
    > HINCRBY bike:1:stats owners 1
    (integer) 1
    > HGET bike:1:stats rides
    "3"
    > HMGET bike:1:stats owners crashes
    1) "1"
    2) "1"
    `,
  ],
  [
    "fields that expire",
    `
    > HSET sensor:sensor1 air_quality 256 battery_level 89
    (integer) 2
    > HEXPIRE sensor:sensor1 60 FIELDS 2 air_quality battery_level
    1) (integer) 1
    2) (integer) 1
    > HTTL sensor:sensor1 FIELDS 2 air_quality battery_level
    1) (integer) 60
    2) (integer) 60
    > HEXPIRE sensor:sensor1 NX 60 FIELDS 1 air_quality
    (error) ERR value is not an integer or out of range
    > HEXPIRE sensor:sensor1 30 NX FIELDS 1 air_quality
    1) (integer) 0
    > HPERSIST sensor:sensor1 FIELDS 2 air_quality none
    1) (integer) 1
    2) (integer) -2
    > HPEXPIRE sensor:sensor1 0 FIELDS 1 battery_level
    1) (integer) 2
    > HGETALL sensor:sensor1
    1) "air_quality"
    2) "256"
    `,
  ],
  [
    "examples of the commands' own pages",
    `
    > HSET myhash field1 "Hello" field2 "World"
    (integer) 2
    > HEXISTS myhash field1
    (integer) 1
    > HDEL myhash field1 field1
    (integer) 1
    > HKEYS myhash
    1) "field2"
    > HVALS myhash
    1) "World"
    > HLEN myhash
    (integer) 1
    > HSTRLEN myhash field2
    (integer) 5
    > HSETNX myhash field2 "again"
    (integer) 0
    > HSET mykey field 10.50
    (integer) 1
    > HINCRBYFLOAT mykey field 0.1
    "10.6"
    > HINCRBYFLOAT mykey field -5
    "5.6"
    > HSET mykey field 5.0e3
    (integer) 0
    > HINCRBYFLOAT mykey field 2.0e2
    "5200"
    > HMSET coin heads obverse
    OK
    > HRANDFIELD coin -2 WITHVALUES
    1) "heads"
    2) "obverse"
    3) "heads"
    4) "obverse"
    `,
  ],
);

applications("hashes", ({ port, io, node }) => {
  test("the documentation's sample for node-redis", async () => {
    const bike = { model: "Deimos", brand: "Ergonom", type: "Enduro bikes", price: 4972 };
    assert.equal(await node().hSet("bike:1", bike), 4);
    assert.equal(await node().hGet("bike:1", "model"), "Deimos");
    assert.deepEqual({ ...(await node().hGetAll("bike:1")) }, { ...bike, price: "4972" });
    assert.deepEqual(await node().hmGet("bike:1", ["model", "price", "none"]), ["Deimos", "4972", null]);
    assert.equal(await node().hIncrBy("bike:1", "price", 100), 5072);
    assert.equal(await node().hIncrBy("bike:1", "price", -100), 4972);
  });

  test("objects of a thousand fields, with ioredis", async () => {
    const fields = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`field:${i}`, `value ${i}`]));
    assert.equal(await io().hset("big", fields), 1000);
    assert.deepEqual(await io().hgetall("big"), fields);
    assert.equal(await io().hlen("big"), 1000);
    const seen: Record<string, string> = {};
    for await (const part of io().hscanStream("big", { count: 50 })) {
      for (let i = 0; i < part.length; i += 2) seen[part[i]] = part[i + 1];
    }
    assert.deepEqual(seen, fields);
    assert.equal(await io().hdel("big", ...Object.keys(fields)), 1000);
    assert.equal(await io().exists("big"), 0);
  });

  test("a cart whose items expire, with node-redis", async (t) => {
    const skip = await skipUnlessKnown(port(), "hexpire", "hgetex");
    if (skip) return t.skip(skip);
    await node().hSet("cart:1", { "bike:1": 1, "bike:2": 2 });
    assert.deepEqual(await node().hExpire("cart:1", "bike:1", 100), [1]);
    assert.deepEqual(await node().hTTL("cart:1", ["bike:1", "bike:2", "none"]), [100, -1, -2]);
    assert.deepEqual(await node().hGetEx("cart:1", "bike:2", { expiration: { type: "EX", value: 50 } }), ["2"]);
    assert.deepEqual(await node().hpExpire("cart:1", ["bike:1", "bike:2"], 1), [1, 1]);
    while ((await node().exists("cart:1")) === 1) {}
    assert.deepEqual({ ...(await node().hGetAll("cart:1")) }, {});
  });
});

/**
 * What graphical tools send when they connect and show a database, replayed with the client library they use (ioredis). The sequence of
 * RedisInsight is read from its sources (2.x), that of redis-commander is what MONITOR showed of version 0.9.0.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { type RunningServer, startServer } from "../support/servers.js";
import { once } from "../support/time-limit.js";
import { skipUnlessKnown } from "./commands-known.js";

/** Keys of all types, by name. */
const TYPES = { a: "string", "b:c": "string", h: "hash", l: "list", s: "set", x: "stream", z: "zset" } as const;

let server: RunningServer;
before(async () => {
  server = await startServer();
  const redis = new Redis(server.port);
  await redis.mset("a", "1", "b:c", "2");
  await redis.hset("h", "field", "value");
  await redis.rpush("l", "1", "2", "3");
  await redis.sadd("s", "1", "2", "3");
  await redis.zadd("z", 1, "one", 2, "two");
  await redis.xadd("x", "1-1", "field", "value");
  redis.disconnect();
});
after(() => server?.stop());

/** INFO as the tools take it apart: fields by section. */
function sections(text: string): Record<string, Record<string, string>> {
  const result: Record<string, Record<string, string>> = {};
  let section: Record<string, string> = {};
  for (const line of text.split("\r\n")) {
    if (line.startsWith("# ")) result[line.slice(2).toLowerCase()] = section = {};
    else if (line.includes(":")) section[line.slice(0, line.indexOf(":"))] = line.slice(line.indexOf(":") + 1);
  }
  return result;
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "none",
    (error: Error) => error.message,
  );
}

describe("RedisInsight", () => {
  let redis: Redis;
  before(async () => {
    redis = new Redis({
      port: server.port,
      db: 0,
      connectionName: "redisinsight-common-1",
      showFriendlyErrorStack: true,
    });
    await once(redis, "ready");
  });
  after(() => redis?.disconnect());

  test("finds out what kind of server it is", async () => {
    assert.match(await failureOf(redis.call("sentinel", "masters")), /^ERR unknown command 'sentinel'/);
    assert.notEqual(await failureOf(redis.call("cluster", "info")), "none");
    assert.deepEqual(await redis.call("module", "list"), []);
    const info = sections(await redis.info());
    assert.match(info["server"]!["redis_version"]!, /^7\./);
    assert.equal(info["server"]!["redis_mode"], "standalone");
    assert.equal(info["replication"]!["role"], "master");
    assert.ok(Number(info["memory"]!["used_memory"]) > 0);
    assert.ok(Number(info["clients"]!["connected_clients"]) > 0);
    for (const field of ["keyspace_hits", "keyspace_misses", "instantaneous_ops_per_sec"]) {
      assert.match(info["stats"]![field]!, /^\d+$/, field);
    }
    assert.match(info["keyspace"]!["db0"]!, /^keys=7,expires=0,/);
    assert.deepEqual(await redis.call("config", "get", "databases"), ["databases", "16"]);
  });

  test("asks which of the commands of modules there are, where MODULE is not allowed", async () => {
    const infos = (await redis.call("command", "info", "ft._list", "json.get", "ts.add", "get")) as unknown[];
    assert.deepEqual(infos.slice(0, 3), [null, null, null]);
    assert.equal((infos[3] as unknown[])[0], "get");
  });

  test("lists the clients and takes their lines apart", async () => {
    const lines = String(await redis.call("client", "list"))
      .split(/\r?\n/)
      .filter(Boolean);
    const clients = lines.map((line) => new Map(line.split(" ").map((field) => field.split("=") as [string, string])));
    const own = clients.find((client) => client.get("name") === "redisinsight-common-1")!;
    assert.equal(own.get("cmd"), "client|list");
    assert.equal(own.get("db"), "0");
    assert.equal(own.get("user"), "default");
  });

  test("browses: DBSIZE, SCAN, then size, type and time of life of every key in pipelines", async () => {
    assert.equal(await redis.call("dbsize"), 7);
    const [cursor, keys] = (await redis.call("scan", "0", "MATCH", "*", "COUNT", "500")) as [string, string[]];
    assert.equal(cursor, "0");
    assert.deepEqual(keys.toSorted(), Object.keys(TYPES).toSorted());
    const asked = async (...words: string[]) => {
      const results = await redis
        .pipeline(keys.map((key) => [words[0]!, ...words.slice(1).map((word) => word || key)]))
        .exec();
      assert.ok(results!.every(([error]) => error === null));
      return results!.map(([, value]) => value);
    };
    const sizes = await asked("memory", "usage", "", "samples", "0");
    assert.ok(sizes.every((size) => Number(size) > 0));
    assert.deepEqual(
      await asked("type", ""),
      keys.map((key) => TYPES[key as keyof typeof TYPES]),
    );
    assert.ok((await asked("ttl", "")).every((ttl) => ttl === -1));
    const [, hashes] = (await redis.call("scan", "0", "MATCH", "*", "COUNT", "500", "TYPE", "hash")) as [
      string,
      string[],
    ];
    assert.deepEqual(hashes, ["h"]);
  });

  test("shows each type with its length and a page of its elements", async () => {
    const results = await redis
      .pipeline([
        ["strlen", "a"],
        ["hlen", "h"],
        ["llen", "l"],
        ["scard", "s"],
        ["zcard", "z"],
        ["xlen", "x"],
        ["getrange", "a", "0", "4999"],
        ["hscan", "h", "0", "MATCH", "*", "COUNT", "500"],
        ["lrange", "l", "0", "499"],
        ["sscan", "s", "0", "MATCH", "*", "COUNT", "500"],
        ["zrange", "z", "0", "499", "WITHSCORES"],
        ["xinfo", "stream", "x"],
        ["xrevrange", "x", "+", "-", "COUNT", "500"],
        ["xinfo", "groups", "x"],
        ["object", "encoding", "h"],
      ])
      .exec();
    assert.deepEqual(
      results!.map(([error]) => error),
      Array(15).fill(null),
    );
    const values = results!.map(([, value]) => value);
    assert.deepEqual(values.slice(0, 6), [1, 1, 3, 3, 2, 1]);
    assert.deepEqual(values[10], ["one", "1", "two", "2"]);
    assert.deepEqual(values[12], [["1-1", ["field", "value"]]]);
  });

  test("keeps its overview up to date, and shows the slow log", async (t) => {
    const results = await redis.pipeline([["info"], ["dbsize"], ["config", "get", "slowlog*"]]).exec();
    assert.ok(results!.every(([error]) => error === null));
    assert.ok((results![2]![1] as string[]).includes("slowlog-log-slower-than"));
    const missing = await skipUnlessKnown(server.port, "slowlog", "acl");
    if (missing !== false) return t.skip(missing);
    assert.ok(Array.isArray(await redis.call("slowlog", "get", "50")));
    assert.equal(await redis.call("acl", "whoami"), "default");
  });

  test("its profiler shows what others do, its pub/sub page what they publish", async (t) => {
    const missing = await skipUnlessKnown(server.port, "monitor");
    if (missing !== false) return t.skip(missing);
    const monitor = await redis.monitor();
    t.after(() => monitor.disconnect());
    const seen = new Promise<string[]>((resolve) => monitor.on("monitor", (_time, args: string[]) => resolve(args)));
    await redis.get("a");
    assert.deepEqual(await seen, ["get", "a"]);
  });

  test("its workbench and its help are filled by COMMAND and COMMAND DOCS", async () => {
    const commands = (await redis.call("command")) as unknown[];
    assert.ok(commands.length > 200);
    const docs = (await redis.call("command", "docs", "set")) as unknown[];
    assert.equal(docs[0], "set");
  });
});

describe("redis-commander", () => {
  let redis: Redis;
  before(async () => {
    redis = new Redis({ port: server.port, db: 0 });
    await once(redis, "ready");
  });
  after(() => redis?.disconnect());

  test("connects, and learns which commands may be sent", async () => {
    assert.ok(sections((await redis.call("info")) as string)["server"]);
    const commands = (await redis.call("command")) as [string, number, string[], number, number, number][];
    const get = commands.find(([name]) => name === "get")!;
    assert.deepEqual(get.slice(1, 6), [2, ["readonly", "fast"], 1, 1, 1]);
    assert.equal(sections((await redis.call("info", "cluster")) as string)["cluster"]!["cluster_enabled"], "0");
    assert.equal(await redis.call("client", "setname", "redis-commander"), "OK");
  });

  test("draws the tree of keys, with the number of elements behind the large ones", async () => {
    const [, keys] = (await redis.call("scan", "0", "MATCH", "*", "COUNT", "100")) as [string, string[]];
    const types = await Promise.all(keys.map((key) => redis.call("type", key)));
    assert.deepEqual(
      types,
      keys.map((key) => TYPES[key as keyof typeof TYPES]),
    );
    const counts = [
      redis.call("llen", "l"),
      redis.call("scard", "s"),
      redis.call("zcard", "z"),
      redis.call("xlen", "x"),
    ];
    assert.deepEqual(await Promise.all(counts), [3, 3, 2, 1]);
    assert.deepEqual(await redis.call("scan", "0", "MATCH", "b:\\**", "COUNT", "100"), ["0", []]);
    assert.deepEqual(await redis.call("scan", "0", "MATCH", "b:*", "COUNT", "100"), ["0", ["b:c"]]);
  });

  test("shows and changes keys of every type", async () => {
    assert.equal(await redis.call("get", "a"), "1");
    assert.deepEqual(await redis.call("hgetall", "h"), { field: "value" });
    assert.deepEqual(await redis.call("lrange", "l", "0", "19"), ["1", "2", "3"]);
    assert.deepEqual(await redis.call("zrevrange", "z", "0", "19", "WITHSCORES"), ["two", "2", "one", "1"]);
    assert.equal(await redis.call("zcount", "z", "-inf", "+inf"), 2);
    assert.deepEqual(await redis.call("XRANGE", "x", "-", "+", "COUNT", "20"), [["1-1", ["field", "value"]]]);
    assert.equal(await redis.call("ttl", "x"), -1);
    assert.equal(await redis.call("type", "new"), "none");
    assert.equal(await redis.call("set", "new", "5"), "OK");
    assert.equal(await redis.call("del", "new"), 1);
  });

  test("its command line knows every setting", async () => {
    const settings = (await redis.call("config", "get", "*")) as string[];
    assert.ok(settings.length > 200);
    assert.ok(settings.includes("maxmemory-policy"));
  });
});

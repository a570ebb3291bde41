/**
 * What BullMQ asks of the server apart from its Lua scripts, call by call, through ioredis as BullMQ sets it up: its connections at
 * start, the workers that wait for a marker, the stream of events, the list of workers. What the scripts would change is changed here.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Redis } from "ioredis";
import { once } from "../support/time-limit.js";
import { onAnyTry } from "../support/timing.js";
import { applications } from "./applications.js";

const PREFIX = "bull:paint";
const MARKER = `${PREFIX}:marker`;
const EVENTS = `${PREFIX}:events`;
/** BullMQ closes a connection that overruns its time to wait by so much. */
const GRACE_MS = 1000;
const WORKER_NAME = `bull:${Buffer.from("paint").toString("base64")}`;

/** Fields of CLIENT LIST, as BullMQ reads them. */
function parseClients(list: string): Record<string, string>[] {
  return list
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map((line) =>
      Object.fromEntries(
        line.split(" ").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
      ),
    );
}

applications("BullMQ", ({ port, io, another }) => {
  test("connects: ready check, version and eviction policy out of INFO, a name, a duplicate for waiting", async () => {
    const client = new Redis({ port: port(), maxRetriesPerRequest: null, lazyConnect: true });
    const ready = once(client, "ready");
    await client.connect();
    await ready;
    const lines = (await client.info()).split(/\r?\n/);
    const version = lines.find((line) => line.startsWith("redis_version:"))!.slice("redis_version:".length);
    assert.ok(Number.parseInt(version, 10) >= 6, version);
    assert.ok(lines.includes("maxmemory_policy:noeviction"));
    assert.ok(lines.includes("loading:0"));

    const waiting = client.duplicate({ maxRetriesPerRequest: null });
    await waiting.client("SETNAME", WORKER_NAME);
    assert.equal(await waiting.client("GETNAME"), WORKER_NAME);
    assert.equal(await waiting.quit(), "OK");
    assert.equal(await client.quit(), "OK");
  });

  test("a worker waits for the marker, for fractions of a second, and never much longer than it asked", async () => {
    const worker = another();
    for (const seconds of [0.001, 0.01, 0.0525, 0.2]) {
      await onAnyTry(async () => {
        const start = performance.now();
        assert.equal(await worker.bzpopmin(MARKER, seconds), null);
        const elapsed = performance.now() - start;
        assert.ok(elapsed >= seconds * 1000 - 1, `${elapsed} ms instead of ${seconds} s`);
        assert.ok(elapsed < seconds * 1000 + GRACE_MS, `${elapsed} ms instead of ${seconds} s`);
      });
    }
    await assert.rejects(worker.bzpopmin(MARKER, -1), /ERR timeout is negative/);
  });

  test("a marker of a new job wakes one worker, that of a delayed job tells when it is due", async () => {
    const workers = [another(), another()];
    const woken = Promise.race(workers.map((worker) => worker.bzpopmin(MARKER, 10)));
    while (!(await io().info("clients")).includes("blocked_clients:2")) {}
    await io()
      .multi()
      .hset(`${PREFIX}:1`, "name", "car", "data", "{}")
      .lpush(`${PREFIX}:wait`, "1")
      .zadd(MARKER, 0, "0")
      .exec();
    assert.deepEqual(await woken, [MARKER, "0", "0"]);
    assert.match(await io().info("clients"), /blocked_clients:1/);
    assert.equal(await io().lmove(`${PREFIX}:wait`, `${PREFIX}:active`, "RIGHT", "LEFT"), "1");

    const dueMs = Date.now() + 60_000;
    await io()
      .multi()
      .zadd(`${PREFIX}:delayed`, dueMs * 0x1000, "2")
      .zadd(MARKER, dueMs, "1")
      .exec();
    while (!(await io().info("clients")).includes("blocked_clients:0")) {}
    assert.deepEqual(await io().zrange(`${PREFIX}:delayed`, 0, 0, "WITHSCORES"), ["2", String(dueMs * 0x1000)]);
  });

  test("the same marker again and again wakes only when it is put back", async () => {
    const worker = another();
    for (let i = 0; i < 20; i++) {
      const next = worker.bzpopmin(MARKER, 5);
      await io().zadd(MARKER, 0, "0");
      assert.deepEqual(await next, [MARKER, "0", "0"]);
    }
    assert.equal(await worker.bzpopmin(MARKER, 0.01), null);
  });

  test("events are read as they come, from the end of the stream on", async () => {
    const follower = another();
    await follower.client("SETNAME", `${WORKER_NAME}:qe`);
    await io().hset(`${PREFIX}:meta`, "opts.maxLenEvents", 10_000);
    await io().xadd(EVENTS, "*", "event", "old");
    const names = ["added", "waiting", "active", "completed"];
    const seen: string[] = [];
    let id = "$";
    let next = follower.xread("BLOCK", 10_000, "STREAMS", EVENTS, id);
    while (!(await io().info("clients")).includes("blocked_clients:1")) {}
    for (const name of names) {
      await io().xadd(EVENTS, "MAXLEN", "~", 10_000, "*", "event", name, "jobId", "1", "data", "{}");
    }
    while (seen.length < names.length) {
      const [, entries] = (await next)![0]!;
      for (const [entryId, fields] of entries) {
        id = entryId;
        seen.push(fields[1]!);
        assert.deepEqual(fields.slice(2), ["jobId", "1", "data", "{}"]);
      }
      if (seen.length < names.length) next = follower.xread("BLOCK", 10_000, "STREAMS", EVENTS, id);
    }
    assert.deepEqual(seen, names);
    assert.equal(await follower.xread("BLOCK", 10, "STREAMS", EVENTS, id), null);
    // One node holds them all, and may go as a whole.
    assert.equal(await io().xtrim(EVENTS, "MAXLEN", "~", 1), 0);
    assert.equal(await io().xtrim(EVENTS, "MAXLEN", "~", 0), 5);
  });

  test("workers are found by their names in CLIENT LIST, while they wait too", async () => {
    const worker = another();
    await worker.client("SETNAME", `${WORKER_NAME}:w:painter`);
    const waiting = worker.bzpopmin(MARKER, 10);
    while (!(await io().info("clients")).includes("blocked_clients:1")) {}
    const found = parseClients((await io().client("LIST")) as string).filter(({ name }) =>
      name?.startsWith(WORKER_NAME),
    );
    const painter = found.find(({ name }) => name === `${WORKER_NAME}:w:painter`)!;
    assert.equal(painter["cmd"], "bzpopmin");
    assert.equal(painter["flags"], "b");
    assert.match(painter["addr"]!, /^127\.0\.0\.1:\d+$/);
    await io().zadd(MARKER, 0, "0");
    assert.deepEqual(await waiting, [MARKER, "0", "0"]);
  });

  test("a worker that closes while it waits leaves nothing behind", async () => {
    const worker = new Redis({ port: port(), maxRetriesPerRequest: null, retryStrategy: () => null });
    const waiting = assert.rejects(worker.bzpopmin(MARKER, 0), /Connection is closed/);
    while (!(await io().info("clients")).includes("blocked_clients:1")) {}
    worker.disconnect();
    await waiting;
    while (!(await io().info("clients")).includes("blocked_clients:0")) {}
    await io().zadd(MARKER, 0, "0");
    assert.equal(await io().zcard(MARKER), 1);
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type EmbeddedServer, embeddedServer, infoField, until } from "../support/embedded.js";
import { encodeCommand, type RespConnection } from "../support/resp-connection.js";
import { onAnyTry } from "../support/timing.js";

const LIMIT_BYTES = 3_000_000;

/** Sends SETs of 1000 bytes in one go; returns how many were refused. Every second key gets a TTL. */
async function fill(client: RespConnection, count: number, hasTtl: (i: number) => boolean): Promise<number> {
  const commands: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const ttl = hasTtl(i) ? ["EX", 1000 + i] : [];
    commands.push(encodeCommand(["SET", `key:${i}`, "x".repeat(1000), ...ttl]));
  }
  client.write(Buffer.concat(commands));
  let refused = 0;
  for (let i = 0; i < count; i++) if ((await client.nextReply()).isError) refused++;
  return refused;
}

async function limited(scope: Parameters<typeof embeddedServer>[0], policy: string): Promise<EmbeddedServer> {
  const started = await embeddedServer(scope, { "maxmemory-policy": policy, "maxmemory-samples": 10 } as never);
  const client = await started.connect();
  const used = Number(await infoField(client, "used_memory"));
  await client.call("CONFIG", "SET", "maxmemory", used + LIMIT_BYTES);
  return started;
}

test("noeviction refuses what needs memory, and nothing else", async (t) => {
  const { connect } = await limited(t, "noeviction");
  const client = await connect();
  assert.ok((await fill(client, 5000, () => false)) > 1000);
  const error = "OOM command not allowed when used memory > 'maxmemory'.";
  await assert.rejects(client.call("SET", "more", 1), { message: error });
  assert.equal(await client.call("GET", "more"), null);
  assert.equal(await client.call("DEL", "key:0"), 1);
  await client.call("CONFIG", "SET", "maxmemory", 0);
  assert.equal(await client.call("SET", "more", 1), "OK");
  assert.equal(await infoField(client, "evicted_keys"), "0");
});

for (const policy of ["allkeys-lru", "allkeys-lfu", "allkeys-random"]) {
  test(`${policy} makes room among all keys`, async (t) => {
    const { connect } = await limited(t, policy);
    const client = await connect();
    assert.equal(await fill(client, 6000, (i) => i % 2 === 0), 0);
    const size = (await client.call("DBSIZE")) as number;
    assert.ok(size > 1500 && size < 4000, `${size} keys`);
    assert.equal(Number(await infoField(client, "evicted_keys")), 6000 - size);
    assert.ok(Number(await infoField(client, "used_memory")) < LIMIT_BYTES * 1.1 + 1_000_000);
  });
}

for (const policy of ["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"]) {
  test(`${policy} makes room among keys with a TTL only, and refuses when there is none left`, async (t) => {
    const { connect } = await limited(t, policy);
    const client = await connect();
    assert.equal(await fill(client, 3000, (i) => i >= 1000), 0);
    const lasting = Array.from({ length: 1000 }, (_, i) => `key:${i}`);
    assert.equal(await client.call("EXISTS", ...lasting), 1000);
    await client.call("FLUSHALL");
    assert.ok((await fill(client, 6000, () => false)) > 0);
    assert.ok(((await client.call("DBSIZE")) as number) > 1500);
  });
}

test("volatile-ttl evicts first what expires first", async (t) => {
  const { connect } = await limited(t, "volatile-ttl");
  const client = await connect();
  await fill(client, 5000, () => true);
  const size = (await client.call("DBSIZE")) as number;
  const latest = Array.from({ length: size / 2 }, (_, i) => `key:${4999 - i}`);
  assert.ok(((await client.call("EXISTS", ...latest)) as number) > latest.length * 0.7);
});

test("lowering maxmemory evicts until it is met", async (t) => {
  const { connect } = await limited(t, "allkeys-lru");
  const client = await connect();
  await fill(client, 2000, () => false);
  const used = Number(await infoField(client, "used_memory"));
  await client.call("CONFIG", "SET", "maxmemory", used - 1_000_000);
  await until("it is met", async () => Number(await infoField(client, "used_memory")) <= used - 1_000_000);
});

test("EXEC of a transaction that needs memory is refused as a whole", async (t) => {
  const { connect } = await limited(t, "noeviction");
  const client = await connect();
  await client.call("MULTI");
  await client.call("SET", "more", 1);
  const other = await connect();
  await fill(other, 5000, () => false);
  const reply = await client.send(["EXEC"]);
  assert.match(reply.bytes.toString(), /^-(EXECABORT|OOM)/);
  assert.equal(await client.call("EXISTS", "more"), 0);
});

test("FLUSHALL ASYNC of many keys answers at once and gives the memory back later", async (t) => {
  const { connect } = await embeddedServer(t, { "enable-debug-command": "yes" });
  const [client, other] = [await connect(), await connect()];
  const empty = Number(await infoField(client, "used_memory"));
  await onAnyTry(async () => {
    await client.call("DEBUG", "POPULATE", 300_000);
    const full = Number(await infoField(client, "used_memory"));
    const since = performance.now();
    await client.call("FLUSHALL", "ASYNC");
    const took = performance.now() - since;
    assert.equal(await client.call("DBSIZE"), 0);
    let longest = 0;
    await until("memory is back", async () => {
      const sent = performance.now();
      await other.call("PING");
      longest = Math.max(longest, performance.now() - sent);
      return Number(await infoField(client, "used_memory")) < empty + (full - empty) / 20;
    });
    const times = `FLUSHALL ASYNC took ${took.toFixed(1)} ms, the longest PING meanwhile ${longest.toFixed(1)} ms`;
    t.diagnostic(times);
    assert.ok(took < 100 && longest < 100, times);
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { until } from "./support/embedded.js";
import { RespConnection } from "./support/resp-connection.js";
import { serverFor } from "./support/servers.js";

const field = (description: string, name: string): number =>
  Number(new RegExp(`(?:^| )${name}=(\\d+)`).exec(description)![1]);

/** What the connection that asks takes. */
async function memory(connection: RespConnection): Promise<{ id: number; total: number; queue: number }> {
  const text = String(await connection.call("CLIENT", "INFO"));
  return { id: field(text, "id"), total: field(text, "tot-mem"), queue: field(text, "multi-mem") };
}

test("what is kept for a client counts as its memory until it is gone", async (t) => {
  const { port } = await serverFor(t);
  const connection = await RespConnection.connect(port, { resp: 3 });
  const other = await RespConnection.connect(port);
  t.after(() => Promise.all([connection.close(), other.close()]));
  const before = await memory(connection);

  await connection.call("WATCH", "a", "b", "a");
  assert.ok((await memory(connection)).total > before.total + 400);
  await connection.call("UNWATCH");
  assert.deepEqual(await memory(connection), before);

  connection.write("SUBSCRIBE c\r\n");
  await connection.nextPush();
  assert.ok((await memory(connection)).total > before.total);
  connection.write("UNSUBSCRIBE c\r\n");
  await connection.nextPush();
  assert.deepEqual(await memory(connection), before);

  await connection.call("MULTI");
  for (let i = 0; i < 50; i++) await connection.call("SET", "k", "v");
  const id = String(before.id);
  const description = String(await other.call("CLIENT", "LIST", "ID", id));
  assert.ok(field(description, "multi-mem") > 50_000);
  assert.ok(field(description, "tot-mem") > before.total + 50_000);
  await connection.call("EXEC");
  assert.deepEqual(await memory(connection), before);
});

test("a client that waits for keys counts what is kept for it until it waits no more, however that ends", async (t) => {
  const { port } = await serverFor(t);
  const connection = await RespConnection.connect(port);
  const other = await RespConnection.connect(port);
  t.after(() => Promise.all([connection.close(), other.close()]));
  const before = await memory(connection);
  const keys = Array.from({ length: 50 }, (_, i) => `key:${i}`);
  const id = String(before.id);
  for (const [timeout, end] of [
    [0, ["RPUSH", "key:7", "value"]],
    [0, ["CLIENT", "UNBLOCK", id]],
    [0, ["CLIENT", "UNBLOCK", id, "ERROR"]],
    [0.2, ["PING"]],
  ] as const) {
    const reply = connection.send(["BLPOP", ...keys, timeout]);
    await until("it waits", async () => / flags=b /.test(String(await other.call("CLIENT", "LIST", "ID", id))));
    const waiting = field(String(await other.call("CLIENT", "LIST", "ID", id)), "tot-mem");
    assert.ok(waiting > before.total + 50 * 450, `${waiting} bytes`);
    await other.call(...end);
    await reply;
    assert.deepEqual(await memory(connection), before, end.join(" "));
  }
});

test("a queue for EXEC that grows beyond maxmemory-clients ends its client", async (t) => {
  const { port } = await serverFor(t, { args: ["--maxmemory-clients", "1mb"] });
  const connection = await RespConnection.connect(port);
  await connection.call("MULTI");
  let sent = 0;
  for (; sent < 20; sent++) {
    try {
      await connection.call("SET", "k", "v".repeat(100_000));
    } catch {
      break;
    }
  }
  await connection.closed;
  assert.ok(sent >= 8 && sent <= 12, `closed after ${sent}`);
});

test("when memory runs out, a transaction takes no more commands, not even reads", async (t) => {
  const { port } = await serverFor(t);
  const connection = await RespConnection.connect(port);
  t.after(() => connection.close());
  await connection.call("CONFIG", "SET", "maxmemory", "1");
  await connection.call("MULTI");
  await assert.rejects(connection.call("GET", "a"), /^Error: OOM /);
  await assert.rejects(connection.call("EXEC"), /EXECABORT/);
});

test("min-replicas-to-write refuses writes, also those queued before it was set", async (t) => {
  const { port } = await serverFor(t);
  const connection = await RespConnection.connect(port);
  const other = await RespConnection.connect(port);
  t.after(() => Promise.all([connection.close(), other.close()]));
  await connection.call("MULTI");
  await connection.call("SET", "a", "1");
  await other.call("CONFIG", "SET", "min-replicas-to-write", "1");
  await assert.rejects(connection.call("EXEC"), /EXECABORT .* NOREPLICAS/);
  await assert.rejects(other.call("SET", "a", "1"), /NOREPLICAS/);
  assert.equal(await other.call("GET", "a"), null);
  await other.call("CONFIG", "SET", "min-replicas-max-lag", "0");
  assert.equal(await other.call("SET", "a", "1"), "OK");
});

test("what very many subscriptions take is what used_memory says", {
  skip: process.platform !== "linux",
}, async (t) => {
  const { port, pid } = await serverFor(t);
  const [connection, other] = [await RespConnection.connect(port), await RespConnection.connect(port)];
  const used = async (): Promise<number> =>
    Number(/used_memory:(\d+)/.exec(String(await other.call("INFO", "memory")))![1]);
  const resident = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))![1]) * 1024;
  const subscribe = async (from: number, to: number): Promise<void> => {
    for (let at = from; at < to; at += 100) {
      connection.write(`SUBSCRIBE ${Array.from({ length: 100 }, (_, i) => `channel:${at + i}`).join(" ")}\r\n`);
      for (let i = 0; i < 100; i++) await connection.nextReply();
    }
  };
  // The code that runs often takes memory, too.
  await subscribe(0, 20_000);
  const [usedBefore, residentBefore] = [await used(), resident()];
  await subscribe(20_000, 220_000);
  const [usedMore, residentMore] = [(await used()) - usedBefore, resident() - residentBefore];
  assert.ok(
    residentMore < 1.5 * usedMore,
    `${residentMore / 200_000} bytes each, ${usedMore / 200_000} in used_memory`,
  );
});

/** Clients that mean harm: memory stays bounded, the others are served, and nobody gets in without the password. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";
import { type Attack, type AttackName, attack } from "../support/hostile-clients.js";
import { RespConnection } from "../support/resp-connection.js";
import { serverFor } from "../support/servers.js";
import { onAnyTry } from "../support/timing.js";

const MB = 2 ** 20;
/** The attackers need time in the process of the test, too. */
const LIMIT_MS = 150;
const PASSWORD = "well-behaved";

/** A server with a password, under attack; a client of it that behaves; and its port. */
async function attacked(
  t: TestContext,
  name: AttackName,
  connections: number,
): Promise<{ client: RespConnection; running: Attack; port: number }> {
  const server = await serverFor(t, { program: "redstart", args: ["--maxclients", "5000", "--requirepass", PASSWORD] });
  const { port } = server;
  const client = await RespConnection.connect(port);
  t.after(() => client.close());
  await client.call("AUTH", PASSWORD);
  await client.call("SET", "hostile:big", "x".repeat(100_000));
  // Most harm can be done by those who are let in.
  if (name !== "guess") await client.call("CONFIG", "SET", "requirepass", "");
  const running = await attack(name, port, connections);
  t.after(() => running.stop());
  return { client, running, port };
}

/** Fails unless 99 of 100 requests are answered within `limitMs`. */
async function isServed(client: RespConnection, limitMs: number): Promise<void> {
  await onAnyTry(async () => {
    const times: number[] = [];
    for (let i = 0; i < 200; i++) {
      const sent = performance.now();
      await client.call("GET", "key");
      times.push(performance.now() - sent);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    times.sort((a, b) => a - b);
    assert.ok(times[198]! < limitMs, `99 % within ${times[198]} ms`);
  });
}

async function clientBytes(client: RespConnection): Promise<number> {
  return Number(await infoField(client, "mem_clients_normal"));
}

test("a thousand clients that send a byte a second cost little memory, and the others no time", async (t) => {
  const { client, running } = await attacked(t, "drip", 1000);
  await isServed(client, LIMIT_MS);
  await until("all have sent something", () => running.sentBytes > 1000);
  assert.equal(await infoField(client, "connected_clients"), "1001");
  // Half of them have a buffer for their half command by now, of 16 KB at most.
  assert.ok((await clientBytes(client)) / 1000 < 24_000);
});

test("lines that never end are cut off at 64 KB", async (t) => {
  const { client, running } = await attacked(t, "inline", 8);
  await until("they have been cut off", () => running.closed > 24);
  await isServed(client, LIMIT_MS);
  assert.ok((await clientBytes(client)) < 9 * 150_000);
});

test("a thousand announced bulks that never come are given no room", async (t) => {
  const { client } = await attacked(t, "announce", 1000);
  await isServed(client, LIMIT_MS);
  // 16 MB are given on trust, then each gets in proportion to what it sent.
  assert.ok((await clientBytes(client)) < 18 * MB + 1000 * 8192);
});

test("readers that never read are not read from either, and the more of them, the sooner", async (t) => {
  const { client, running } = await attacked(t, "deaf", 12);
  await until("none of them sends any more", async () => {
    const before = running.sentBytes;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return running.sentBytes === before;
  });
  await isServed(client, LIMIT_MS);
  // One alone may have 64 MB, all together a quarter of a gigabyte and then little each.
  assert.ok((await clientBytes(client)) < (256 + 64 + 12 * 3) * MB);
  assert.equal(running.closed, 0);
  running.stop();
  await until("their memory is free", async () => (await clientBytes(client)) < MB);
});

test("guessing passwords at full speed lets nobody in, and holds nobody up", async (t) => {
  const { client, running, port } = await attacked(t, "guess", 4);
  await until("many have been tried", async () => Number(await infoField(client, "acl_access_denied_auth")) > 5000);
  await isServed(client, LIMIT_MS);
  assert.equal(running.granted, 0);
  const stranger = await RespConnection.connect(port);
  t.after(() => stranger.close());
  await assert.rejects(stranger.call("GET", "hostile:big"), /^Error: NOAUTH/);
});

test("a client without the password may have little unsent", async (t) => {
  const { connect } = await embeddedServer(t, { requirepass: PASSWORD });
  const stranger = await connect();
  stranger.write("PING\r\n".repeat(400));
  for (let i = 0; i < 400; i++) assert.match(String((await stranger.nextReply()).bytes), /^-NOAUTH/);
  stranger.write("PING\r\n".repeat(1000));
  await stranger.closed;
  const friend = await connect();
  await friend.call("AUTH", PASSWORD);
  assert.equal(await infoField(friend, "client_output_buffer_limit_disconnections"), "1");
  friend.write("PING\r\n".repeat(10_000));
  for (let i = 0; i < 10_000; i++) assert.equal(String((await friend.nextReply()).bytes), "+PONG\r\n");
});

test("what many clients announce together gets room on trust up to a limit, then as it arrives", async (t) => {
  const { connect } = await embeddedServer(t);
  const observer = await connect();
  const clients = await Promise.all(Array.from({ length: 100 }, () => connect()));
  for (const client of clients) client.write("*2\r\n$4\r\nECHO\r\n$1000000\r\nabc");
  await until("all have arrived", async () => {
    return (String(await observer.call("CLIENT", "LIST")).match(/ qbuf=3 /g) ?? []).length === 100;
  });
  assert.ok((await clientBytes(observer)) < 20 * MB);
  for (const client of clients) client.write(`${"x".repeat(999_997)}\r\n`);
  for (const client of clients) assert.equal(String((await client.nextReply()).value).length, 1_000_000);
});

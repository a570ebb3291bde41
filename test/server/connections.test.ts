import assert from "node:assert/strict";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";
import { encodeCommand, RespConnection } from "../support/resp-connection.js";
import { once } from "../support/time-limit.js";

/** An address of this machine other than loopback, or undefined. */
const ownAddress = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === "IPv4" && !address.internal)?.address;

test("a client that sends one byte at a time is served like any other", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  const bytes = Buffer.concat([encodeCommand(["SET", "key", "a value"]), Buffer.from("GET key\r\n")]);
  for (const byte of bytes) {
    client.write(new Uint8Array([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(String(await client.nextReply()), '"+OK\\r\\n"');
  assert.equal((await client.nextReply()).value, "a value");
});

test("commands split anywhere between packets give the replies of the whole", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  const batch = Buffer.concat([
    encodeCommand(["SET", "k", "x".repeat(300)]),
    Buffer.from("INCR n\r\n"),
    encodeCommand(["STRLEN", "k"]),
  ]);
  for (let cut = 1; cut < batch.length; cut += 3) {
    client.write(batch.subarray(0, cut));
    await new Promise((resolve) => setImmediate(resolve));
    client.write(batch.subarray(cut));
    await client.nextReply();
    await client.nextReply();
    assert.equal((await client.nextReply()).value, 300);
  }
});

test("a value of 100 MB arrives in small packets in bounded time and memory", { timeout: 240_000 }, async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  const size = 100 * 1024 * 1024;
  const before = process.memoryUsage.rss();
  let peak = 0;
  client.write(`*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$${size}\r\n`);
  const packet = Buffer.alloc(16_000, 120);
  for (let left = size; left > 0; left -= packet.length) {
    if (!client.socket.write(packet.subarray(0, Math.min(left, packet.length)))) await once(client.socket, "drain");
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  client.write("\r\n");
  assert.equal((await client.nextReply()).bytes.toString(), "+OK\r\n");
  assert.equal(await client.call("STRLEN", "big"), size);
  assert.equal(await client.call("GETRANGE", "big", size - 3, -1), "xxx");
  // It is collected where it stays. The rest is the test's own: packets on their way.
  assert.ok(peak - before < 1.7 * size, `${(peak - before) / size} times its size`);
});

test("announced bulks that never arrive cost next to nothing", async (t) => {
  const { connect } = await embeddedServer(t, { "client-query-buffer-limit": "1gb" } as never);
  const before = process.memoryUsage.rss();
  const clients = await Promise.all(Array.from({ length: 50 }, () => connect()));
  for (const client of clients) client.write("*2\r\n$4\r\nECHO\r\n$536870912\r\nabc");
  const observer = await connect();
  await until("all have arrived", async () => {
    const list = String(await observer.call("CLIENT", "LIST"));
    return (list.match(/qbuf=3 /g) ?? []).length === 50;
  });
  assert.ok(process.memoryUsage.rss() - before < 60 * 1024 * 1024);
  assert.equal(await observer.call("PING"), "PONG");
});

test("millions of announced arguments cost nothing until they come", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  client.write("*2000000000\r\n$4\r\nMGET\r\n");
  const other = await connect();
  assert.equal(await other.call("PING"), "PONG");
});

test("a client that leaves in the middle of a command leaves nothing behind", async (t) => {
  const { connect } = await embeddedServer(t);
  const observer = await connect();
  const command = encodeCommand(["SET", "half", "x".repeat(100)]);
  for (let cut = 1; cut < command.length; cut += 7) {
    const client = await connect();
    client.write(command.subarray(0, cut));
    client.socket.end();
    await client.closed;
  }
  await until("all are gone", async () => String(await observer.call("CLIENT", "LIST")).split("\n").length === 2);
  assert.equal(await observer.call("EXISTS", "half"), 0);
  const resetting = await connect();
  resetting.write(command.subarray(0, 20));
  resetting.socket.resetAndDestroy();
  await resetting.closed;
  await until("it is gone", async () => String(await observer.call("CLIENT", "LIST")).split("\n").length === 2);
});

test("commands sent just before the end of a connection are run", async (t) => {
  const { server, connect: connectTo } = await embeddedServer(t);
  const observer = await connectTo();
  const socket = connect(server.port, "127.0.0.1");
  socket.end(Buffer.concat(Array.from({ length: 20_000 }, () => encodeCommand(["INCR", "n"]))));
  socket.resume();
  await until("all have run", async () => (await observer.call("GET", "n")) === "20000");
});

test("a query buffer above its limit ends the connection", async (t) => {
  const { connect } = await embeddedServer(t, { "client-query-buffer-limit": "1mb" });
  const client = await connect();
  client.socket.on("error", () => {});
  client.write(`*2\r\n$4\r\nECHO\r\n$3000000\r\n`);
  client.write(Buffer.alloc(2_500_000, 97));
  await client.closed;
  const observer = await connect();
  assert.equal(await infoField(observer, "client_query_buffer_limit_disconnections"), "1");
});

test("above maxclients a client is told so and closed; CONFIG SET changes the limit", async (t) => {
  const { connect } = await embeddedServer(t, { maxclients: 2 });
  const first = await connect();
  await connect();
  const third = await connect();
  assert.equal(String((await third.nextReply()).bytes), "-ERR max number of clients reached\r\n");
  await third.closed;
  assert.equal(await infoField(first, "rejected_connections"), "1");
  await first.call("CONFIG", "SET", "maxclients", 3);
  assert.equal(await (await connect()).call("PING"), "PONG");
});

test("protected mode keeps other machines out until there is a password", {
  skip: ownAddress === undefined,
}, async (t) => {
  const { server, connect: connectHere } = await embeddedServer(t, { bind: "0.0.0.0" });
  const here = await connectHere();
  const answer = async (): Promise<string> => {
    const socket = connect(server.port, ownAddress!);
    socket.write("PING\r\n");
    const [chunk] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    return chunk.toString();
  };
  assert.match(await answer(), /^-DENIED Redis is running in protected mode because .*\r\n$/);
  await here.call("CONFIG", "SET", "requirepass", "x");
  assert.match(await answer(), /^-NOAUTH/);
  await here.call("CONFIG", "SET", "requirepass", "");
  await here.call("CONFIG", "SET", "protected-mode", "no");
  assert.equal(await answer(), "+PONG\r\n");
});

test("idle clients are closed after timeout, subscribers are not", async (t) => {
  const { connect } = await embeddedServer(t, { timeout: 1, hz: 100 });
  const [idle, subscriber] = [await connect(), await connect()];
  await subscriber.call("SUBSCRIBE", "channel");
  await idle.call("PING");
  const since = Date.now();
  await idle.closed;
  assert.ok(Date.now() - since < 20_000);
  subscriber.write("PING\r\n");
  assert.deepEqual((await subscriber.nextReply()).value, ["pong", ""]);
});

test("with requirepass nothing but AUTH, HELLO and QUIT is allowed before authentication", async (t) => {
  const { connect } = await embeddedServer(t, { requirepass: "secret" });
  const client = await connect();
  for (const command of ["GET a", "PING", "MULTI", "CONFIG GET *", "CLIENT ID"]) {
    client.write(`${command}\r\n`);
    assert.equal((await client.nextReply()).bytes.toString(), "-NOAUTH Authentication required.\r\n", command);
  }
  await assert.rejects(client.call("AUTH", "wrong"), /^Error: WRONGPASS invalid username-password pair/);
  await assert.rejects(client.call("HELLO", 3), /NOAUTH HELLO must be called with the client already authenticated/);
  assert.equal(await client.call("AUTH", "default", "secret"), "OK");
  assert.equal(await client.call("PING"), "PONG");
  const other = await connect();
  const hello = (await other.call("HELLO", 3, "AUTH", "default", "secret")) as Map<string, unknown>;
  assert.equal(hello.get("proto"), 3);
  // A large argument is allowed only now.
  assert.equal(await other.call("STRLEN", "x".repeat(20_000)), 0);
  const third = await connect();
  third.write(`*2\r\n$4\r\nECHO\r\n$20000\r\n`);
  assert.match((await third.nextReply()).bytes.toString(), /unauthenticated bulk length/);
  await third.closed;
  client.write(`RESET\r\n*11\r\n${"$4\r\nPING\r\n".repeat(11)}`);
  assert.equal((await client.nextReply()).bytes.toString(), "+RESET\r\n");
  assert.match((await client.nextReply()).bytes.toString(), /unauthenticated multibulk length/);
});

test("a password that is set later leaves clients authenticated that were", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("CONFIG", "SET", "requirepass", "secret");
  assert.equal(await client.call("PING"), "PONG");
  await assert.rejects((await connect()).call("PING"), /NOAUTH/);
});

test("QUIT answers what came before it, and nothing that came after", async (t) => {
  const { server } = await embeddedServer(t);
  const client = await RespConnection.connect(server.port);
  client.write("PING\r\nQUIT\r\nSET after 1\r\n");
  assert.equal((await client.nextReply()).bytes.toString(), "+PONG\r\n");
  assert.equal((await client.nextReply()).bytes.toString(), "+OK\r\n");
  await client.closed;
  const other = await RespConnection.connect(server.port);
  assert.equal(await other.call("EXISTS", "after"), 0);
  await other.close();
});

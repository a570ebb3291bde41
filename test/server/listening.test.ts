import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { connect, createServer as createNetServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createServer } from "../../src/index.js";
import { embeddedServer } from "../support/embedded.js";
import { freePort } from "../support/ports.js";
import { RespConnection } from "../support/resp-connection.js";
import { serverFor, startServer } from "../support/servers.js";
import { type Scope, temporaryDirectory } from "../support/temporary-directory.js";
import { once } from "../support/time-limit.js";
import { clientPath, isWindows } from "../support/unix-socket.js";

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));

/** The answer to PING at an address, or the code of the error. */
async function ping(port: number, host: string): Promise<string> {
  const socket = connect(port, host);
  try {
    await once(socket, "connect");
    socket.write("PING\r\n");
    const [chunk] = (await once(socket, "data")) as [Buffer];
    return chunk.toString();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "?";
  } finally {
    socket.destroy();
  }
}

/** Something else that listens on 127.0.0.1. */
async function occupiedPort(scope: Scope): Promise<number> {
  const other: Server = createNetServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  scope.after(() => void other.close());
  return (other.address() as { port: number }).port;
}

test("several addresses of bind are listened on at one port, no others", async (t) => {
  const { server } = await embeddedServer(t, { bind: ["127.0.0.2", "127.0.0.3"] });
  assert.equal(await ping(server.port, "127.0.0.2"), "+PONG\r\n");
  assert.equal(await ping(server.port, "127.0.0.3"), "+PONG\r\n");
  assert.equal(await ping(server.port, "127.0.0.1"), "ECONNREFUSED");
});

test("IPv6 addresses are bound beside IPv4 ones, and clients show theirs", { skip: !hasIpv6 }, async (t) => {
  const { server } = await embeddedServer(t, { bind: ["127.0.0.1", "::1"] });
  assert.equal(await ping(server.port, "127.0.0.1"), "+PONG\r\n");
  const socket = connect(server.port, "::1");
  socket.write("CLIENT INFO\r\n");
  const [chunk] = (await once(socket, "data")) as [Buffer];
  assert.match(chunk.toString(), new RegExp(` addr=\\[::1\\]:\\d+ laddr=\\[::1\\]:${server.port} `));
  socket.destroy();
});

test("a missing address is an error, unless it begins with a minus sign", async (t) => {
  await assert.rejects(createServer({ bind: ["127.0.0.1", "192.0.2.1"] }), { code: "EADDRNOTAVAIL" });
  const { server } = await embeddedServer(t, { bind: ["-192.0.2.1", "127.0.0.1"] });
  assert.equal(await ping(server.port, "127.0.0.1"), "+PONG\r\n");
});

test("a port in use is an error that leaves nothing open", async (t) => {
  const port = await occupiedPort(t);
  await assert.rejects(createServer({ port }), { code: "EADDRINUSE" });
  await assert.rejects(createServer({ port, bind: ["127.0.0.2", "127.0.0.1"] }), { code: "EADDRINUSE" });
  assert.equal(await ping(port, "127.0.0.2"), "ECONNREFUSED");
});

test("CONFIG SET port moves the server and keeps its clients; 0 closes TCP", async (t) => {
  const server = await serverFor(t);
  const client = await RespConnection.connect(server.port);
  const port = await freePort();
  assert.equal(await client.call("CONFIG", "SET", "port", port), "OK");
  assert.equal(await ping(port, "127.0.0.1"), "+PONG\r\n");
  assert.equal(await ping(server.port, "127.0.0.1"), "ECONNREFUSED");
  assert.equal(await client.call("CONFIG", "SET", "port", 0), "OK");
  assert.equal(await ping(port, "127.0.0.1"), "ECONNREFUSED");
  assert.equal(await client.call("CONFIG", "SET", "port", server.port), "OK");
  assert.equal(await ping(server.port, "127.0.0.1"), "+PONG\r\n");
  // A server without a socket goes on.
  assert.equal(await client.call("CONFIG", "SET", "port", 0), "OK");
  await client.close();
  const ended = await Promise.race([server.exited, new Promise((resolve) => setTimeout(resolve, 100, "runs"))]);
  assert.equal(ended, "runs");
});

test("CONFIG SET port to one in use fails, with everything set along with it as before", async (t) => {
  const { server, connect: connectTo } = await embeddedServer(t);
  const client = await connectTo();
  const port = await occupiedPort(t);
  const set = client.call("CONFIG", "SET", "maxmemory", 10_000_001, "port", port, "timeout", 77);
  const problem = "Unable to listen on this port. Check server logs.";
  await assert.rejects(set, {
    message: `ERR CONFIG SET failed (possibly related to argument 'port') - ${problem}`,
  });
  assert.deepEqual(await client.call("CONFIG", "GET", "timeout"), ["timeout", "0"]);
  assert.deepEqual(await client.call("CONFIG", "GET", "maxmemory"), ["maxmemory", "0"]);
  assert.equal(await ping(server.port, "127.0.0.1"), "+PONG\r\n");
});

test("CONFIG SET bind changes the addresses, also to one that includes the present one", async (t) => {
  const { server, connect: connectTo } = await embeddedServer(t);
  const client = await connectTo();
  assert.equal(await client.call("CONFIG", "SET", "bind", "127.0.0.1 127.0.0.2"), "OK");
  assert.equal(await ping(server.port, "127.0.0.2"), "+PONG\r\n");
  assert.equal(await client.call("CONFIG", "SET", "bind", "0.0.0.0"), "OK");
  assert.equal(await ping(server.port, "127.0.0.3"), "+PONG\r\n");
  assert.equal(await client.call("CONFIG", "SET", "bind", "127.0.0.1"), "OK");
  assert.equal(await ping(server.port, "127.0.0.3"), "ECONNREFUSED");
  assert.equal(await client.call("PING"), "PONG");
});

test("CONFIG SET bind to what cannot be bound fails and leaves the addresses as they were", async (t) => {
  const { server, connect: connectTo } = await embeddedServer(t);
  const client = await connectTo();
  for (const bind of ["192.0.2.1", "127.0.0.2 192.0.2.1", "no.such.host.invalid"]) {
    await assert.rejects(client.call("CONFIG", "SET", "bind", bind), {
      message: "ERR CONFIG SET failed (possibly related to argument 'bind') - Failed to bind to specified addresses.",
    });
    assert.deepEqual(await client.call("CONFIG", "GET", "bind"), ["bind", "127.0.0.1"]);
    assert.equal(await ping(server.port, "127.0.0.1"), "+PONG\r\n");
    assert.equal(await ping(server.port, "127.0.0.2"), "ECONNREFUSED");
  }
});

test("a Unix socket has its access rights, serves, replaces a stale file and goes with the server", async (t) => {
  const path = join(temporaryDirectory(t), "redis.sock");
  if (!isWindows) writeFileSync(path, "left over");
  const server = await createServer({ port: null, unixsocket: path, unixsocketperm: 0o700 } as never);
  if (!isWindows) {
    const stat = statSync(path);
    assert.equal(stat.isSocket(), true);
    assert.equal(stat.mode & 0o777, 0o700);
  }
  const client = await RespConnection.connect(clientPath(path));
  const info = String(await client.call("CLIENT", "INFO"));
  assert.ok(info.includes(` addr=${path}:0 laddr=${path}:0 `));
  assert.match(info, / flags=U /);
  assert.equal(await client.call("SET", "a", "x".repeat(1_000_000)), "OK");
  assert.equal(((await client.call("GET", "a")) as string).length, 1_000_000);
  await server.close();
  await client.closed;
  assert.equal(statSync(path, { throwIfNoEntry: false }), undefined);
});

test("with port 0 the command listens on the Unix socket alone, and without one it gives up", async (t) => {
  const path = join(temporaryDirectory(t), "redis.sock");
  const server = await serverFor(t, { port: 0, args: ["--unixsocket", path] });
  assert.match(server.output(), /Ready to accept connections unix/);
  assert.doesNotMatch(server.output(), /Ready to accept connections tcp/);
  const client = await RespConnection.connect(clientPath(path));
  assert.deepEqual(await client.call("CONFIG", "GET", "port"), ["port", "0"]);
  await client.close();
  await assert.rejects(startServer({ port: 0 }), /ended with 1:[\s\S]*Configured to not listen anywhere, exiting\./);
});

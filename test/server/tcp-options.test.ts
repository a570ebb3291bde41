/** What the kernel says about connections, and what is set for them: with koffi, without it, and where there is no such kernel. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { assemble } from "../../src/assemble/assemble.js";
import { socketOptionsLoader } from "../../src/platform/koffi-socket-options.js";
import { createNodePlatform } from "../../src/platform/node.js";
import type { LoadSocketOptions } from "../../src/platform/socket-options.js";
import { applyOptions, type ServerOptions } from "../../src/server/config/options.js";
import { embeddedServer, until } from "../support/embedded.js";
import {
  hasKeepAlive,
  skipWithoutKernel,
  TCP_FASTOPEN,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_USER_TIMEOUT,
  tcpOption,
} from "../support/kernel.js";
import type { LostNetworkResult } from "../support/lost-network.js";
import { RespConnection } from "../support/resp-connection.js";
import { serverFor, skipWithout, startServer } from "../support/servers.js";
import { type Scope, temporaryDirectory } from "../support/temporary-directory.js";
import { tlsServer } from "../support/tls.js";

const skip = skipWithoutKernel();

/** The algorithms that this process may use, its default first. */
function congestionControls(): string[] {
  const read = (name: string) => readFileSync(`/proc/sys/net/ipv4/${name}`, "latin1").trim().split(" ");
  const [usual] = read("tcp_congestion_control");
  return [usual!, ...read("tcp_allowed_congestion_control").filter((name) => name !== usual)];
}

const info = async (client: RespConnection): Promise<string> => String(await client.call("CLIENT", "INFO"));
const fieldOf = (line: string, name: string): string | undefined => new RegExp(` ${name}=(\\S*)`).exec(line)?.[1];
const fdOf = async (client: RespConnection): Promise<number> => Number(fieldOf(await info(client), "fd"));

/** A server with socket options of the test's own. */
async function serverWith(scope: Scope, load: LoadSocketOptions, options: ServerOptions = {}) {
  const { server } = assemble({
    platform: { ...createNodePlatform(), loadSocketOptions: load },
    configure: (store) => applyOptions(store, { bind: "127.0.0.1", save: "", ...options }),
  });
  await server.listen(true);
  scope.after(() => server.close());
  const client = await RespConnection.connect(server.listeners.port);
  scope.after(() => client.close());
  return { server, client };
}

test("CLIENT LIST ends with the kernel's figures of each TCP connection", { skip }, async (t) => {
  const path = join(temporaryDirectory(t), "r.sock");
  const { connect: connectTo } = await embeddedServer(t, { unixsocket: path });
  const client = await connectTo();
  const line = await info(client);
  assert.match(
    line,
    / tcp-rtt=\d+ tcp-rttvar=\d+ tcp-rto=\d+ tcp-retrans=0 tcp-cwnd=\d+ tcp-cc=[a-z]\w* tcp-opts=[a-z,]*\n?$/,
  );
  assert.ok(Number(fieldOf(line, "tcp-rtt")) > 0);
  assert.ok(Number(fieldOf(line, "tcp-rtt")) < 1_000_000);
  assert.ok(Number(fieldOf(line, "tcp-rto")) >= 1000);
  assert.ok(Number(fieldOf(line, "tcp-cwnd")) > 0);
  assert.equal(fieldOf(line, "tcp-cc"), congestionControls()[0]);
  if (readFileSync("/proc/sys/net/ipv4/tcp_timestamps", "latin1").trim() === "1") {
    assert.match(fieldOf(line, "tcp-opts")!, /timestamps/);
  }
  const unix = await RespConnection.connect(path);
  assert.doesNotMatch(await info(unix), /tcp-/);
  await unix.close();
  const lines = String(await client.call("CLIENT", "LIST"))
    .trim()
    .split("\n");
  assert.ok(lines.every((one) => one.includes("tcp-rtt=")));
});

test("a connection with TLS has figures too", { skip: skip || skipWithout("openssl") }, async (t) => {
  const server = await tlsServer(t);
  const client = await server.secure();
  assert.ok(Number(fieldOf(await info(client), "tcp-rtt")) > 0);
});

test("INFO tcp sums the figures; no other section asks for them", { skip }, async (t) => {
  const { connect: connectTo } = await embeddedServer(t);
  const client = await connectTo();
  await connectTo();
  const text = String(await client.call("INFO", "tcp"));
  assert.match(
    text,
    /^# TCP\r\ntcp_clients_with_figures:2\r\ntcp_rtt_avg_usec:[1-9]\d*\r\ntcp_rtt_max_usec:[1-9]\d*\r\n/,
  );
  assert.match(text, new RegExp(`\r\ntcp_congestion_control:${congestionControls()[0]}=2\r\n`));
  assert.doesNotMatch(String(await client.call("INFO", "everything")), /tcp_rtt/);
});

test("tcp-congestion is set for connections that are there and for new ones, and taken back with ''", {
  skip,
}, async (t) => {
  const [usual, other] = congestionControls();
  if (other === undefined) return t.skip("the system has one algorithm only");
  const { connect: connectTo } = await embeddedServer(t);
  const client = await connectTo();
  const used = async (connection: RespConnection) => fieldOf(await info(connection), "tcp-cc");
  assert.equal(await used(client), usual);
  assert.equal(await client.call("CONFIG", "SET", "tcp-congestion", other), "OK");
  assert.equal(await used(client), other);
  assert.equal(await used(await connectTo()), other);
  await assert.rejects(client.call("CONFIG", "SET", "tcp-congestion", "no-such"), {
    message:
      "ERR CONFIG SET failed (possibly related to argument 'tcp-congestion') - " +
      "The system has no congestion control 'no-such'",
  });
  assert.deepEqual(await client.call("CONFIG", "GET", "tcp-congestion"), ["tcp-congestion", other]);
  assert.equal(await client.call("CONFIG", "SET", "tcp-congestion", ""), "OK");
  assert.equal(await used(client), usual);
  assert.equal(await used(await connectTo()), usual);
});

test("the settings of TCP can be given at the start", { skip }, async (t) => {
  const name = congestionControls().at(-1)!;
  const { connect: connectTo } = await embeddedServer(t, {
    "tcp-congestion": name,
    "tcp-user-timeout": 7000,
    "tcp-fastopen": 16,
    "tcp-keepalive": 60,
  });
  const client = await connectTo();
  const fd = await fdOf(client);
  assert.equal(fieldOf(await info(client), "tcp-cc"), name);
  assert.equal(tcpOption(fd, TCP_USER_TIMEOUT), 7000);
  assert.equal(tcpOption(fd, TCP_KEEPIDLE), 60);
  await assert.rejects(embeddedServer(t, { "tcp-congestion": "no-such" }), /no congestion control 'no-such'/);
  const started = startServer({ args: ["--tcp-congestion", "no-such"] });
  await assert.rejects(started, /ended with 1:[\s\S]*The system has no congestion control 'no-such'/);
});

test("tcp-user-timeout is set for connections that are there and for new ones", { skip }, async (t) => {
  const { connect: connectTo } = await embeddedServer(t);
  const client = await connectTo();
  const fd = await fdOf(client);
  assert.equal(tcpOption(fd, TCP_USER_TIMEOUT), 0);
  assert.equal(await client.call("CONFIG", "SET", "tcp-user-timeout", 12345), "OK");
  assert.equal(tcpOption(fd, TCP_USER_TIMEOUT), 12345);
  assert.equal(tcpOption(await fdOf(await connectTo()), TCP_USER_TIMEOUT), 12345);
  assert.equal(await client.call("CONFIG", "SET", "tcp-user-timeout", 0), "OK");
  assert.equal(tcpOption(fd, TCP_USER_TIMEOUT), 0);
});

test("tcp-keepalive: Redis' interval and count once it is given, Node's by default, none with 0", {
  skip,
}, async (t) => {
  const { connect: connectTo } = await embeddedServer(t);
  const client = await connectTo();
  const ofNew = async () => {
    const fd = await fdOf(await connectTo());
    return [hasKeepAlive(fd), tcpOption(fd, TCP_KEEPIDLE), tcpOption(fd, TCP_KEEPINTVL), tcpOption(fd, TCP_KEEPCNT)];
  };
  assert.deepEqual((await ofNew()).slice(0, 2), [true, 300]);
  await client.call("CONFIG", "SET", "tcp-keepalive", 120);
  assert.deepEqual(await ofNew(), [true, 120, 40, 3]);
  await client.call("CONFIG", "SET", "tcp-keepalive", 1);
  assert.deepEqual(await ofNew(), [true, 1, 1, 3]);
  await client.call("CONFIG", "SET", "tcp-keepalive", 0);
  assert.equal((await ofNew())[0], false);
});

test("tcp-fastopen is set for listeners, those that are opened later too", { skip }, async (t) => {
  const { server, client } = await serverWith(t, socketOptionsLoader());
  const queues = () => server.listeners.portSockets().map((fd) => tcpOption(fd, TCP_FASTOPEN));
  assert.deepEqual(queues(), [0]);
  assert.equal(await client.call("CONFIG", "SET", "tcp-fastopen", 32), "OK");
  assert.deepEqual(queues(), [32]);
  assert.equal(await client.call("CONFIG", "SET", "bind", "127.0.0.1 127.0.0.2"), "OK");
  assert.deepEqual(queues(), [32, 32]);
  assert.equal(await client.call("CONFIG", "SET", "tcp-fastopen", 0), "OK");
  assert.deepEqual(queues(), [0, 0]);
});

test("nothing is loaded before figures are asked for or something is set", {
  skip: process.platform !== "linux",
}, async (t) => {
  let loads = 0;
  const { client, server } = await serverWith(t, () => {
    loads++;
    return "it is not there";
  });
  await client.call("SET", "k", "v");
  await client.call("INFO");
  await client.call("INFO", "everything");
  await client.call("CONFIG", "SET", "timeout", 1, "maxclients", 100);
  const other = await RespConnection.connect(server.listeners.port);
  await other.call("PING");
  await other.close();
  assert.equal(loads, 0);
  assert.doesNotMatch(await info(client), /tcp-/);
  assert.equal(loads, 1);
});

test("without koffi its settings are refused with the reason, and everything else works", async (t) => {
  const missing = Object.assign(new Error("Cannot find module 'koffi'"), { code: "MODULE_NOT_FOUND" });
  const load = socketOptionsLoader("linux", () => {
    throw missing;
  });
  const { client } = await serverWith(t, load, { "tcp-keepalive": 60 });
  assert.doesNotMatch(await info(client), /tcp-/);
  assert.equal(await client.call("INFO", "tcp"), "# TCP\r\ntcp_clients_with_figures:0\r\n");
  for (const [name, value] of [
    ["tcp-congestion", "reno"],
    ["tcp-user-timeout", "5000"],
    ["tcp-fastopen", "16"],
  ] as const) {
    const reason = 'it needs the package "koffi", which is not installed';
    await assert.rejects(client.call("CONFIG", "SET", "timeout", "77", name, value), {
      message: `ERR CONFIG SET failed (possibly related to argument '${name}') - ${name} cannot be set: ${reason}`,
    });
    assert.deepEqual(await client.call("CONFIG", "GET", name), [name, name === "tcp-congestion" ? "" : "0"]);
    await assert.rejects(serverWith(t, load, { [name]: value }), { message: `${name} cannot be set: ${reason}` });
  }
  assert.deepEqual(await client.call("CONFIG", "GET", "timeout"), ["timeout", "0"]);
  assert.equal(await client.call("CONFIG", "SET", "tcp-keepalive", "30"), "OK");
  assert.equal(await client.call("CONFIG", "SET", "tcp-congestion", ""), "OK");
});

test("a koffi that cannot be used is no harm, and the reason is told", async (t) => {
  const load = socketOptionsLoader("linux", () => {
    throw new Error("wrong ELF class\nand more");
  });
  const { client } = await serverWith(t, load);
  assert.doesNotMatch(await info(client), /tcp-/);
  await assert.rejects(client.call("CONFIG", "SET", "tcp-fastopen", "1"), {
    message: /tcp-fastopen cannot be set: it needs the package "koffi", which cannot be used: wrong ELF class$/,
  });
});

test("on other systems there are no figures and koffi is not looked for", async (t) => {
  const load = socketOptionsLoader("win32", () => assert.fail("looked for"));
  const { client } = await serverWith(t, load, { "tcp-keepalive": 60 });
  assert.doesNotMatch(await info(client), /tcp-/);
  await assert.rejects(client.call("CONFIG", "SET", "tcp-congestion", "reno"), {
    message: /tcp-congestion cannot be set: only Linux has it$/,
  });
});

/** False where a process may have a network of its own, or the reason to skip. */
function skipWithoutOwnNetwork(): string | false {
  const missing = skip || skipWithout("unshare", "ip");
  if (missing !== false) return missing;
  try {
    execFileSync("unshare", ["-rn", "ip", "link", "set", "lo", "up"], { stdio: "ignore" });
    return false;
  } catch {
    return "may not have a network of its own";
  }
}

test("when the network is cut, tcp-user-timeout and tcp-keepalive drop clients; fast open brings data with the first packet", {
  skip: skipWithoutOwnNetwork(),
}, async () => {
  const program = fileURLToPath(new URL("../support/lost-network.js", import.meta.url));
  const { stdout } = await promisify(execFile)("unshare", ["-rn", process.execPath, program]);
  const { fastOpen, userTimeoutMs, keepAliveMs, withoutMs } = JSON.parse(stdout) as LostNetworkResult;
  assert.equal(fastOpen.length, 2);
  assert.doesNotMatch(fastOpen[0]!, /fastopen/);
  assert.match(fastOpen[1]!, /fastopen/);
  // One second, at the next time it would have sent again.
  assert.ok(userTimeoutMs !== null && userTimeoutMs >= 900, `after ${userTimeoutMs} ms`);
  // A second of silence, then three probes a second apart.
  assert.ok(keepAliveMs !== null && keepAliveMs >= 2500, `after ${keepAliveMs} ms`);
  assert.equal(withoutMs, null);
});

test("the command finds koffi beside the package", { skip }, async (t) => {
  const server = await serverFor(t);
  const client = await RespConnection.connect(server.port);
  t.after(() => client.close());
  assert.match(await info(client), / tcp-rtt=[1-9]/);
});

test("the package on its own, without koffi beside it, works", async (t) => {
  const directory = temporaryDirectory(t);
  copyFileSync("dist/redstart.cjs", join(directory, "redstart.cjs"));
  const script = `
    const { createServer } = await import(${JSON.stringify(pathToFileURL(join(directory, "redstart.cjs")).href)});
    const server = await createServer();
    const client = server.connect();
    const socket = (await import("node:net")).connect(server.port, "127.0.0.1");
    socket.write("CLIENT INFO\\r\\nCONFIG SET tcp-user-timeout 1000\\r\\n");
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
      if (!text.includes("CONFIG SET failed")) return;
      console.log(text.includes("tcp-rtt"), text.trim().split("\\r\\n").at(-1));
      socket.destroy();
      server.close();
    });`;
  const args = ["--input-type=module", "-e", script];
  const output = execFileSync(process.execPath, args, { encoding: "utf8", cwd: directory });
  const reason =
    process.platform === "linux" ? 'it needs the package "koffi", which is not installed' : "only Linux has it";
  assert.match(output, new RegExp(`^false -ERR CONFIG SET failed .* - tcp-user-timeout cannot be set: ${reason}\n$`));
});

test("a connection that is being closed is not asked", { skip }, async (t) => {
  const { client, server } = await serverWith(t, socketOptionsLoader());
  const other = await RespConnection.connect(server.listeners.port);
  await other.call("PING");
  const connection = [...server.clients.connections()].find(({ tcpSocket }) => tcpSocket >= 0)!;
  assert.ok(connection.tcpSocket >= 0);
  await other.close();
  await until("it is gone", async () => server.clients.count === 1);
  const id = await client.call("CLIENT", "ID");
  const remaining = [...server.clients.connections()];
  assert.deepEqual(
    remaining.map((one) => one.id),
    [id],
  );
  remaining[0]!.close("test");
  assert.equal(remaining[0]!.tcpSocket, -1);
});

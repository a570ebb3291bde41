/**
 * A program for a network of its own (`unshare -rn`), where fast open is allowed and the loopback interface can be cut: starts servers, does
 * what their settings are for, and prints what came of it as JSON.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { createServer, type RedstartServer } from "../../src/index.js";
import { RespConnection } from "./resp-connection.js";
import { once } from "./time-limit.js";

/** What the program prints. */
export interface LostNetworkResult {
  /** Of each client that sent PING with fast open: the options of its connection. */
  readonly fastOpen: readonly string[];
  /** After how long a server had dropped a client that the network was cut from; null: not within the limit. */
  readonly userTimeoutMs: number | null;
  readonly keepAliveMs: number | null;
  readonly withoutMs: number | null;
}

const LIMIT_MS = 8000;

const ip = (...args: string[]) => execFileSync("ip", args);

async function fastOpen(): Promise<string[]> {
  const server = await createServer({ "tcp-fastopen": 16 });
  const koffi = createRequire(import.meta.url)("koffi") as {
    load(path: null): { func(declaration: string): (...args: unknown[]) => number };
  };
  const libc = koffi.load(null);
  const socket = libc.func("int socket(int, int, int)");
  const sendto = libc.func("long sendto(int, void *, size_t, int, void *, uint32_t)");
  const address = new Uint8Array(16);
  address.set([2, 0, server.port >> 8, server.port & 255, 127, 0, 0, 1]);
  const message = Buffer.from("PING\r\n");
  const MSG_FASTOPEN = 0x20000000;
  // The first connection learns the cookie that the second shows.
  for (let i = 0; i < 2; i++) sendto(socket(2, 1, 0), message, message.length, MSG_FASTOPEN, address, address.length);
  const client = await RespConnection.connect(server.port);
  for (;;) {
    const lines = String(await client.call("CLIENT", "LIST")).split("\n");
    const pinging = lines.filter((line) => line.includes(" cmd=ping "));
    if (pinging.length === 2) return pinging.map((line) => / tcp-opts=(\S*)/.exec(line)![1]!);
  }
}

/** A server and how long after the cut its client was dropped. */
async function droppedMs(
  server: RedstartServer,
  cut: Promise<void>,
  afterCut: (client: RespConnection) => void,
): Promise<number | null> {
  const socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write("SUBSCRIBE news\r\n");
  await once(socket, "data");
  const inside = RespConnection.over(server.connect());
  await cut;
  const since = performance.now();
  afterCut(inside);
  while (performance.now() - since < LIMIT_MS) {
    const lines = String(await inside.call("CLIENT", "LIST"));
    if (!lines.includes("127.0.0.1")) return performance.now() - since;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return null;
}

ip("link", "set", "lo", "up");
writeFileSync("/proc/sys/net/ipv4/tcp_fastopen", "3");
const fastOpenOptions = await fastOpen();
let cutNow = (): void => {};
const cut = new Promise<void>((resolve) => (cutNow = resolve));
const publish = (client: RespConnection) => void client.call("PUBLISH", "news", "hello");
const results = [
  droppedMs(await createServer({ "tcp-user-timeout": 1000, "tcp-keepalive": 0 }), cut, publish),
  droppedMs(await createServer({ "tcp-keepalive": 1 }), cut, () => {}),
  droppedMs(await createServer({ "tcp-keepalive": 0 }), cut, publish),
];
await new Promise((resolve) => setTimeout(resolve, 500));
ip("link", "set", "lo", "down");
cutNow();
const [userTimeoutMs, keepAliveMs, withoutMs] = await Promise.all(results);
process.stdout.write(JSON.stringify({ fastOpen: fastOpenOptions, userTimeoutMs, keepAliveMs, withoutMs }), () =>
  process.exit(0),
);

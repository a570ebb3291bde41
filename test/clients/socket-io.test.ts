/** socket.io in several processes: its Redis adapters, of which two work by pub/sub and one by streams, with both kinds of clients. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { type DefaultEventsMap, Server } from "socket.io";
import { type Socket as Browser, io as connectTo } from "socket.io-client";
import { once } from "../support/time-limit.js";
import { applications, type Clients } from "./applications.js";

type Adapter = ConstructorParameters<typeof Server>[1] extends Partial<infer Options> | undefined
  ? Options extends { adapter: infer A }
    ? A
    : never
  : never;
type MakeAdapter = (clients: Clients) => Promise<Adapter>;

const adapters: readonly (readonly [name: string, make: MakeAdapter])[] = [
  ["the adapter, over ioredis", async ({ another }) => createAdapter(another(), another())],
  ["the adapter, over node-redis", async ({ anotherNode }) => createAdapter(await anotherNode(), await anotherNode())],
  ["the sharded adapter, over ioredis", async ({ another }) => createShardedAdapter(another(), another())],
  [
    "the sharded adapter, over node-redis",
    async ({ anotherNode }) => createShardedAdapter(await anotherNode(), await anotherNode()),
  ],
  ["the streams adapter, over node-redis", async ({ anotherNode }) => createStreamsAdapter(await anotherNode())],
];

/** A process of the application: a socket.io server, and a browser connected to it. */
interface Process {
  readonly server: Server;
  readonly browser: Browser;
}

async function start(t: TestContext, adapter: Adapter): Promise<Process> {
  const http = createServer();
  const server = new Server(http, { adapter, transports: ["websocket"] });
  server.on("connection", (socket) => {
    socket.on("join", (room: string, done: () => void) => {
      void Promise.resolve(socket.join(room)).then(done);
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  const browser = connectTo(`http://127.0.0.1:${port}`, { transports: ["websocket"], reconnection: false });
  t.after(async () => {
    browser.disconnect();
    await server.close();
  });
  await new Promise<void>((resolve) => browser.on("connect", () => resolve()));
  return { server, browser };
}

const heard = (browser: Browser, event: string): Promise<unknown> =>
  new Promise((resolve) => browser.once(event, resolve));

/** Resolves once all processes know of each other. */
async function acquainted(processes: readonly Process[]): Promise<void> {
  for (const { server } of processes) {
    const adapter = server.of("/").adapter as unknown as { serverCount(): Promise<number> };
    while ((await adapter.serverCount()) < processes.length) await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

applications("socket.io", (clients) => {
  for (const [name, make] of adapters) {
    test(`${name}: rooms, answers and requests reach across processes`, async (t) => {
      const processes = [await start(t, await make(clients)), await start(t, await make(clients))];
      const [one, two] = processes as [Process, Process];
      await acquainted(processes);

      const everybody = Promise.all(processes.map(({ browser }) => heard(browser, "news")));
      one.server.emit("news", { text: "hello", binary: Buffer.from([0, 13, 10, 255]) });
      for (const news of (await everybody) as { text: string; binary: Buffer }[]) {
        assert.equal(news.text, "hello");
        assert.deepEqual([...news.binary], [0, 13, 10, 255]);
      }

      await two.browser.emitWithAck("join", "room");
      const inRoom = heard(two.browser, "in the room");
      one.browser.once("in the room", () => assert.fail("It is not in the room"));
      one.server.to("room").emit("in the room", 1);
      assert.equal(await inRoom, 1);

      for (const { browser } of processes) browser.on("question", (answer: (text: string) => void) => answer("yes"));
      assert.deepEqual(await one.server.timeout(10_000).emitWithAck("question"), ["yes", "yes"]);

      const sockets = await one.server.fetchSockets();
      assert.deepEqual(sockets.map(({ id }) => id).sort(), processes.map(({ browser }) => browser.id ?? "").sort());

      const told = new Promise<string>((resolve) => two.server.on("told", resolve as DefaultEventsMap[string]));
      one.server.serverSideEmit("told", "by the other process");
      assert.equal(await told, "by the other process");

      const gone = heard(two.browser, "disconnect");
      one.server.in("room").disconnectSockets();
      await gone;
    });
  }
});

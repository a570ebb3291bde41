import assert from "node:assert/strict";
import { test } from "node:test";
import { copiesSharedWell } from "../../src/bytes/copy-long.js";
import type { ThreadWorks } from "../../src/platform/threads.js";
import { Random } from "../differential/random.js";
import { SimulatedTime } from "../support/simulated-time.js";
import { SimulatedThreads } from "./threads.js";
import { World } from "./world.js";

const works: ThreadWorks = {
  echo: (reply) => ({
    receive(message) {
      if (message === "fail") throw new TypeError("broken");
      reply(message);
    },
  }),
};

/** What happens when three threads are sent numbers, as seen by their owner. */
function talk(seed: number): { events: string[]; ms: number } {
  const time = new SimulatedTime();
  const threads = new SimulatedThreads(works, time, new Random(seed));
  const events: string[] = [];
  const start = (name: string) =>
    threads.start("echo", {
      received: (message) => void events.push(`${name}${message}`),
      failed: ({ message }) => void events.push(`${name} ${message}`),
    });
  const [a, b, c] = [start("a"), start("b"), start("c")];
  for (let i = 0; i < 20; i++) {
    a.post(i);
    b.post(i);
    c.post(i);
  }
  a.post("fail");
  a.post("lost");
  void b.end();
  time.passTo(time.nowMs + 1000);
  assert.equal(threads.count, 1);
  return { events, ms: time.nowMs };
}

test("a thread's messages keep their order in both directions, whatever the seed", () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const { events } = talk(seed);
    const ofA = events.filter((event) => event.startsWith("a"));
    assert.deepEqual(ofA, [...Array.from({ length: 20 }, (_, i) => `a${i}`), "a broken"]);
    orders.add(events.join());
    assert.deepEqual(talk(seed).events, events, "the seed decides");
  }
  assert.ok(orders.size > 1);
});

test("nothing is received from a thread that was told to end", () => {
  const { events } = talk(1);
  assert.deepEqual(
    events.filter((event) => event.startsWith("b")),
    [],
  );
});

test("a simulated server grows beyond what was touched, with threads and without", async () => {
  for (const isRefused of [false, true]) {
    const world = new World(7);
    const threads = world.threads("server");
    threads.isRefused = isRefused;
    const server = await world.start("server");
    const { arena } = server.context.keyspace;
    const blocks = Array.from({ length: 80 }, () => arena.allocate(2 ** 20));
    assert.equal(threads.count, isRefused || !copiesSharedWell ? 0 : 1);
    await world.run(100);
    for (const ref of blocks) arena.free(ref);
    assert.deepEqual(arena.verify(server.context.keyspace.liveBlocks()), []);
    await Promise.all([server.close(), world.run(100)]);
    assert.equal(threads.count, 0);
  }
});

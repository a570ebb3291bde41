import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerStats } from "../observation/stats.js";
import { ClientEviction } from "./client-eviction.js";
import type { Clients } from "./client-registry.js";
import type { Connection } from "./connection.js";

const MB = 2 ** 20;

interface FakeClient {
  name: string;
  memoryBytes: number;
  noEvict: boolean;
}

/** An eviction over clients given as name and bytes; `closed` has the names of those it closed, in their order. */
function evictionOf(sizes: Record<string, number>) {
  const closed: string[] = [];
  const used = { peerBytes: 0 };
  const stats = new ServerStats();
  const clients = Object.entries(sizes).map(([name, memoryBytes]) => {
    used.peerBytes += memoryBytes;
    const close = (): void => {
      closed.push(name);
      used.peerBytes -= client.memoryBytes;
      eviction.forget(client as unknown as Connection);
    };
    const client = { name, memoryBytes, noEvict: false, close };
    return client;
  });
  const registry = {
    connections: () => clients.filter(({ name }) => !closed.includes(name)),
    describe: ({ name }: FakeClient) => name,
  };
  const eviction = new ClientEviction({ clients: registry as unknown as Clients, stats, log: { notice() {} } });
  const change = (name: string, change: Partial<FakeClient>): void => {
    const client = clients.find((each) => each.name === name)!;
    used.peerBytes += (change.memoryBytes ?? client.memoryBytes) - client.memoryBytes;
    Object.assign(client, change);
    eviction.changed(client as unknown as Connection, client.memoryBytes);
  };
  return { eviction, closed, used, stats, change };
}

test("the largest clients go first, and no more of them than needed", () => {
  const { eviction, closed, used, stats } = evictionOf({ a: 5 * MB, b: MB / 2, c: 40_000, d: 3 * MB, e: 9 * MB });
  eviction.limit(4 * MB, 0);
  eviction.run(used);
  assert.deepEqual(closed, ["e", "a"]);
  assert.equal(stats.evictedClients, 2);
  eviction.run(used);
  assert.equal(closed.length, 2);
});

test("a client that grows or shrinks is looked for where it is now", () => {
  const { eviction, closed, used, change } = evictionOf({ a: 5 * MB, b: MB });
  eviction.limit(4 * MB, 0);
  change("a", { memoryBytes: 100 });
  change("b", { memoryBytes: 6 * MB });
  eviction.run(used);
  assert.deepEqual(closed, ["b"]);
});

test("a client with NO-EVICT stays, and can go again when it is switched off", () => {
  const { eviction, closed, used, change } = evictionOf({ a: 5 * MB, b: MB });
  eviction.limit(MB / 2, 0);
  change("a", { noEvict: true });
  eviction.run(used);
  assert.deepEqual(closed, ["b"]);
  change("a", { noEvict: false });
  eviction.run(used);
  assert.deepEqual(closed, ["b", "a"]);
});

test("the limit is bytes, a percentage of maxmemory, or none", () => {
  const { eviction } = evictionOf({ a: 100_000 });
  assert.equal(eviction.isOn, false);
  assert.equal(eviction.buckets(), null);
  eviction.limit(-7, 1001);
  assert.equal(eviction.limitBytes, 70);
  eviction.limit(-7, 0);
  assert.equal(eviction.isOn, false);
  eviction.limit(50, 1001);
  assert.equal(eviction.limitBytes, 50);
});

test("the buckets are powers of two from 32 KB to 4 GB", () => {
  const { eviction, change } = evictionOf({ a: 100, b: 32767, c: 32768, d: 65535, e: 65536, f: 2 ** 32, g: 2 ** 40 });
  eviction.limit(1, 0);
  const buckets = eviction.buckets()!;
  assert.equal(buckets.length, 19);
  assert.deepEqual(buckets[0], { fromBytes: 0, bytes: 32867, clients: 2 });
  assert.deepEqual(buckets[1], { fromBytes: 32768, bytes: 32768 + 65535, clients: 2 });
  assert.deepEqual(buckets[2], { fromBytes: 65536, bytes: 65536, clients: 1 });
  assert.deepEqual(buckets[18], { fromBytes: 2 ** 32, bytes: 2 ** 32 + 2 ** 40, clients: 2 });
  change("a", { noEvict: true });
  assert.equal(eviction.buckets()![0]!.clients, 1);
});

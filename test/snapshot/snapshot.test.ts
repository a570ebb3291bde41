import assert from "node:assert/strict";
import { test } from "node:test";
import { Region } from "../../src/bytes/region.js";
import { SimulatedServer } from "../support/simulated-server.js";
import { keySpaceText, withExpired } from "./key-space-text.js";
import { checkSnapshots } from "./oracle.js";
import { recordsText } from "./records-text.js";

/** A sink that keeps all chunks. */
function collector() {
  const chunks: [Region, number][] = [];
  const take = (chunk: Region, length: number): null => {
    chunks.push([chunk, length]);
    return null;
  };
  return { chunks, take };
}

for (const seed of [1, 2]) {
  test(`snapshots say what was there when they began, whatever happens between their slices (seed ${seed})`, () => {
    const { problems, keys, slices } = checkSnapshots({ seed, rounds: 40 });
    assert.deepEqual(problems, []);
    assert.ok(keys > 500 && slices > 1000, `${keys} keys, ${slices} slices`);
  });
}

test("a large set is whole when its pages merge between two slices", () => {
  const world = new SimulatedServer();
  const { keyspace } = world.server.context;
  const client = world.open();
  const members = Array.from({ length: 5000 }, (_, i) => `member:${i}`);
  client.say(["SADD", "key", ...members]);
  // Pages are now so empty that each soon merges with a neighbour which nobody has changed.
  client.say(["SREM", "key", ...members.slice(2000)]);
  const expected = keySpaceText(keyspace);
  const { chunks, take } = collector();
  keyspace.snapshot.begin({ take, isFull: false });
  keyspace.snapshot.walk(() => false);
  const { elements } = keyspace.types.parts;
  const stretchOf = (member: string): number => elements.hash(Region.fromString(member), 0, member.length) >>> 27;
  for (let stretch = 0; stretch < 32; stretch += 2) {
    for (const member of members.slice(0, 2000)) if (stretchOf(member) === stretch) client.say(["SREM", "key", member]);
  }
  while (keyspace.snapshot.isRunning) keyspace.snapshot.walk(() => true);
  assert.deepEqual(
    withExpired(keyspace, () => recordsText(chunks, keyspace.types)),
    expected,
  );
});

test("a snapshot that nobody wants any more ends, and the next one is whole", () => {
  const world = new SimulatedServer();
  const { keyspace } = world.server.context;
  const client = world.open();
  for (let i = 0; i < 3000; i++) client.say(`SET key:${i} value`);
  client.say(["RPUSH", "list", ...Array.from({ length: 9000 }, (_, i) => `element:${i}`)]);
  const { chunks, take } = collector();
  keyspace.snapshot.begin({ take: () => null, isFull: false });
  keyspace.snapshot.walk(() => false);
  keyspace.snapshot.discard();
  while (keyspace.snapshot.isRunning) keyspace.snapshot.walk(() => true);
  const expected = keySpaceText(keyspace);
  keyspace.snapshot.begin({ take, isFull: false });
  while (keyspace.snapshot.isRunning) keyspace.snapshot.walk(() => true);
  assert.deepEqual(recordsText(chunks, keyspace.types), expected);
  assert.deepEqual(keyspace.arena.verify(keyspace.liveBlocks()), []);
});

test("two snapshots at a time are an error", () => {
  const { keyspace } = new SimulatedServer().server.context;
  const sink = { take: () => null, isFull: false };
  keyspace.snapshot.begin(sink);
  assert.throws(() => keyspace.snapshot.begin(sink), /a snapshot is being taken/);
});

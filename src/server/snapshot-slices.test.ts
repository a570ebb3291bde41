import assert from "node:assert/strict";
import { test } from "node:test";
import { KeySpaceFixture } from "../../test/support/key-space.js";
import { SimulatedServer } from "../../test/support/simulated-server.js";
import { SimulatedTime } from "../../test/support/simulated-time.js";
import type { Region } from "../bytes/region.js";
import { SnapshotSlices } from "./snapshot-slices.js";

/** A key space with so many keys, and a clock that goes on by a microsecond each time somebody looks at it. */
function world(keys: number) {
  const fixture = new KeySpaceFixture();
  for (let i = 0; i < keys; i++) fixture.set(`key:${i}`, "value");
  const time = new SimulatedTime();
  let lookedUs = 0;
  const clock = { ...time.clock, monotonicUs: () => time.nowMs * 1000 + lookedUs++ };
  let commands = 0;
  const slices = new SnapshotSlices({
    keyspace: fixture.keyspace,
    clock,
    timers: time.timers,
    commandCount: () => commands,
  });
  const taken = {
    bytes: 0,
    isFull: false,
    take(_: Region, length: number): null {
      taken.bytes += length;
      return null;
    },
  };
  return { fixture, time, slices, taken, run: () => void commands++ };
}

test("a snapshot is taken in slices, one in each turn, and then its end is told", () => {
  const { time, slices, taken } = world(20_000);
  let isDone = false;
  slices.begin(taken, () => (isDone = true));
  assert.equal(taken.bytes, 0, "nothing happens in the turn that begins it");
  let turns = 0;
  while (time.step(time.nowMs)) turns++;
  assert.ok(isDone && !slices.figures.isRunning);
  assert.equal(slices.figures.slices, turns);
  assert.ok(turns > 1 && taken.bytes > 20_000 * 40, `${turns} turns, ${taken.bytes} bytes`);
  assert.ok(slices.figures.longestUs <= 1010, `${slices.figures.longestUs} µs`);
});

test("slices are short while commands run", () => {
  const { time, slices, taken, run } = world(20_000);
  slices.begin(taken, () => {});
  for (run(); time.step(time.nowMs); ) run();
  assert.ok(slices.figures.longestUs <= 260, `${slices.figures.longestUs} µs`);
});

test("while the sink is full nothing is written", () => {
  const { time, slices, taken } = world(20_000);
  slices.begin(taken, () => {});
  taken.isFull = true;
  for (let i = 0; i < 10; i++) time.passTo(time.nowMs + 1);
  assert.equal(taken.bytes, 0);
  taken.isFull = false;
  time.passTo(time.nowMs + 1000);
  assert.ok(!slices.figures.isRunning && taken.bytes > 0);
});

test("a flush while it runs takes nothing from it, and it ends", () => {
  const bytes = [false, true].map((flushes) => {
    const { fixture, time, slices, taken } = world(20_000);
    slices.begin(taken, () => {});
    time.step(time.nowMs);
    if (flushes) fixture.db.clear(true);
    while (time.step(time.nowMs)) {}
    assert.ok(!slices.figures.isRunning);
    fixture.verify();
    return taken.bytes;
  });
  assert.equal(bytes[0], bytes[1]);
});

test("a server that closes writes nothing more", () => {
  const { time, slices, taken } = world(20_000);
  slices.begin(taken, () => assert.fail("it is not done"));
  time.step(time.nowMs);
  const { bytes } = taken;
  slices.stop();
  time.passTo(time.nowMs + 1000);
  assert.equal(taken.bytes, bytes);
});

test("DEBUG SNAPSHOT takes one for nobody, one at a time, and tells what it took", () => {
  const world = new SimulatedServer({ enableDebugCommand: "yes" });
  const client = world.open();
  const info = (): number[] =>
    client
      .say("DEBUG SNAPSHOT INFO")
      .match(/(?<=:)\d+/g)!
      .map(Number);
  client.say("DEBUG POPULATE 1000");
  assert.equal(client.say("DEBUG SNAPSHOT"), "+OK\r\n");
  while (world.time.hasDue) world.time.passTo(world.time.nowMs);
  const [isRunning, slices, , , bytes] = info();
  assert.equal(isRunning, 0);
  assert.ok(slices! > 0 && bytes! > 1000 * 48, `${slices} slices, ${bytes} bytes`);
  assert.equal(client.say("DEBUG SNAPSHOT NOW"), "-ERR syntax error\r\n");
});

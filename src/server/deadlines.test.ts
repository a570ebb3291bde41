import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../../test/support/fuzzing.js";
import { SimulatedTime } from "../../test/support/simulated-time.js";
import { type Deadline, Deadlines } from "./deadlines.js";

function item(deadlineMs: number): Deadline {
  return { deadlineMs, heapIndex: -1 };
}

/** Deadlines that note when each has passed. */
function noting(time: SimulatedTime) {
  const passed: [atMs: number, item: Deadline][] = [];
  const deadlines: Deadlines<Deadline> = new Deadlines(time.clock, time.timers, () => {
    for (let next = deadlines.takeExpired(time.nowMs); next !== null; next = deadlines.takeExpired(time.nowMs)) {
      passed.push([time.nowMs, next]);
    }
  });
  return { deadlines, passed };
}

test("each deadline passes at its time, over one timer, however they come and go", () => {
  const random = new SeededRandom(3);
  for (let round = 0; round < 50; round++) {
    const time = new SimulatedTime();
    const { deadlines, passed } = noting(time);
    const items: Deadline[] = [];
    for (let i = 0; i < 200; i++) {
      const added = item(1000 + random.below(100));
      deadlines.add(added);
      items.push(added);
      assert.equal(time.timerCount, 1);
      if (random.chance(0.3)) {
        const [removed] = items.splice(random.below(items.length), 1);
        deadlines.remove(removed!);
        deadlines.remove(removed!);
      }
    }
    assert.equal(deadlines.size, items.length);
    time.passTo(1100);
    assert.equal(deadlines.size, 0);
    assert.equal(time.timerCount, 0);
    for (const [atMs, { deadlineMs }] of passed) assert.equal(atMs, deadlineMs);
    const byTime = (a: Deadline, b: Deadline) => a.deadlineMs - b.deadlineMs;
    assert.deepEqual(
      passed.map(([, { deadlineMs }]) => deadlineMs),
      items.sort(byTime).map(({ deadlineMs }) => deadlineMs),
    );
  }
});

test("an endless deadline needs no timer, and one of years is reached in steps", () => {
  const time = new SimulatedTime();
  const { deadlines, passed } = noting(time);
  deadlines.add(item(Number.POSITIVE_INFINITY));
  assert.equal(time.timerCount, 0);
  const far = 1000 + 2 ** 33;
  deadlines.add(item(far));
  time.passTo(far - 1);
  assert.equal(passed.length, 0);
  time.passTo(far);
  assert.deepEqual(
    passed.map(([atMs]) => atMs),
    [far],
  );
});

test("nothing is left to pass when the deadlines were stopped", () => {
  const time = new SimulatedTime();
  const { deadlines, passed } = noting(time);
  const items = [item(1010), item(1020)];
  for (const added of items) deadlines.add(added);
  deadlines.stop();
  for (const added of items) deadlines.remove(added);
  time.passTo(2000);
  assert.equal(passed.length, 0);
  assert.equal(time.timerCount, 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { DebugSwitches } from "../../commands/debug-switches.js";
import { ReplyShare } from "./reply-share.js";

test("an idle client's share shrinks to the least once its peak is old", () => {
  const share = new ReplyShare(0);
  const debug = new DebugSwitches();
  share.fit(1000, 0, debug);
  assert.deepEqual([share.size, share.peak], [16384, 16384]);
  share.fit(5001, 0, debug);
  assert.deepEqual([share.size, share.peak], [16384, 0]);
  share.fit(6000, 0, debug);
  assert.deepEqual([share.size, share.peak], [1024, 0]);
});

test("the share follows what replies need: to just above a smaller peak, and twice as much when it was filled", () => {
  const share = new ReplyShare(0);
  const debug = new DebugSwitches();
  debug.replyBufferPeakResetMs = 0;
  share.fit(1, 0, debug);
  share.note(5000);
  share.note(100);
  share.fit(2, 0, debug);
  assert.deepEqual([share.size, share.peak], [5001, 0]);
  debug.replyBufferPeakResetMs = -1;
  share.note(100_000);
  assert.equal(share.peak, 5001);
  share.fit(3, 0, debug);
  assert.equal(share.size, 10002);
  share.note(100_000);
  share.fit(4, 0, debug);
  assert.equal(share.size, 16384);
  share.note(100_000);
  share.fit(5, 0, debug);
  assert.deepEqual([share.size, share.peak], [16384, 16384]);
});

test("DEBUG REPLYBUFFER RESIZING 0 keeps the size", () => {
  const share = new ReplyShare(0);
  const debug = new DebugSwitches();
  debug.replyBufferResizing = false;
  for (let second = 1; second < 10; second++) share.fit(second * 10_000, 0, debug);
  assert.deepEqual([share.size, share.peak], [16384, 16384]);
});

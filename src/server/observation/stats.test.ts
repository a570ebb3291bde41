import assert from "node:assert/strict";
import { test } from "node:test";
import { errorCode } from "./error-stats.js";
import { Rate } from "./rate.js";
import { ServerStats } from "./stats.js";

test("a rate is the mean of the last sixteen samples", () => {
  const rate = new Rate();
  for (let i = 0; i <= 16; i++) rate.sample(i * 50, 1000 + i * 100, 1000);
  assert.equal(rate.value, 500);
  for (let i = 17; i <= 24; i++) rate.sample(800, 1000 + i * 100, 1000);
  assert.equal(rate.value, 250);
  rate.reset();
  assert.equal(rate.value, 0);
});

test("a rate over no time at all is 0", () => {
  const rate = new Rate();
  rate.sample(1, 5, 1000);
  rate.sample(9, 5, 1000);
  assert.equal(rate.value, 0);
});

test("the code of an error is its first word, ERR when that is none", () => {
  assert.equal(errorCode("WRONGTYPE Operation against a key"), "WRONGTYPE");
  assert.equal(errorCode("loneword"), "ERR");
  assert.equal(errorCode(" leading"), "ERR");
  assert.equal(errorCode(`${"x".repeat(31)} y`), "ERR");
});

test("codes made up by scripts are counted together from the 129th on, others never are", () => {
  const stats = new ServerStats();
  for (let i = 1; i <= 1100; i++) stats.countError(`${i} my error message`, true);
  assert.equal(stats.errors.count("ERRORSTATS_OVERFLOW"), 972);
  stats.countError("ERR syntax error");
  stats.countError("1 my error message", true);
  assert.equal(stats.errors.count("ERR"), 1);
  assert.equal(stats.errors.count("1"), 2);
  assert.equal(stats.totalErrorReplies, 1102);
});

test("error codes come sorted", () => {
  const stats = new ServerStats();
  for (const text of ["OOM x", "ERR x", "NOPERM x", "ERR y"]) stats.countError(text);
  assert.deepEqual(stats.errors.sorted(), [
    ["ERR", 2],
    ["NOPERM", 1],
    ["OOM", 1],
  ]);
});

test("turns are counted and added up, and the longest and the fullest are kept", () => {
  const stats = new ServerStats();
  for (const [us, commands] of [
    [10, 3],
    [30, 1],
    [20, 5],
    [20, 4],
  ] as const)
    stats.countCycle(us, commands);
  assert.deepEqual(
    [stats.eventLoopCycles, stats.eventLoopUs, stats.eventLoopMaxUs, stats.eventLoopMaxCommands],
    [4, 80, 30, 5],
  );
});

test("a reset clears every counter but the memory's peak and what ACL denied", () => {
  const stats = new ServerStats();
  const kept = new Set(["peakMemoryBytes", "aclDeniedAuth", "aclDeniedCommand", "aclDeniedKey", "aclDeniedChannel"]);
  const fields = stats as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) if (typeof value === "number") fields[name] = 7;
  stats.countError("ERR x");
  stats.sample(1000);
  stats.totalCommands += 100;
  stats.sample(1100);
  assert.ok(stats.opsPerSecond.value > 0);
  stats.reset();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "number") assert.equal(value, kept.has(name) ? 7 : 0, name);
  }
  assert.equal(stats.opsPerSecond.value, 0);
  assert.deepEqual(stats.errors.sorted(), []);
});

test("time above maxmemory adds up over several spells", () => {
  const stats = new ServerStats();
  stats.setEvictionExceeded(false, 50);
  stats.setEvictionExceeded(true, 100);
  stats.setEvictionExceeded(true, 150);
  assert.equal(stats.evictionExceededSinceUs, 100);
  stats.setEvictionExceeded(false, 300);
  stats.setEvictionExceeded(true, 1000);
  stats.setEvictionExceeded(false, 1001);
  assert.equal(stats.evictionExceededUs, 201);
  assert.equal(stats.evictionExceededSinceUs, 0);
});

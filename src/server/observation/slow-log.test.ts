import assert from "node:assert/strict";
import { test } from "node:test";
import { Argv } from "../../bytes/argv.js";
import type { Client } from "../../commands/client.js";
import { SlowLog } from "./slow-log.js";

const CLIENT = { peerAddress: "127.0.0.1:5", name: "worker" } as Client;

function logged(log: SlowLog, words: string[], secrets: number[] = []): string[] {
  log.add(CLIENT, Argv.from(words), new Set(secrets), 1234.9, 5_999);
  return log.newest(1)[0]!.args.map((arg) => Buffer.from(arg).toString("latin1"));
}

test("an entry has an id, whole seconds and microseconds, the arguments, and who sent it", () => {
  const log = new SlowLog();
  log.add(CLIENT, Argv.from(["GET", "a\xff"]), null, 1234.9, 5_999);
  assert.deepEqual(log.newest(5), [
    {
      id: 0,
      timeSeconds: 5,
      us: 1234,
      args: [new Uint8Array(Buffer.from("GET")), new Uint8Array([97, 255])],
      address: "127.0.0.1:5",
      name: "worker",
    },
  ]);
});

test("more than 32 arguments are cut to 31 and how many more there were", () => {
  const words = Array.from({ length: 33 }, (_, i) => String(i));
  assert.deepEqual(logged(new SlowLog(), words.slice(0, 32)), words.slice(0, 32));
  assert.deepEqual(logged(new SlowLog(), words), [...words.slice(0, 31), "... (2 more arguments)"]);
});

test("arguments of more than 128 bytes are cut, and secret ones replaced", () => {
  const log = new SlowLog();
  assert.deepEqual(logged(log, ["x".repeat(128)]), ["x".repeat(128)]);
  assert.deepEqual(logged(log, ["x".repeat(130)]), [`${"x".repeat(128)}... (2 more bytes)`]);
  assert.deepEqual(logged(log, ["AUTH", "user", "y".repeat(500)], [1, 2]), ["AUTH", "(redacted)", "(redacted)"]);
});

test("the newest entries come first, the oldest leave, and ids go on after a reset", () => {
  const log = new SlowLog();
  log.maxLength = 3;
  for (let i = 0; i < 5; i++) logged(log, [String(i)]);
  assert.deepEqual(ids(log, 10), [4, 3, 2]);
  assert.deepEqual(ids(log, 1), [4]);
  log.maxLength = 2;
  assert.deepEqual(ids(log, 10), [4, 3]);
  log.reset();
  assert.equal(log.length, 0);
  logged(log, ["x"]);
  assert.deepEqual(ids(log, 10), [5]);
});

test("a negative limit or no room switches the log off", () => {
  const log = new SlowLog();
  assert.equal(log.leastUs, 10_000);
  log.slowerThanUs = -1;
  assert.equal(log.leastUs, Number.POSITIVE_INFINITY);
  log.slowerThanUs = 0;
  assert.equal(log.leastUs, 0);
  log.maxLength = 0;
  assert.equal(log.leastUs, Number.POSITIVE_INFINITY);
});

function ids(log: SlowLog, count: number): number[] {
  return log.newest(count).map(({ id }) => id);
}

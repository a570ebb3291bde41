import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Argv } from "../bytes/argv.js";
import { Region } from "../bytes/region.js";
import { Effects } from "./effects.js";

let soon: (() => void)[];
let received: string[];
let effects: Effects;
const listener = {
  receive(region: Region, length: number): void {
    received.push(Buffer.from(region.u8.subarray(0, length)).toString("latin1"));
  },
};

beforeEach(() => {
  soon = [];
  received = [];
  effects = new Effects((action) => soon.push(action));
  effects.listen(listener);
});

/** What was received since the last look, as lines of words. */
function takeCommands(): string[] {
  for (const action of soon.splice(0)) action();
  const text = received.splice(0).join("");
  const commands = text.split(/(?=\*\d+\r\n\$)/).filter((command) => command !== "");
  return commands.map((command) =>
    command
      .split("\r\n")
      .filter((_, i) => i > 0 && i % 2 === 0)
      .join(" ")
      .trim(),
  );
}

function call(database: number, ...words: string[]): void {
  effects.beginUnit();
  effects.beginCall(database);
  effects.endCall(Argv.from(words));
  effects.endUnit();
}

test("a call is repeated as it was sent, and SELECT precedes it where the database changes", () => {
  call(0, "SET", "a", "1");
  call(0, "INCR", "a");
  call(3, "DEL", "b");
  assert.deepEqual(takeCommands(), ["SELECT 0", "SET a 1", "INCR a", "SELECT 3", "DEL b"]);
});

test("several commands of one unit are a transaction that begins before its SELECT, one stands alone", () => {
  effects.beginUnit();
  effects.beginCall(2);
  effects.endCall(Argv.from(["SET", "a", "1"]));
  effects.beginCall(2);
  effects.instead("DEL", 2).text("b");
  effects.endCall(Argv.from(["GETDEL", "b"]));
  effects.endUnit();
  call(2, "INCR", "c");
  assert.deepEqual(takeCommands(), ["MULTI", "SELECT 2", "SET a 1", "DEL b", "EXEC", "INCR c"]);
});

test("a key that expires in a call goes before it; one that goes between calls stands alone", () => {
  effects.beginUnit();
  effects.beginCall(0);
  effects.keyRemoved(0, Argv.from(["old"]), 0);
  effects.endCall(Argv.from(["SET", "old", "1"]));
  effects.endUnit();
  effects.keyRemoved(1, Argv.from(["evicted"]), 0);
  assert.deepEqual(takeCommands(), ["MULTI", "SELECT 0", "DEL old", "SET old 1", "EXEC", "SELECT 1", "DEL evicted"]);
});

test("a call that says nothing() is not repeated, and the next one is", () => {
  effects.beginUnit();
  effects.beginCall(0);
  effects.nothing();
  effects.endCall(Argv.from(["XREADGROUP"]));
  effects.endUnit();
  assert.deepEqual(takeCommands(), []);
  call(0, "SET", "a", "1");
  assert.deepEqual(takeCommands(), ["SELECT 0", "SET a 1"]);
});

test("a call that came only to one of its words is repeated up to there, and the next one is whole", () => {
  effects.beginUnit();
  effects.beginCall(0);
  effects.doneWords = 3;
  effects.endCall(Argv.from(["SADD", "a", "b", "c", "d"]));
  effects.endUnit();
  call(0, "SADD", "a", "c", "d");
  assert.deepEqual(takeCommands(), ["SELECT 0", "SADD a b", "SADD a c d"]);
});

test("units inside a unit belong to it", () => {
  effects.beginUnit();
  call(0, "SET", "a", "1");
  call(0, "SET", "b", "2");
  assert.deepEqual(takeCommands(), [], "not before it has ended");
  effects.endUnit();
  assert.deepEqual(takeCommands(), ["MULTI", "SELECT 0", "SET a 1", "SET b 2", "EXEC"]);
});

test("bytes as they were received are taken over, an inline command is not", () => {
  const bytes = Region.fromString("*1\r\n$4\r\nincr\r\nflushall\r\n");
  const argv = new Argv();
  argv.source = bytes;
  argv.count = 1;
  argv.offset[0] = 8;
  argv.length[0] = 4;
  for (const [start, end] of [
    [0, 14],
    [14, 24],
  ] as const) {
    effects.sentAs(argv, start, end);
    effects.beginUnit();
    effects.beginCall(0);
    effects.endCall(argv);
    effects.endUnit();
  }
  assert.deepEqual(takeCommands(), ["SELECT 0", "incr", "incr"]);
});

test("the position counts whole units at once; they are handed on together, or when they are many", () => {
  call(0, "SET", "a", "1");
  const { position } = effects;
  assert.equal(received.length, 0);
  assert.equal(soon.length, 1);
  call(0, "SET", "a", "2");
  assert.equal(soon.length, 1, "once a turn");
  soon.shift()!();
  assert.equal(received.length, 1);
  assert.equal(received[0]!.length, effects.position);
  assert.ok(effects.position > position);
  call(0, "SET", "b", "x".repeat(70_000));
  assert.equal(received.length, 2);
});

test("who begins to listen hears a SELECT first and nothing from before; who leaves hears no more", () => {
  call(5, "SET", "a", "1");
  const heard: string[] = [];
  const second = {
    receive: (region: Region, length: number) => void heard.push(Buffer.from(region.u8.subarray(0, length)).toString()),
  };
  effects.listen(second);
  call(5, "INCR", "b");
  effects.deliver();
  assert.match(heard.join(""), /^\*2\r\n\$6\r\nSELECT\r\n\$1\r\n5\r\n\*2\r\n\$4\r\nINCR\r\n\$1\r\nb\r\n$/);
  effects.leave(second);
  call(5, "INCR", "b");
  effects.deliver();
  assert.equal(heard.length, 1);
  effects.leave(listener);
  assert.equal(effects.isOn, false);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeCommand } from "../../test/support/resp-connection.js";
import { LookAhead } from "./look-ahead.js";

/** The keys found, and where the look ended. */
function find(bytes: Buffer, end = bytes.length): { keys: string[]; end: number } {
  const ahead = new LookAhead();
  ahead.find(new Uint8Array(bytes), 0, end);
  const keys = Array.from({ length: ahead.count }, (_, i) =>
    bytes.toString("latin1", ahead.offset[i]!, ahead.offset[i]! + ahead.length[i]!),
  );
  return { keys, end: ahead.end };
}

const get = (key: string): Buffer => encodeCommand(["GET", key]);

test("the first argument of each whole command is found, up to the first that is incomplete", () => {
  const whole = Buffer.concat([get("a"), encodeCommand(["SET", "key:2", "value"]), encodeCommand(["PING"])]);
  assert.deepEqual(find(whole), { keys: ["a", "key:2"], end: whole.length });
  const bytes = Buffer.concat([whole, get("last")]);
  for (let end = whole.length; end < bytes.length; end++) {
    assert.deepEqual(find(bytes, end), { keys: ["a", "key:2"], end: whole.length });
  }
});

test("the look ends at what is not a plain command", () => {
  const start = get("a");
  for (const text of ["PING\r\n", "*x\r\n", "*2\r\n$x\r\n", "*2\r\nGET\r\n", "*2\r\n$3\r\nGET\r\n$-1\r\n", "*99"]) {
    const { keys, end } = find(Buffer.concat([start, Buffer.from(text), get("b")]));
    assert.deepEqual([keys[0], end >= start.length], ["a", true], text);
  }
});

test("no bytes make the look run for ever or leave the bytes", () => {
  const traps = [
    "*1",
    `*${"9".repeat(300)}\r\n`,
    "*9999999999\r\n$(\r\n$(\r\n",
    "*99999999999\r\n$---------\r\n",
    "*2\r\n$",
  ];
  for (const text of traps) {
    const bytes = Buffer.from(text + "*".repeat(400));
    const { end } = find(bytes);
    assert.ok(end <= bytes.length);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { replay } from "./replay.js";

const seed = Number(process.env["REDSTART_TEST_SEED"] ?? 1);

test("what random commands did can be repeated from the stream of effects", () => {
  const { problems, effects, keysCompared } = replay({ commands: 20_000, seed });
  assert.deepEqual(problems, []);
  assert.ok(effects > 1000 && keysCompared > 100, `${effects} effects, ${keysCompared} keys`);
});

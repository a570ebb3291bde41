import assert from "node:assert/strict";
import { test } from "node:test";
import report, { type TestEvent } from "./test-reporter.js";

async function reported(...events: [type: string, name: string, error?: Error][]): Promise<string> {
  async function* all(): AsyncGenerator<TestEvent> {
    for (const [type, name, error] of events) {
      yield { type: `test:${type}`, data: { name, file: "x.test.js", details: error === undefined ? {} : { error } } };
    }
  }
  let text = "";
  for await (const part of report(all())) text += part;
  return text;
}

test("of a file that took too long it names the tests that had not ended", async () => {
  const text = await reported(
    ["dequeue", "x.test.js"],
    ["dequeue", "quick"],
    ["complete", "quick"],
    ["pass", "quick"],
    ["dequeue", "group"],
    ["dequeue", "endless"],
    ["complete", "x.test.js", new Error("timed out")],
    ["fail", "x.test.js", new Error("timed out")],
  );
  assert.match(text, /had not ended: group\nFAIL .* had not ended: endless\nFAIL .*x\.test\.js\n.*timed out/s);
  assert.doesNotMatch(text, /quick/);
});

test("a test that fails is told with its reason, one that passes not at all", async () => {
  const text = await reported(
    ["dequeue", "good"],
    ["complete", "good"],
    ["pass", "good"],
    ["dequeue", "bad"],
    ["complete", "bad"],
    ["fail", "bad", new Error("because")],
  );
  assert.match(text, /^FAIL x\.test\.js:0 bad\n.*because/);
  assert.doesNotMatch(text, /good|had not ended/);
});

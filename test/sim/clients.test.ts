import assert from "node:assert/strict";
import { test } from "node:test";
import { simulateClients } from "./clients.js";

/** The short form; `run-clients.ts` is the long one. */
const SEEDS = 1000;

test("clients on a bad network get what their commands answer, in order, and leave nothing behind", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const problems = await simulateClients(seed);
    assert.deepEqual(problems, [], `seed ${seed}`);
  }
});

test("a seed repeats a run", async () => {
  assert.deepEqual(await simulateClients(7), await simulateClients(7));
});

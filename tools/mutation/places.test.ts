import assert from "node:assert/strict";
import { test } from "node:test";
import type { MutantKind } from "./mutate.js";
import { folderOf, type Place, sample } from "./places.js";

const place = (source: string, line: number, kind: MutantKind): Place => ({
  source,
  line,
  mutant: { kind, start: 0, end: 0, text: "" },
  before: `${line}`,
  after: kind,
});

test("a sample takes each kind in turn and no line twice, and the same again for the same seed", () => {
  const places = Array.from({ length: 60 }, (_, i) => place("src/a/b.ts", i % 40, i < 50 ? "number" : "flag"));
  const chosen = sample(places, 12, 7);
  assert.equal(chosen.length, 12);
  assert.equal(new Set(chosen.map(({ line }) => line)).size, 12);
  assert.equal(chosen.filter(({ mutant }) => mutant.kind === "flag").length, 6);
  assert.deepEqual(sample(places, 12, 7), chosen);
  assert.notDeepEqual(sample(places, 12, 8), chosen);
  assert.equal(sample(places, 1000, 7).length, 40, "all lines");
});

test("the folder is that of the layer", () => {
  assert.equal(folderOf("src/commands/list/push.ts"), "commands");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pattern } from "./pattern.js";
import { PatternList } from "./pattern-list.js";

interface Named extends Pattern {
  readonly mark: number;
}

function named(text: string, mark = 0): Named {
  return { text, mark } as Named;
}

test("patterns are in the order they were added, one of each text, few or many", () => {
  const list = new PatternList<Named>();
  for (let count = 1; count <= 40; count++) {
    list.put(named(`p${count}`));
    // All are found, whether searched or looked up, and no other.
    for (let i = 1; i <= count; i++) {
      list.put(named(`p${i}`, count));
      assert.deepEqual(list.find(`p${i}`), named(`p${i}`, count));
    }
    assert.equal(list.find(`p${count + 1}`), null);
    assert.equal(list.find(""), null);
    assert.deepEqual(
      list.items.map(({ text }) => text),
      Array.from({ length: count }, (_, i) => `p${i + 1}`),
    );
  }
});

test("a copy is another list", () => {
  const list = new PatternList(Array.from({ length: 20 }, (_, i) => named(`p${i}`)));
  const copy = list.copy();
  copy.put(named("p3", 1));
  copy.put(named("new"));
  assert.equal(list.find("p3")!.mark, 0);
  assert.equal(list.find("new"), null);
  assert.equal(copy.find("new")!.text, "new");
  assert.deepEqual([list.items.length, copy.items.length], [20, 21]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { listCommands } from "./index.js";

for (const [limit, elements] of [
  [4, ["a", "b", "c", "d"]],
  // 8 KB, of which nothing is left for another element.
  [-2, Array.from({ length: 80 }, (_, i) => `${i}`.padEnd(99, "."))],
] as const) {
  test(`a list that is as long as a small one may be stays small when it is rotated (${limit})`, () => {
    const lists = new CommandHarness(listCommands);
    lists.keyspace.limits.listMaxListpackSize = limit;
    lists.call("RPUSH", "k", ...elements);
    assert.equal(lists.encoding("k"), "listpack");
    assert.equal(lists.run("LMOVE k k LEFT RIGHT"), elements[0]);
    assert.equal(lists.encoding("k"), "listpack");
    assert.equal(lists.run("RPOPLPUSH k k"), elements[0]);
    assert.equal(lists.encoding("k"), "listpack");
    assert.equal(lists.run("LINDEX k 0"), elements[0]);
    lists.call("RPUSH", "k", "y".repeat(90), "z");
    assert.equal(lists.encoding("k"), "quicklist");
    assert.deepEqual(lists.arena.verify(lists.keyspace.liveBlocks()), []);
  });
}

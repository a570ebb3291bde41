/**
 * What a counted tree costs: `node dist/src/structures/tree/counted-tree.bench.js [leaves ...]`, by default 10 thousand and a million
 * (a sorted set of a million has 10 thousand). Prints ns per operation and bytes of nodes per leaf, for each K.
 */
import { SeededRandom } from "../../../test/support/fuzzing.js";
import { Arena } from "../../memory/arena.js";
import { CountedTree, Path } from "./counted-tree.js";

const LOOKUPS = 500_000;

function ns(count: number, run: () => void): string {
  const start = performance.now();
  run();
  return (((performance.now() - start) * 1e6) / count).toFixed(0);
}

function measure(keyWords: number, count: number, isRandom: boolean): string[] {
  const tree = new CountedTree(new Arena(), keyWords);
  const root = tree.create();
  const path = new Path();
  const random = new SeededRandom(1);
  const row = [`${keyWords} ${isRandom ? "random" : "at end"}`];
  // The refs of leaves are never followed, so they need not be blocks.
  row.push(
    ns(count, () => {
      for (let i = 0; i < count; i++) {
        const key = isRandom ? random.bits() : i;
        if (keyWords > 0) {
          tree.target[0] = key;
          tree.key[0] = key;
          tree.seekKey(root, path);
        } else if (isRandom) tree.seekPosition(root, random.below(i * 100 + 1), path);
        else tree.last(root, path);
        tree.insertAfter(path, i + 1, 100);
      }
    }),
  );
  const bytes = tree.overheadBytes(root) / count;
  let sum = 0;
  row.push(
    ns(LOOKUPS, () => {
      for (let i = 0; i < LOOKUPS; i++) {
        tree.seekPosition(root, random.below(count * 100), path);
        sum += path.leaf;
      }
    }),
    ns(LOOKUPS, () => {
      for (let i = 0; i < LOOKUPS && keyWords > 0; i++) {
        tree.target[0] = isRandom ? random.bits() : random.below(count);
        tree.seekKey(root, path);
        sum += path.leaf;
      }
    }),
  );
  tree.first(root, path);
  row.push(
    ns(count, () => {
      while (tree.next(path)) sum += path.leaf;
    }),
    ns(LOOKUPS, () => {
      for (let i = 0; i < LOOKUPS; i++) {
        tree.addItems(path, 1);
        sum += tree.position(path);
      }
    }),
    ns(count, () => {
      for (let i = 0; i < count; i++) {
        tree.seekPosition(root, random.below(tree.items(root)), path);
        tree.remove(path);
      }
    }),
  );
  if (Number.isNaN(sum)) throw new Error("wrong answer");
  row.push(bytes.toFixed(1));
  return row;
}

const counts = process.argv.slice(2).map(Number);
console.log(`Node ${process.version}; ns per operation, K words of key`);
for (const count of counts.length > 0 ? counts : [10_000, 1_000_000]) {
  const header = [`${count} leaves`, "insert", "position", "key", "next", "add+rank", "remove", "B/leaf"];
  console.log(header.map((cell) => cell.padStart(15)).join(""));
  for (const keyWords of [0, 2, 4]) {
    for (const isRandom of [false, true]) {
      const row = measure(keyWords, count, isRandom);
      console.log(row.map((cell) => cell.padStart(15)).join(""));
    }
  }
}

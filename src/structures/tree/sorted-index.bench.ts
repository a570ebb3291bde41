/**
 * What a sorted index costs: `node dist/src/structures/tree/sorted-index.bench.js [elements ...]`, by default 100 thousand and a million.
 * Prints ns per operation for several kinds of scores and orders of inserting, and bytes of index per element.
 */

import { SeededRandom } from "../../../test/support/fuzzing.js";
import { makeSortedElement, writeScore } from "../../../test/support/sorted-elements.js";
import { Arena } from "../../memory/arena.js";
import { SortedIndex } from "./sorted-index.js";

const LOOKUPS = 500_000;

/** The score of element number `i`. */
type Scores = (random: SeededRandom, i: number, count: number) => number;

const KINDS: [string, Scores][] = [
  ["random double", (random) => random.bits() + random.bits() / 2 ** 32],
  ["random integer", (random, _, count) => random.below(count)],
  ["ascending", (_, i) => i],
  ["descending", (_, i) => -i],
  ["times in ms", (random, i) => 1.7e12 + i + random.below(1000)],
  ["all equal", () => 0],
];

function ns(count: number, run: () => void): string {
  const start = performance.now();
  run();
  return (((performance.now() - start) * 1e6) / count).toFixed(0);
}

function measure(name: string, scoreOf: Scores, count: number): string[] {
  const arena = new Arena();
  const index = new SortedIndex(arena);
  const root = index.create();
  const random = new SeededRandom(1);
  const member = new Uint8Array(12);
  const dv = new DataView(member.buffer);
  const refs = new Uint32Array(count);
  const scores = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    dv.setUint32(0, random.bits());
    dv.setUint32(4, i);
    scores[i] = scoreOf(random, i, count);
    refs[i] = makeSortedElement(arena, member, scores[i]!);
  }
  const row = [name];
  row.push(
    ns(count, () => {
      for (let i = 0; i < count; i++) index.insert(root, refs[i]!);
    }),
  );
  const bytes = index.sizeBytes(root) / count;
  const pick = (): number => random.below(count);
  let sum = 0;
  row.push(
    ns(LOOKUPS, () => {
      for (let i = 0; i < LOOKUPS; i++) sum += index.rankOf(root, refs[pick()]!);
    }),
    ns(LOOKUPS, () => {
      for (let i = 0; i < LOOKUPS; i++) sum += index.refAt(root, pick());
    }),
  );
  const cursor = index.cursor();
  row.push(
    ns(LOOKUPS, () => {
      for (let i = 0; i < LOOKUPS; i += 100) {
        index.seekRank(root, pick(), cursor);
        for (let k = 0; k < 100; k++) sum += cursor.next();
      }
    }),
    ns(LOOKUPS, () => {
      for (let i = 0; i < LOOKUPS; i++) {
        index.seekScore(root, scores[pick()]!, false, cursor);
        sum += cursor.next();
      }
    }),
    ns(LOOKUPS, () => {
      for (let i = 0; i < LOOKUPS; i++) {
        const at = pick();
        scores[at] = scores[pick()]!;
        index.rescore(root, refs[at]!, scores[at]);
        writeScore(arena, refs[at]!, scores[at]);
      }
    }),
    ns(count, () => {
      for (let i = 0; i < count / 2; i++) index.remove(root, refs[i]!);
      index.removeRange(root, 0, count, () => sum++);
    }),
  );
  if (Number.isNaN(sum)) throw new Error("wrong answer");
  row.push(bytes.toFixed(2));
  return row;
}

const counts = process.argv.slice(2).map(Number);
console.log(
  `Node ${process.version}; ns per operation, members of 12 bytes; move: another element's score; range: per element of 100`,
);
for (const count of counts.length > 0 ? counts : [100_000, 1_000_000]) {
  const header = [
    count.toLocaleString("en"),
    "insert",
    "rankOf",
    "refAt",
    "range",
    "by score",
    "move",
    "remove",
    "B/element",
  ];
  console.log(header.map((cell) => cell.padStart(15)).join(""));
  for (const [name, scoreOf] of KINDS) {
    const row = measure(name, scoreOf, count);
    console.log(row.map((cell) => cell.padStart(15)).join(""));
  }
}

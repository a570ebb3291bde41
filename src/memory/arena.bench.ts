/**
 * What the arena costs: `node dist/src/memory/arena.bench.js [blocks ...]`, by default 1 and 10 million. Prints ns per operation.
 */
import { SeededRandom } from "../../test/support/fuzzing.js";
import { Arena } from "./arena.js";

const CHURN = 2_000_000;

function measure(count: number): string[] {
  const arena = new Arena();
  const random = new SeededRandom(1);
  const refs = new Uint32Array(count);
  const row = [count.toLocaleString("en")];
  let longest = 0;

  row.push(
    time(count, (i) => {
      refs[i] = arena.allocate(40);
    }),
  );
  row.push(
    time(CHURN, () => {
      const at = random.below(count);
      arena.free(refs[at]!);
      refs[at] = arena.allocate(40);
    }),
  );
  // Other sizes, so that slabs come and go.
  row.push(
    time(CHURN, () => {
      const at = random.below(count);
      arena.free(refs[at]!);
      refs[at] = arena.allocate(16 + random.below(80));
    }),
  );
  const committed = arena.committedBytes / arena.allocatedBytes;
  row.push(
    time(count, (i) => {
      const start = performance.now();
      arena.free(refs[i]!);
      longest = Math.max(longest, performance.now() - start);
    }),
  );
  row.push(
    `${((committed - 1) * 100).toFixed(1)} %`,
    (longest * 1000).toFixed(0),
    `${arena.segmentBytes / 2 ** 20} MB`,
  );
  return row;
}

function time(count: number, work: (i: number) => void): string {
  const start = performance.now();
  for (let i = 0; i < count; i++) work(i);
  return (((performance.now() - start) * 1e6) / count).toFixed(0);
}

const counts = process.argv.slice(2).map(Number);
console.log(`Node ${process.version}; ns per operation`);
const header = ["blocks", "allocate", "free+alloc", "other sizes", "free, clock", "slack", "longest µs", "left"];
console.log(header.map((cell) => cell.padStart(12)).join(""));
for (const count of counts.length > 0 ? counts : [1_000_000, 10_000_000]) {
  console.log(
    measure(count)
      .map((cell) => cell.padStart(12))
      .join(""),
  );
}

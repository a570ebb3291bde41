/**
 * What a HyperLogLog costs: `node dist/src/structures/hyperloglog/hyperloglog.bench.js`. Prints ns of processor time per operation, the best of
 * five runs.
 */
import { Region } from "../../bytes/region.js";
import { HyperLogLogEditor } from "./hyperloglog-editor.js";
import { elementPattern } from "./hyperloglog-hash.js";

const element = Region.allocate(32);
let sink = 0;

function measure(name: string, count: number, operation: (i: number) => void): void {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const start = process.cpuUsage();
    for (let i = 0; i < count; i++) operation(i);
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, ((user + system) * 1000) / count);
  }
  console.log(`${name.padEnd(40)}${best.toFixed(0).padStart(8)} ns`);
}

/** Element number `i`, eight bytes. */
function setElement(i: number): void {
  element.dv.setInt32(0, i, true);
}

/** A value that has seen so many elements. */
function valueOf(elements: number): HyperLogLogEditor {
  const editor = new HyperLogLogEditor();
  editor.create(3000);
  for (let i = 0; i < elements; i++) {
    setElement(i);
    editor.add(element, 0, 8);
  }
  return editor;
}

for (const length of [8, 16, 32]) {
  measure(`hash of ${length} bytes`, 1_000_000, (i) => {
    setElement(i);
    sink ^= elementPattern(element, 0, length);
  });
}
for (const elements of [100, 1000, 100_000]) {
  const editor = valueOf(elements);
  const { region, offset, length, union } = editor;
  const name = `${editor.isDense ? "dense" : "sparse"}, ${length} bytes`;
  measure(`${name}: add what is there`, 100_000, (i) => {
    setElement(i % elements);
    editor.open(region, offset, length, 3000);
    editor.add(element, 0, 8);
  });
  measure(`${name}: count`, 2000, () => {
    sink ^= union.countAlone(region, offset, length);
  });
  measure(`${name}: merge`, 2000, () => {
    union.add(region, offset, length);
  });
}
measure("first 1000 elements, each", 300, () => valueOf(1000));
if (sink === 1) console.log(sink);

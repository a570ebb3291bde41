/** What big lists cost: `node dist/src/structures/tree/packed-list.bench.js [elements ...]`. Prints ns per operation and bytes per element. */
import { SeededRandom } from "../../../test/support/fuzzing.js";
import { Region } from "../../bytes/region.js";
import { Arena } from "../../memory/arena.js";
import { ListCursor } from "./list-cursor.js";
import { PackedLists } from "./packed-list.js";

const SAMPLES = 200_000;

function measure(count: number): string[] {
  const arena = new Arena();
  const lists = new PackedLists(arena);
  const random = new SeededRandom(1);
  const cursor = new ListCursor();
  const text = new Region(Buffer.from("an element of 16"));
  const root = lists.create();
  const before = arena.allocatedBytes;
  const row = [count.toLocaleString("en")];
  row.push(time(count, () => lists.pushTail(root, text, 0, 16)));
  row.push(((arena.allocatedBytes - before) / count).toFixed(2));
  row.push(time(SAMPLES, () => lists.pushHead(root, text, 0, 16)));
  row.push(time(SAMPLES, () => lists.removeFirst(root, 1)));
  row.push(time(SAMPLES, () => lists.seek(root, random.below(count), cursor)));
  row.push(
    time(SAMPLES, () => {
      lists.seek(root, random.below(count), cursor);
      lists.insert(cursor, text, 0, 16);
    }),
  );
  row.push(
    time(SAMPLES, () => {
      lists.seek(root, random.below(count), cursor);
      lists.removeAt(cursor);
    }),
  );
  return row;
}

function time(count: number, work: () => void): string {
  const start = performance.now();
  for (let i = 0; i < count; i++) work();
  return (((performance.now() - start) * 1e6) / count).toFixed(0);
}

const counts = process.argv.slice(2).map(Number);
console.log(`Node ${process.version}; ns per operation on elements of 16 bytes`);
const header = ["elements", "push tail", "bytes", "push head", "pop head", "seek", "insert", "remove"];
console.log(header.map((cell) => cell.padStart(12)).join(""));
for (const count of counts.length > 0 ? counts : [10_000, 1_000_000, 10_000_000]) {
  console.log(
    measure(count)
      .map((cell) => cell.padStart(12))
      .join(""),
  );
}

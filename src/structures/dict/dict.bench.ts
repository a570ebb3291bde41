/**
 * What a dict costs: `node dist/src/structures/dict/dict.bench.js [entries ...]`, by default 1 and 10 million. Prints ns per operation,
 * hashing included, bytes of index per entry, and µs of the inserts that split a page: half and 99 % of them take no longer. The
 * longest insert is on a busy machine whatever else ran, or the collector.
 */

import { makeEntry } from "../../../test/support/entries.js";
import { SeededRandom } from "../../../test/support/fuzzing.js";
import { Region } from "../../bytes/region.js";
import { Arena } from "../../memory/arena.js";
import { EntryDict } from "./entry-dict.js";

const KEY_BYTES = 16;
const LOOKUPS = 2_000_000;
const key = Region.allocate(KEY_BYTES);

/** Writes key number `i`. */
function setKey(i: number): void {
  key.dv.setUint32(0, 0x3a79656b, true);
  key.dv.setUint32(4, i, true);
  key.dv.setUint32(8, i ^ 0x5bd1e995, true);
  key.dv.setUint32(12, 0, true);
}

function measure(count: number): string[] {
  const arena = new Arena();
  const dict = new EntryDict(arena, 0x01234567, 0x89abcdef);
  const root = dict.create();
  const random = new SeededRandom(1);
  const row = [count.toLocaleString("en")];

  let insertMs = 0;
  let longest = 0;
  let pages = 0;
  const splits: number[] = [];
  for (let i = 0; i < count; i++) {
    setKey(i);
    const ref = makeEntry(arena, key, 0);
    const start = performance.now();
    dict.insert(root, dict.hash(key, 0, KEY_BYTES), ref, 0);
    const took = performance.now() - start;
    insertMs += took;
    // The first inserts run before the code is optimised.
    if (i < 50_000) continue;
    if (took > longest) longest = took;
    if (dict.pageCount(root) !== pages) splits.push(took);
    pages = dict.pageCount(root);
  }
  const clockNs = clockCost();
  row.push(((insertMs * 1e6) / count - clockNs).toFixed(0));
  const indexBytes = dict.overheadBytes(root) / count;

  row.push(
    perLookup(() => {
      setKey(random.below(count));
      return dict.find(root, key, 0, KEY_BYTES, dict.hash(key, 0, KEY_BYTES)) !== 0;
    }),
  );
  row.push(
    perLookup(() => {
      setKey(count + random.below(count));
      return dict.find(root, key, 0, KEY_BYTES, dict.hash(key, 0, KEY_BYTES)) === 0;
    }),
  );

  let cursor = 0;
  let visited = 0;
  const scanStart = performance.now();
  do cursor = dict.scan(root, cursor, () => visited++);
  while (cursor !== 0 && visited < 1_000_000);
  row.push((((performance.now() - scanStart) * 1e6) / visited).toFixed(0));

  const removals = Math.min(count, 1_000_000);
  const removeStart = performance.now();
  for (let i = 0; i < removals; i++) {
    setKey(i);
    const ref = dict.find(root, key, 0, KEY_BYTES, dict.hash(key, 0, KEY_BYTES));
    dict.removeFound(root);
    arena.free(ref);
  }
  row.push((((performance.now() - removeStart) * 1e6) / removals).toFixed(0));
  splits.sort((a, b) => a - b);
  const split = (part: number): string => ((splits[Math.floor(splits.length * part)] ?? 0) * 1000).toFixed(0);
  row.push(indexBytes.toFixed(1), split(0.5), split(0.99), (longest * 1000).toFixed(0));
  return row;
}

function perLookup(lookup: () => boolean): string {
  const start = performance.now();
  for (let i = 0; i < LOOKUPS; i++) if (!lookup()) throw new Error("wrong answer");
  return (((performance.now() - start) * 1e6) / LOOKUPS).toFixed(0);
}

/** What one pair of clock readings costs, in ns. */
function clockCost(): number {
  let sum = 0;
  for (let i = 0; i < 1_000_000; i++) {
    const start = performance.now();
    sum += performance.now() - start;
  }
  return sum;
}

const counts = process.argv.slice(2).map(Number);
console.log(`Node ${process.version}; ns per operation, keys of ${KEY_BYTES} bytes`);
const header = ["entries", "insert", "hit", "miss", "scan", "remove", "B/entry", "split µs", "split 99 %", "longest"];
console.log(header.map((cell) => cell.padStart(11)).join(""));
for (const count of counts.length > 0 ? counts : [1_000_000, 10_000_000]) {
  console.log(
    measure(count)
      .map((cell) => cell.padStart(11))
      .join(""),
  );
}

/**
 * What packed structures cost: `node dist/src/structures/packed/listpack.bench.js`. Prints the median ns per operation of interleaved rounds,
 * so that what else runs on the machine meets all of them alike.
 */
import { SeededRandom } from "../../../test/support/fuzzing.js";
import { Region } from "../../bytes/region.js";
import { ElementView } from "../entry/element-view.js";
import * as intset from "./intset.js";
import * as listpack from "./listpack.js";

const ROUNDS = 15;
const CALLS = 100_000;

const random = new SeededRandom(1);
const view = new ElementView();
const picks = Uint16Array.from({ length: 4096 }, () => random.bits());

/** A run of these texts, with room behind it. */
class Run {
  readonly region: Region;
  readonly texts: Region[];
  end = 0;

  constructor(words: readonly string[]) {
    this.texts = words.map((word) => Region.fromString(word));
    this.region = Region.allocate(words.join("").length + words.length * 12 + 1024);
    for (const text of this.texts) this.end = listpack.writeString(this.region, this.end, text, 0, text.u8.length);
  }
}

const numbered = (count: number, word: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => word(i));
const hash = (count: number): Run =>
  new Run(numbered(count * 2, (i) => (i % 2 === 0 ? `field:${i >> 1}` : `value:${i}:${"x".repeat(i % 7)}`)));

function findEvery(run: Run, stride: number): (i: number) => number {
  const { region, end, texts } = run;
  const count = texts.length / stride;
  return (i) => {
    const needle = texts[(picks[i & 4095]! % count) * stride]!;
    return listpack.find(region, 0, end, needle, 0, needle.u8.length, stride - 1);
  };
}

function findMissing(run: Run, stride: number, text: string): (i: number) => number {
  const needle = Region.fromString(text);
  return () => listpack.find(run.region, 0, run.end, needle, 0, needle.u8.length, stride - 1);
}

function walk(run: Run): () => number {
  return () => listpack.countElements(run.region, 0, run.end);
}

function readAll(run: Run): () => number {
  return () => {
    let bytes = 0;
    for (let at = 0; at < run.end; at = listpack.next(run.region, at)) {
      listpack.load(run.region, at, view);
      bytes += view.length;
    }
    return bytes;
  };
}

/** Replaces values by shorter and longer ones in turn. */
function replaceEvery(run: Run): (i: number) => number {
  const words = ["v", "a longer value", "12345"].map((word) => Region.fromString(word));
  const count = run.texts.length >> 1;
  return (i) => {
    const needle = run.texts[(picks[i & 4095]! % count) * 2]!;
    const at = listpack.find(run.region, 0, run.end, needle, 0, needle.u8.length, 1);
    const word = words[i % 3]!;
    run.end = listpack.replace(run.region, listpack.next(run.region, at), run.end, word, 0, word.u8.length);
    return run.end;
  };
}

/** A queue: one element in at the end, one out at the front. */
function pushAndShift(count: number): (i: number) => number {
  const run = new Run(numbered(count, (i) => `element-${1000 + i}`));
  return (i) => {
    const text = run.texts[i % count]!;
    run.end = listpack.insert(run.region, run.end, run.end, text, 0, text.u8.length);
    run.end = listpack.remove(run.region, 0, run.end, 1);
    return run.end;
  };
}

function intsetFind(count: number, spread: number): (i: number) => number {
  const texts = numbered(count, (i) => String((i * spread) | 0)).map((text) => Region.fromString(text));
  const region = Region.allocate(8 + count * 8);
  intset.create(region, 0);
  for (const text of texts) intset.add(region, 0, text, 0, text.u8.length);
  return (i) => {
    const needle = texts[picks[i & 4095]! % count]!;
    return intset.find(region, 0, needle, 0, needle.u8.length);
  };
}

const numbers = (count: number): Run => new Run(numbered(count, (i) => String(i * 37)));
const mixed = new Run(numbered(128, (i) => [`text ${i}`, String(i), String(i * 1000), "y".repeat(i)][i % 4]!));

/** The operation, how many elements one call visits (to print ns per element, else 1), and the call. */
const CASES: [name: string, per: number, call: (i: number) => number][] = [
  ["find in a hash of 5 fields", 1, findEvery(hash(5), 2)],
  ["find in a hash of 64 fields", 1, findEvery(hash(64), 2)],
  ["find in a hash of 128 fields", 1, findEvery(hash(128), 2)],
  ["find what is not in a hash of 128 fields, per field", 128, findMissing(hash(128), 2, "field:zzz")],
  ["find an integer in a set of 128 integers", 1, findEvery(numbers(128), 1)],
  ["find a text not among 128 integers, per element", 128, findMissing(numbers(128), 1, "hello")],
  ["find an integer not among 128 integers, per element", 128, findMissing(numbers(128), 1, "1000001")],
  ["find an integer in an intset of 128", 1, intsetFind(128, 37)],
  ["find an integer in an intset of 512", 1, intsetFind(512, 37)],
  ["find an integer in an intset of 512, 32 bits", 1, intsetFind(512, 100_003)],
  ["walk over 128 elements of all kinds, per element", 128, walk(mixed)],
  ["walk over a hash of 128 fields, per element", 256, walk(hash(128))],
  ["load 128 elements of all kinds, per element", 128, readAll(mixed)],
  ["find and replace a value in a hash of 5 fields", 1, replaceEvery(hash(5))],
  ["find and replace a value in a hash of 64 fields", 1, replaceEvery(hash(64))],
  ["push and shift, 10 elements", 1, pushAndShift(10)],
  ["push and shift, 128 elements", 1, pushAndShift(128)],
];

const times: number[][] = CASES.map(() => []);
let sink = 0;
for (let round = -2; round < ROUNDS; round++) {
  for (const [index, [, per, call]] of CASES.entries()) {
    const calls = Math.ceil(CALLS / per);
    const start = performance.now();
    for (let i = 0; i < calls; i++) sink += call(i);
    const ns = ((performance.now() - start) * 1e6) / (calls * per);
    if (round >= 0) times[index]!.push(ns);
  }
}
console.log(`Node ${process.version}; ns (${sink === 0 ? "nothing" : "something"} was found)`);
for (const [index, [name]] of CASES.entries()) {
  const sorted = times[index]!.sort((a, b) => a - b);
  console.log(`${name.padEnd(56)}${sorted[ROUNDS >> 1]!.toFixed(1).padStart(9)}`);
}

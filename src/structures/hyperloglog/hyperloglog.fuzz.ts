/**
 * HyperLogLogs against 16384 plain numbers, and broken values, which come from outside: nothing may throw, write beside the value or
 * depend on what lies around it, and all readers must agree on what is broken.
 */
import assert from "node:assert/strict";
import { fuzz, SeededRandom } from "../../../test/support/fuzzing.js";
import { Region } from "../../bytes/region.js";
import { Hll, isHyperLogLog, writeHeader } from "./hyperloglog.js";
import { HyperLogLogEditor, Raise } from "./hyperloglog-editor.js";
import { describeSparse } from "./hyperloglog-sparse.js";

const MARGIN = 16;

/** A value with `filler` all around it. */
function surrounded(bytes: Uint8Array, filler: number): Region {
  const region = Region.allocate(bytes.length + 2 * MARGIN);
  region.u8.fill(filler);
  region.u8.set(bytes, MARGIN);
  return region;
}

function bytesOf({ region, offset, length }: HyperLogLogEditor): Uint8Array {
  return region.u8.slice(offset, offset + length);
}

/** Random raises, some in order, with values stored and opened again in between, give the registers of the model. */
function raiseLikeTheModel(random: SeededRandom): void {
  const limit = random.pick([0, 18, 100, 1000, 3000, 3000, 20000, 1e9]);
  const editor = new HyperLogLogEditor();
  const model = new Uint8Array(Hll.REGISTERS);
  editor.create(limit);
  const spread = random.pick([16, 300, Hll.REGISTERS]);
  const raises = random.pick([10, 300, 3000, 20000]);
  const isLarge = random.chance(0.2);
  let index = 0;
  for (let i = 0; i < raises; i++) {
    index = random.chance(0.5) ? random.below(spread) : (index + random.below(4)) % spread;
    const value = 1 + Math.min(random.below(isLarge ? 51 : 8), 50);
    const expected = model[index]! < value ? Raise.RAISED : Raise.NOTHING;
    assert.equal(editor.raise(index, value), expected);
    if (expected === Raise.RAISED) model[index] = value;
    if (random.chance(0.05)) {
      const region = surrounded(bytesOf(editor), random.below(256));
      editor.open(region, MARGIN, editor.length, limit);
    }
  }
  if (!editor.isDense)
    assert.ok(editor.length <= Math.max(limit, Hll.EMPTY_BYTES) && editor.length <= Hll.SPARSE_LIMIT);
  const { union } = editor;
  union.clear();
  assert.ok(union.add(editor.region, editor.offset, editor.length));
  assert.deepEqual(union.registers.u8, model);
  const count = union.countAlone(editor.region, editor.offset, editor.length);
  assert.equal(count, union.count());

  const sparse = bytesOf(editor);
  editor.create(limit);
  editor.raiseAll(union.registers);
  union.clear();
  assert.ok(union.add(editor.region, editor.offset, editor.length));
  assert.deepEqual(union.registers.u8, model);
  editor.open(new Region(sparse), 0, sparse.length, limit);
  assert.ok(editor.makeDense());
  assert.equal(union.countAlone(editor.region, editor.offset, editor.length), count);
}

/** What can be done to a value, as text; `region` has the value in its middle. */
function story(random: SeededRandom, region: Region, length: number, limit: number): string {
  const editor = new HyperLogLogEditor();
  const { union } = editor;
  const before = region.u8.slice();
  const told: unknown[] = [isHyperLogLog(region, MARGIN, length)];
  if (!told[0]) return "no HyperLogLog";
  const count = union.countAlone(region, MARGIN, length);
  union.clear();
  const isWhole = union.add(region, MARGIN, length);
  assert.equal(isWhole, !Number.isNaN(count));
  if (isWhole) assert.equal(union.count(), count);
  editor.open(region, MARGIN, length, limit);
  if (!editor.isDense) told.push(describeSparse(region, MARGIN + Hll.HEADER, MARGIN + length));
  assert.equal(editor.makeDense(), isWhole);
  told.push(count, Buffer.from(bytesOf(editor)).toString("latin1"));

  editor.open(region, MARGIN, length, limit);
  for (let i = 0; i < 30; i++) {
    const raise = editor.raise(random.below(Hll.REGISTERS), 1 + random.below(51));
    if (isWhole) assert.notEqual(raise, Raise.BROKEN);
    told.push(raise);
  }
  told.push(Buffer.from(bytesOf(editor)).toString("latin1"));
  if (isWhole) {
    union.clear();
    assert.ok(union.add(editor.region, editor.offset, editor.length), "a whole value was broken");
  }
  // A dense value is changed where it lies; nothing else is written.
  const isInPlace = !editor.isOwn && editor.isDense;
  if (isInPlace) before.set(bytesOf(editor), MARGIN);
  assert.deepEqual(region.u8, before);
  return JSON.stringify(told);
}

function randomValue(random: SeededRandom): Uint8Array {
  const kind = random.below(3);
  if (kind === 0) {
    const value = Region.allocate(Hll.HEADER + random.below(random.pick([4, 60, 3000])));
    for (let i = 0; i < value.u8.length; i++) value.u8[i] = random.below(256);
    writeHeader(value, 0, Hll.SPARSE);
    return value.u8;
  }
  const editor = new HyperLogLogEditor();
  editor.create(kind === 1 ? 3000 : 0);
  const raises = random.pick([0, 3, 100, 1000]);
  for (let i = 0; i < raises; i++) editor.raise(random.below(Hll.REGISTERS), 1 + random.below(20));
  const bytes = bytesOf(editor);
  const changes = random.below(4);
  for (let i = 0; i < changes; i++) bytes[random.below(bytes.length)] = random.below(256);
  return random.chance(0.2) ? bytes.slice(0, random.below(bytes.length + 1)) : bytes;
}

function surviveBrokenValues(random: SeededRandom): void {
  const bytes = randomValue(random);
  const limit = random.pick([0, 18, 3000, 1e9]);
  const seed = random.bits();
  const stories = [0, 0xff, 0x40].map((filler) =>
    story(new SeededRandom(seed), surrounded(bytes, filler), bytes.length, limit),
  );
  assert.equal(stories[0], stories[1], "what lies around a value changed what came of it");
  assert.equal(stories[0], stories[2], "what lies around a value changed what came of it");
}

fuzz("hyperloglog", (random) => {
  if (random.chance(0.2)) raiseLikeTheModel(random);
  for (let i = 0; i < 20; i++) surviveBrokenValues(random);
});

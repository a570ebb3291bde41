/** Allocates and frees at random, with every byte of every block written, against a plain list of blocks. */
import assert from "node:assert/strict";
import { fuzz, type SeededRandom } from "../../test/support/fuzzing.js";
import { Arena, OutOfMemory } from "./arena.js";
import { Ref, SegmentSize } from "./segment.js";

interface Block {
  ref: number;
  size: number;
  mark: number;
}

const MAX_BYTES = 6 * SegmentSize.BYTES;

function round(random: SeededRandom): void {
  let failing = 0;
  const reserve = random.below(100_000_000);
  const arena = new Arena({
    limitBytes: random.chance(0.5) ? (1 + random.below(6)) * SegmentSize.BYTES : Number.POSITIVE_INFINITY,
    createBuffer(size) {
      if (failing > 0 && --failing === 0) throw new RangeError("Array buffer allocation failed");
      return new SharedArrayBuffer(size);
    },
    createReserve(size) {
      if (failing > 0 && --failing === 0) throw new RangeError("Array buffer allocation failed");
      return new SharedArrayBuffer(size + reserve);
    },
  });
  const blocks: Block[] = [];
  let bytes = 0;
  const steps = 200 + random.below(6000);
  // The share of allocations drifts, so that the arena fills and empties.
  let growth = 0.7;
  for (let step = 0; step < steps; step++) {
    if (step % 500 === 0) growth = 0.2 + random.below(7) / 10;
    if (random.chance(0.001)) failing = 1 + random.below(2);
    if (random.chance(growth) && bytes < MAX_BYTES) {
      const size = randomSize(random);
      const before = arena.allocatedBytes;
      try {
        const ref = arena.allocate(size);
        assert.ok(arena.capacity(ref) >= size, `a block of ${arena.capacity(ref)} bytes for ${size}`);
        assert.equal(arena.allocatedBytes, before + arena.capacity(ref));
        if (size < SegmentSize.BYTES - (1 << 18)) assert.equal(arena.capacity(ref), Arena.roundedSize(size));
        const block = { ref, size, mark: random.below(256) };
        fill(arena, block);
        blocks.push(block);
        bytes += size;
      } catch (error) {
        if (!(error instanceof OutOfMemory)) throw error;
        assert.equal(arena.allocatedBytes, before);
      }
    } else if (blocks.length > 0 && random.chance(0.2)) {
      bytes += growOne(arena, random.pick(blocks), random);
    } else if (blocks.length > 0) {
      const at = random.below(blocks.length);
      const block = blocks[at]!;
      blocks[at] = blocks[blocks.length - 1]!;
      blocks.pop();
      check(arena, block);
      arena.free(block.ref);
      bytes -= block.size;
    }
    if (random.chance(0.002)) trim(arena, random);
    if (step % 1000 === 0) verify(arena, blocks);
  }
  for (const block of blocks) check(arena, block);
  verify(arena, blocks);
  while (blocks.length > 0) arena.free(blocks.splice(random.below(blocks.length), 1)[0]!.ref);
  verify(arena, []);
  assert.equal(arena.allocatedBytes, 0);
  assert.ok(arena.segmentBytes <= 2 * SegmentSize.BYTES, `${arena.segmentBytes} bytes stay when all is free`);
  failing = 0;
  while (trim(arena, random) > 0) {}
  verify(arena, []);
  while (arena.trim(1, Number.POSITIVE_INFINITY) > 0) {}
  assert.equal(arena.segmentBytes, SegmentSize.BYTES);
  assert.ok(arena.unusedBytes < 2 ** 21);
}

function trim(arena: Arena, random: SeededRandom): number {
  const dropped = arena.droppedBytes;
  const allocated = arena.allocatedBytes;
  const trimmed = arena.trim(1 + random.below(8_000_000), random.pick([0, 4_000_000, Number.POSITIVE_INFINITY]));
  assert.equal(arena.allocatedBytes, allocated);
  assert.ok(arena.droppedBytes - dropped >= trimmed);
  return trimmed;
}

/** Makes a block longer where it lies, if that is possible; returns by how much. */
function growOne(arena: Arena, block: Block, random: SeededRandom): number {
  const { ref, size } = block;
  const before = arena.allocatedBytes - arena.capacity(ref);
  const grown = size + 1 + random.below(random.pick([10, 100_000, 80_000_000]));
  const isGrown = arena.grow(ref, size, grown);
  assert.equal(arena.allocatedBytes, before + arena.capacity(ref));
  if (!isGrown) return 0;
  assert.ok(arena.capacity(ref) >= grown);
  check(arena, block);
  const { u8 } = arena.segments[ref >>> Ref.SEGMENT_SHIFT]!;
  for (const at of [size, (size + grown) >>> 1, grown - 1]) assert.equal(u8[at], 0, `byte ${at} of a grown block`);
  block.size = grown;
  fill(arena, block);
  return grown - size;
}

function randomSize(random: SeededRandom): number {
  const kind = random.below(1000);
  if (kind < 700) return 1 + random.below(200);
  if (kind < 900) return 1 + random.below(5000);
  if (kind < 990) return 1 + random.below(200_000);
  if (kind < 999) return 1 + random.below(4_000_000);
  return random.pick([33_554_431, 33_554_432, SegmentSize.BYTES - 147_456, SegmentSize.BYTES, 100_000_000]);
}

/** Marks both ends of a block, and all of a small one. */
function fill(arena: Arena, { ref, size, mark }: Block): void {
  const u8 = arena.segments[ref >>> Ref.SEGMENT_SHIFT]!.u8;
  const start = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
  u8.fill(mark, start, start + Math.min(size, 256));
  u8.fill(mark, start + Math.max(0, size - 256), start + size);
}

function check(arena: Arena, { ref, size, mark }: Block): void {
  const u8 = arena.segments[ref >>> Ref.SEGMENT_SHIFT]!.u8;
  const start = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
  for (let i = 0; i < size; i++) {
    if (i === 256 && size > 512) i = size - 256;
    if (u8[start + i] !== mark) assert.fail(`byte ${i} of the block of ${size} at ${ref} was overwritten`);
  }
}

function verify(arena: Arena, blocks: readonly Block[]): void {
  assert.deepEqual(arena.verify(blocks.map((block) => block.ref)), []);
}

fuzz("arena", round);

import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena, OutOfMemory } from "./arena.js";
import { Ref, SegmentSize } from "./segment.js";

const MB = 2 ** 20;

/** An arena whose segments cannot be had from the Nth on. */
function arenaWithSegments(count: number): Arena {
  let made = 0;
  return new Arena({
    createBuffer(size) {
      if (made++ === count) throw new RangeError("Array buffer allocation failed");
      return new ArrayBuffer(size);
    },
  });
}

test("an empty arena is one segment with nothing in use", () => {
  const arena = new Arena();
  assert.equal(arena.segmentBytes, SegmentSize.FIRST_BYTES);
  assert.equal(arena.allocatedBytes, 0);
  assert.ok(arena.committedBytes < 200_000);
  assert.deepEqual(arena.verify([]), []);
});

test("blocks of every size hold what was asked for, aligned to 8 bytes, without overlap", () => {
  const arena = new Arena();
  const refs: number[] = [];
  for (let size = 1; size < 300_000; size = Math.ceil(size * 1.07)) {
    const ref = arena.allocate(size);
    assert.ok(ref > 0);
    assert.equal(arena.capacity(ref), Arena.roundedSize(size));
    const start = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    arena.segments[ref >>> Ref.SEGMENT_SHIFT]!.u8.fill(255, start, start + arena.capacity(ref));
    refs.push(ref);
  }
  assert.deepEqual(arena.verify(refs), []);
});

test("a freed block is the next one handed out for its size", () => {
  const arena = new Arena();
  const first = arena.allocate(40);
  arena.allocate(40);
  arena.free(first);
  assert.equal(arena.allocate(40), first);
});

test("memory that was freed serves other sizes", () => {
  const arena = new Arena({ limitBytes: SegmentSize.FIRST_BYTES });
  for (const size of [40, 1000, 5000, 100_000, 3 * MB]) {
    const refs: number[] = [];
    for (let bytes = 0; bytes + Arena.roundedSize(size) <= 10 * MB; bytes += Arena.roundedSize(size)) {
      refs.push(arena.allocate(size));
    }
    for (const ref of refs) arena.free(ref);
    assert.equal(arena.allocatedBytes, 0, `${size}`);
  }
  assert.deepEqual(arena.verify([]), []);
});

test("when all is freed the segments go back, whatever sizes were in them", () => {
  const arena = new Arena();
  const refs: number[] = [];
  for (let i = 0; arena.segmentBytes < 6 * SegmentSize.BYTES; i++) refs.push(arena.allocate(8 + ((i * 7919) % 60_000)));
  for (const ref of refs) arena.free(ref);
  assert.ok(arena.segmentBytes <= 2 * SegmentSize.BYTES, `${arena.segmentBytes / MB} MB stay`);
  assert.ok(arena.committedBytes < 16 * MB, `${arena.committedBytes / MB} MB stay committed`);
  assert.deepEqual(arena.verify([]), []);
});

test("a value of 100 MB gets a segment of its own and gives it back", () => {
  const arena = new Arena();
  const ref = arena.allocate(100 * MB);
  assert.equal(ref & Ref.UNIT, 0);
  const segment = arena.segments[ref >>> Ref.SEGMENT_SHIFT]!;
  segment.u8[100 * MB - 1] = 1;
  assert.equal(arena.capacity(ref), 100 * MB);
  assert.equal(arena.allocatedBytes, 100 * MB);
  assert.equal(arena.segmentBytes, SegmentSize.FIRST_BYTES + 100 * MB);
  assert.deepEqual(arena.verify([ref]), []);
  arena.free(ref);
  assert.equal(arena.segmentBytes, SegmentSize.FIRST_BYTES);
  assert.deepEqual(arena.verify([]), []);
});

test("values about as long as a segment are told apart from ordinary segments", () => {
  const arena = new Arena();
  const refs = [-2, -1, 0, 1].map((pages) => arena.allocate(SegmentSize.BYTES - 9 * 16384 + pages * 16384));
  refs.push(
    arena.allocate(SegmentSize.BYTES - 1),
    arena.allocate(SegmentSize.BYTES),
    arena.allocate(SegmentSize.BYTES + 1),
  );
  assert.deepEqual(arena.verify(refs), []);
  for (const ref of refs) arena.free(ref);
  assert.deepEqual(arena.verify([]), []);
});

test("refs stay unsigned beyond 16 GB of addresses", () => {
  const arena = new Arena();
  // Places 1 to 300 are taken by segments that cost nothing.
  const filler = arena.segments[0]!;
  for (let i = 1; i < 300; i++) arena.segments[i] = filler;
  const huge = arena.allocate(100 * MB);
  assert.equal(huge, 300 * 2 ** 23);
  const blocks = [
    arena.allocate(15 * MB),
    arena.allocate(60 * MB),
    arena.allocate(40),
    arena.allocate(60 * MB),
    arena.allocate(8 * MB),
  ];
  assert.ok(blocks[1]! > 2 ** 31 && blocks[4]! > 2 ** 31);
  for (const ref of [huge, ...blocks]) {
    assert.equal(ref, ref >>> 0);
    arena.segments[ref >>> Ref.SEGMENT_SHIFT]!.u8[(ref & Ref.UNIT) << Ref.UNIT_SHIFT] = 7;
    arena.free(ref);
  }
  assert.equal(arena.allocatedBytes, 0);
});

test("the limit makes allocation fail without a change, and freeing makes it succeed again", () => {
  const arena = new Arena({ limitBytes: SegmentSize.BYTES });
  const refs: number[] = [];
  assert.throws(() => {
    for (;;) refs.push(arena.allocate(50_000));
  }, OutOfMemory);
  const bytes = arena.allocatedBytes;
  assert.throws(() => arena.allocate(100 * MB), OutOfMemory);
  assert.throws(() => arena.allocate(1 * MB), OutOfMemory);
  assert.equal(arena.allocatedBytes, bytes);
  assert.deepEqual(arena.verify(refs), []);
  arena.free(refs.pop()!);
  refs.push(arena.allocate(50_000));
  assert.deepEqual(arena.verify(refs), []);
});

test("a system that has no more memory is out of memory, any other error stays what it is", () => {
  const arena = arenaWithSegments(2);
  const refs = [arena.allocate(15 * MB), arena.allocate(60 * MB)];
  assert.throws(() => arena.allocate(60 * MB), OutOfMemory);
  assert.deepEqual(arena.verify(refs), []);
  let isBroken = false;
  const broken = new Arena({
    createBuffer(size) {
      if (isBroken) throw new TypeError("a mistake");
      return new ArrayBuffer(size);
    },
  });
  isBroken = true;
  assert.throws(() => broken.allocate(100 * MB), TypeError);
});

test("segments may be shared buffers", () => {
  const arena = new Arena({ createBuffer: (size) => new SharedArrayBuffer(size) });
  const ref = arena.allocate(40);
  assert.ok(arena.segments[0]!.u8.buffer instanceof SharedArrayBuffer);
  assert.deepEqual(arena.verify([ref]), []);
});

test("a segment is the end of its buffer, so that a longer one can align it", () => {
  const arena = new Arena({ createBuffer: (size) => new ArrayBuffer(size + 48) });
  const refs = [arena.allocate(40), arena.allocate(100 * MB)];
  for (const { u8, u32, f64, dv } of arena.segments) {
    for (const view of [u8, u32, f64, dv]) assert.equal(view.byteOffset, 48);
  }
  assert.equal(arena.segments[0]!.u8.length, SegmentSize.FIRST_BYTES);
  assert.deepEqual(arena.verify(refs), []);
});

test("words of the root are kept for the layers above", () => {
  const arena = new Arena();
  for (let slot = 0; slot < 64; slot++) arena.setRootWord(slot, slot + 1);
  const ref = arena.allocate(40);
  for (let slot = 0; slot < 64; slot++) assert.equal(arena.rootWord(slot), slot + 1);
  assert.deepEqual(arena.verify([ref]), []);
});

test("verify finds a leak, a double owner, a stranger and a broken free list", () => {
  const arena = new Arena();
  const [a, b] = [arena.allocate(40), arena.allocate(40)];
  assert.match(arena.verify([a]).join(), /1 blocks leaked/);
  assert.match(arena.verify([a, b, b]).join(), /owned twice/);
  assert.match(arena.verify([a, b, b + 1]).join(), /not allocated/);
  arena.free(a);
  arena.segments[0]!.u32[(a & Ref.UNIT) << 1] = a;
  assert.match(arena.verify().join(), /broken free list/);
});

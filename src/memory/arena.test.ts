import assert from "node:assert/strict";
import { test } from "node:test";
import { copiesSharedWell } from "../bytes/copy-long.js";
import { Arena, OutOfMemory } from "./arena.js";
import { Page } from "./page-heap.js";
import { Ref, SegmentSize } from "./segment.js";

const MB = 2 ** 20;

/** An arena whose segments cannot be had from the Nth on. */
function arenaWithSegments(count: number): Arena {
  let made = 0;
  return new Arena({
    createBuffer(size) {
      if (made++ === count) throw new RangeError("Array buffer allocation failed");
      return new SharedArrayBuffer(size);
    },
  });
}

test("an empty arena is one segment with nothing in use", () => {
  const arena = new Arena();
  assert.equal(arena.segmentBytes, SegmentSize.BYTES);
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
  const arena = new Arena({ limitBytes: SegmentSize.BYTES });
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
  assert.equal(arena.segmentBytes, SegmentSize.BYTES + 100 * MB);
  assert.deepEqual(arena.verify([ref]), []);
  arena.free(ref);
  assert.equal(arena.segmentBytes, SegmentSize.BYTES);
  assert.deepEqual(arena.verify([]), []);
});

test("whoever still looks at a segment that was dropped keeps no memory alive", () => {
  const arena = new Arena();
  const huge = arena.allocate(100 * MB);
  const refs = Array.from({ length: 70 }, () => arena.allocate(4 * MB));
  const seen = [...arena.segments];
  arena.free(huge);
  for (const ref of refs) arena.free(ref);
  while (arena.trim(1, 0) > 0) {}
  const held = seen.reduce((sum, { u8, u32, f64, dv }) => {
    return sum + new Set([u8.buffer, u32.buffer, f64.buffer, dv.buffer].map((buffer) => buffer.byteLength)).size;
  }, 0);
  assert.equal(held, seen.length, "all views of a segment go together");
  assert.deepEqual(
    seen.map((segment) => segment.u8.buffer.byteLength),
    [SegmentSize.BYTES, ...new Array<number>(seen.length - 1).fill(0)],
  );
});

test("unused memory is what was handed out and is not any more, in steps of 2 MB", () => {
  const arena = new Arena();
  const isAbout = (bytes: number): void => {
    assert.ok(arena.unusedBytes >= bytes && arena.unusedBytes < bytes + 2 * MB, `${arena.unusedBytes} is not ${bytes}`);
  };
  isAbout(0);
  const [first, second] = [arena.allocate(6 * MB), arena.allocate(4 * MB)];
  isAbout(0);
  arena.free(first);
  isAbout(6 * MB);
  const third = arena.allocate(2 * MB);
  isAbout(4 * MB);
  arena.free(second);
  arena.free(third);
  isAbout(10 * MB);
});

test("trimming moves what is used to new memory, where every ref still leads to it, and the rest is as new", () => {
  const arena = new Arena();
  // A few blocks stay: of some pages, and the first of a segment.
  const all = Array.from({ length: 20_000 }, (_, i) => arena.allocate(i % 50 === 7 ? 40_000 : 200 + (i % 90)));
  const stay = all.filter((_, i) => i % 500 === 57 || i === 0);
  const at = (ref: number): [Uint8Array, number] => {
    return [arena.segments[ref >>> Ref.SEGMENT_SHIFT]!.u8, (ref & Ref.UNIT) << Ref.UNIT_SHIFT];
  };
  for (const ref of stay) {
    const [u8, offset] = at(ref);
    u8.fill(ref & 0xff, offset, offset + 200);
  }
  for (const ref of all) if (!stay.includes(ref)) arena.free(ref);
  const unused = arena.unusedBytes;
  assert.ok(unused > 8 * MB);
  const buffers = new Set(arena.segments.map(({ u8 }) => u8.buffer));
  assert.equal(arena.trim(MB, 1), 0, "more would have to be moved than may be");
  let trimmed = 0;
  for (let step = arena.trim(MB, 64 * MB); step > 0; step = arena.trim(MB, 64 * MB)) trimmed += step;
  assert.ok(trimmed > 8 * MB);
  assert.ok(arena.segments.some(({ u8 }) => !buffers.has(u8.buffer)));
  assert.deepEqual(arena.verify(stay), []);
  for (const ref of stay) {
    const [u8, offset] = at(ref);
    assert.ok(u8.subarray(offset, offset + 200).every((byte) => byte === (ref & 0xff)));
  }
  const more = Array.from({ length: 1000 }, (_, i) => arena.allocate(1 + i * 50));
  assert.deepEqual(arena.verify([...stay, ...more]), []);
});

test("a system without memory to move to leaves all as it is", () => {
  let isFull = false;
  const arena = new Arena({
    createBuffer(size) {
      if (isFull) throw new RangeError("Array buffer allocation failed");
      return new SharedArrayBuffer(size);
    },
  });
  const refs = [arena.allocate(8 * MB), arena.allocate(MB)];
  arena.free(refs[0]!);
  isFull = true;
  assert.equal(arena.trim(MB, 64 * MB), 0);
  assert.deepEqual(arena.verify([refs[1]!]), []);
  isFull = false;
  assert.ok(arena.trim(MB, 64 * MB) >= 8 * MB);
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
  const blocks = [31, 31, 60, 1, 60, 8].map((size) => arena.allocate(size * MB));
  assert.ok(blocks[2]! > 2 ** 31 && blocks[5]! > 2 ** 31);
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
      return new SharedArrayBuffer(size);
    },
  });
  isBroken = true;
  assert.throws(() => broken.allocate(100 * MB), TypeError);
});

/** An arena whose huge blocks have a reserve of 200 MB. */
function arenaWithReserve(limitBytes = Number.POSITIVE_INFINITY): Arena {
  return new Arena({ limitBytes, createReserve: (size) => new SharedArrayBuffer(Math.max(size, 200 * MB)) });
}

function bytesOf(arena: Arena, ref: number): Uint8Array {
  return arena.segments[ref >>> Ref.SEGMENT_SHIFT]!.u8;
}

test("a huge block grows where it lies, and only what is in use counts", () => {
  const arena = arenaWithReserve();
  const ref = arena.allocate(40 * MB);
  assert.equal(ref & Ref.UNIT, 0);
  assert.equal(arena.capacity(ref), 40 * MB);
  bytesOf(arena, ref)[40 * MB - 1] = 7;
  assert.equal(arena.grow(ref, 40 * MB, 150 * MB + 1), true);
  assert.equal(arena.capacity(ref), 150 * MB + 16384);
  assert.equal(arena.allocatedBytes, 150 * MB + 16384);
  assert.equal(arena.segmentBytes, SegmentSize.BYTES + 150 * MB + 16384);
  assert.equal(bytesOf(arena, ref)[40 * MB - 1], 7);
  assert.equal(arena.grow(ref, 0, 201 * MB), false);
  assert.deepEqual(arena.verify([ref]), []);
  arena.free(ref);
  assert.equal(arena.allocatedBytes, 0);
  assert.equal(arena.segmentBytes, SegmentSize.BYTES);
});

test("what a huge block grows by is zero, also where it was written before", () => {
  const arena = arenaWithReserve();
  const ref = arena.allocate(40 * MB);
  bytesOf(arena, ref).fill(1);
  // It is used up to 39 MB, then made longer.
  assert.equal(arena.grow(ref, 39 * MB, 60 * MB), true);
  const u8 = bytesOf(arena, ref);
  assert.equal(u8[39 * MB - 1], 1);
  for (const at of [39 * MB, 40 * MB - 1, 40 * MB, 60 * MB - 1]) assert.equal(u8[at], 0, `${at}`);
  u8.fill(2, 39 * MB);
  assert.equal(arena.grow(ref, 50 * MB, 55 * MB), true);
  assert.deepEqual([u8[50 * MB - 1], u8[50 * MB], u8[55 * MB - 1], u8[55 * MB]], [2, 0, 0, 2]);
});

test("a block in a span does not grow", () => {
  const arena = arenaWithReserve();
  assert.equal(arena.grow(arena.allocate(20 * MB), 0, 20 * MB), false);
});

test("a huge block grows within the limit of the arena", () => {
  const arena = arenaWithReserve(SegmentSize.BYTES + 100 * MB);
  const ref = arena.allocate(90 * MB);
  assert.equal(arena.grow(ref, 90 * MB, 101 * MB), false);
  assert.equal(arena.allocatedBytes, 90 * MB);
  assert.equal(arena.grow(ref, 90 * MB, 100 * MB), true);
});

test("a buffer becomes a block without being copied, and may grow as far as the buffer goes", () => {
  const arena = new Arena();
  const buffer = new SharedArrayBuffer(50 * MB);
  new Uint8Array(buffer).fill(1, 0, 45 * MB);
  const ref = arena.adopt(buffer, 24, 40 * MB, 45 * MB - 24);
  const u8 = bytesOf(arena, ref);
  assert.equal(u8.buffer, buffer);
  assert.equal(u8.byteOffset, 24);
  assert.equal(arena.allocatedBytes, 40 * MB);
  assert.equal(arena.grow(ref, 40 * MB, 48 * MB), true);
  assert.deepEqual([u8[40 * MB - 1], bytesOf(arena, ref)[40 * MB], bytesOf(arena, ref)[46 * MB]], [1, 0, 0]);
  assert.equal(arena.grow(ref, 48 * MB, 50 * MB), false);
  assert.deepEqual(arena.verify([ref]), []);
  arena.free(ref);
  assert.deepEqual(arena.verify([]), []);
});

test("a buffer that the limit has no room for stays its owner's", () => {
  const arena = new Arena({ limitBytes: SegmentSize.BYTES + 10 * MB });
  assert.throws(() => arena.adopt(new SharedArrayBuffer(50 * MB), 0, 40 * MB, 40 * MB), OutOfMemory);
  assert.equal(arena.allocatedBytes, 0);
  assert.deepEqual(arena.verify([]), []);
});

test("while there are many segments, a block gets one of its own only if it fits no other", () => {
  const arena = new Arena({
    createBuffer: (size) => new SharedArrayBuffer(size),
    createReserve: (size) => new SharedArrayBuffer(size),
  });
  const refs: number[] = [];
  for (let i = 0; i < 260; i++) refs.push(arena.allocate(40 * MB));
  assert.equal(refs[100]! & Ref.UNIT, 0);
  assert.notEqual(refs[259]! & Ref.UNIT, 0);
  assert.equal(arena.allocate(70 * MB) & Ref.UNIT, 0);
});

test("segments are shared memory where that is as quick to copy as other", () => {
  const arena = new Arena();
  const ref = arena.allocate(40);
  assert.equal(arena.segments[0]!.u8.buffer instanceof SharedArrayBuffer, copiesSharedWell);
  assert.deepEqual(arena.verify([ref]), []);
});

test("a segment is the end of its buffer, so that a longer one can align it", () => {
  const arena = new Arena({ createBuffer: (size) => new SharedArrayBuffer(size + 48) });
  const refs = [arena.allocate(40), arena.allocate(100 * MB)];
  for (const { u8, u32, f64, dv } of arena.segments) {
    for (const view of [u8, u32, f64, dv]) assert.equal(view.byteOffset, 48);
  }
  assert.equal(arena.segments[0]!.u8.length, SegmentSize.BYTES);
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

test("a block that is freed twice stops the server", () => {
  const sizes = [8, 40, 1000, 100_000, 200_000, 100 * MB];
  for (const size of sizes) {
    const arena = new Arena();
    const refs = [arena.allocate(size), arena.allocate(size), arena.allocate(size)];
    arena.free(refs[0]!);
    arena.free(refs[1]!);
    const { allocatedBytes } = arena;
    const twice = { name: "AssertionFailed", message: /not in use: freed twice/ };
    assert.throws(() => arena.free(refs[0]!), twice, `${size} bytes`);
    assert.throws(() => arena.free(refs[1]!), twice, `${size} bytes`);
    assert.equal(arena.allocatedBytes, allocatedBytes);
    assert.deepEqual(arena.verify([refs[2]!]), []);
  }
});

test("what is freed has to be a block, from its beginning", () => {
  const arena = new Arena();
  const [small, other, large] = [arena.allocate(40), arena.allocate(40), arena.allocate(200_000)];
  const isNone = {
    name: "AssertionFailed",
    message: /^a (?:ref is freed at which no block|block of the arena is freed)/,
  };
  assert.throws(() => arena.free(0), isNone);
  assert.throws(() => arena.capacity(0), { name: "AssertionFailed", message: /is it 0/ });
  assert.throws(() => arena.grow(0, 8, 16), { name: "AssertionFailed", message: /is it 0/ });
  assert.throws(() => arena.free(small + 1), isNone);
  assert.throws(() => arena.free(other + 5), isNone);
  assert.throws(() => arena.free(large + 1), isNone);
  assert.throws(() => arena.free(Page.TABLE_PAGES << Ref.PAGE_SHIFT), isNone);
  assert.deepEqual(arena.verify([small, other, large]), []);
});

test("bytes that look like the mark of a free block may be freed, and a block that was freed may not be written to", () => {
  const arena = new Arena();
  const { u32 } = arena.segments[0]!;
  const [ref, other] = [arena.allocate(40), arena.allocate(40)];
  const word = (ref & Ref.UNIT) << 1;
  arena.free(ref);
  const mark = u32[word + 1]!;
  assert.equal(arena.allocate(40), ref);
  assert.notEqual(u32[word + 1], mark);
  u32[word + 1] = mark;
  arena.free(ref);
  u32[word + 1] = 1;
  assert.match(arena.verify([other]).join(), /was written to after it was freed/);
});

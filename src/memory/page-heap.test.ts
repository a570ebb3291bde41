import assert from "node:assert/strict";
import { test } from "node:test";
import { OutOfMemory, Page, PageHeap } from "./page-heap.js";
import { SegmentSize } from "./segment.js";
import { PageSize } from "./size-classes.js";

const WHOLE = PageSize.PER_SEGMENT - Page.TABLE_PAGES;

function heap(limitBytes = Number.POSITIVE_INFINITY): PageHeap {
  return new PageHeap(limitBytes, (size) => new SharedArrayBuffer(size));
}

function freeSpans(pages: PageHeap): [page: number, length: number][] {
  const spans: [number, number][] = [];
  pages.eachFreeSpan((page, length) => spans.push([page, length]));
  return spans.sort((a, b) => a[0] - b[0]);
}

test("a fresh heap is one segment with one free span behind its page table and root page", () => {
  assert.deepEqual(freeSpans(heap()), [[Page.TABLE_PAGES + 1, WHOLE - 1]]);
});

test("a span that comes back joins the free spans on both sides", () => {
  const pages = heap();
  const [a, b, c] = [pages.allocateSpan(10), pages.allocateSpan(20), pages.allocateSpan(30)] as const;
  pages.allocateSpan(1);
  pages.freeSpan(a, 10);
  pages.freeSpan(c, 30);
  assert.equal(freeSpans(pages).length, 3);
  pages.freeSpan(b, 20);
  assert.deepEqual(freeSpans(pages)[0], [a, 60]);
  assert.equal(freeSpans(pages).length, 2);
});

test("the shortest listed span that fits is taken", () => {
  const pages = heap();
  const hole = pages.allocateSpan(5);
  pages.allocateSpan(1);
  pages.freeSpan(hole, 5);
  assert.equal(pages.allocateSpan(4), hole);
  assert.equal(pages.allocateSpan(1), hole + 4);
});

test("spans of every length up to a whole segment can be had and given back", () => {
  const pages = heap();
  pages.addSegment();
  const before = freeSpans(pages);
  for (const length of [1, 2, 62, 63, 64, 65, 127, 128, 255, 256, 1000, 2047, 2048, WHOLE - 1]) {
    const page = pages.allocateSpan(length);
    pages.freeSpan(page, length);
    assert.deepEqual(freeSpans(pages), before, `length ${length}`);
  }
});

test("one wholly free segment is kept, further ones go back to the system", () => {
  const pages = heap();
  const taken = Array.from({ length: 6 }, () => pages.allocateSpan(WHOLE - 1));
  assert.equal(pages.segmentBytes, 6 * SegmentSize.BYTES);
  for (const page of taken) pages.freeSpan(page, WHOLE - 1);
  // Spans of one page less than a whole segment leave the rest free, so each of them frees its segment.
  assert.equal(pages.segmentBytes, 2 * SegmentSize.BYTES);
});

test("trimming drops the spare segment too", () => {
  const pages = heap();
  const page = pages.allocateSpan(WHOLE);
  pages.freeSpan(page, WHOLE);
  assert.equal(pages.segmentBytes, 2 * SegmentSize.BYTES);
  assert.equal(pages.trim(SegmentSize.BYTES + 1, 0), 0, "less than was asked for");
  assert.equal(pages.trim(1, 0), SegmentSize.BYTES);
  assert.equal(pages.segmentBytes, SegmentSize.BYTES);
  assert.equal(pages.trim(1, 0), 0);
  assert.deepEqual(freeSpans(pages), [[Page.TABLE_PAGES + 1, WHOLE - 1]]);
});

test("the place of a segment given back is used again, and leaves no hole meanwhile", () => {
  const pages = heap();
  const huge = [pages.addHugeSegment(1), pages.addHugeSegment(1), pages.addHugeSegment(1)];
  pages.removeSegment(huge[1]!);
  assert.equal(pages.segments.length, 4);
  assert.ok(huge[1]! in pages.segments && pages.segments[huge[1]!] === undefined);
  assert.equal(pages.addHugeSegment(1), huge[1]);
});

test("a segment beyond the limit is out of memory and changes nothing", () => {
  const pages = heap(2 * SegmentSize.BYTES);
  pages.allocateSpan(WHOLE - 1);
  pages.allocateSpan(WHOLE);
  const before = freeSpans(pages);
  assert.throws(() => pages.allocateSpan(1), OutOfMemory);
  assert.throws(() => pages.addHugeSegment(1), OutOfMemory);
  assert.deepEqual(freeSpans(pages), before);
  assert.equal(pages.segmentBytes, 2 * SegmentSize.BYTES);
});

test("there are 512 places for segments, not one more", () => {
  const pages = new PageHeap(
    Number.POSITIVE_INFINITY,
    (size) => new SharedArrayBuffer(size > SegmentSize.BYTES ? 8 : size),
  );
  for (let i = 1; i < SegmentSize.MAX_COUNT; i++) pages.addHugeSegment(1);
  assert.throws(() => pages.addHugeSegment(1), OutOfMemory);
  assert.throws(() => pages.addSegment(), OutOfMemory);
});

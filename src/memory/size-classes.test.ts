import assert from "node:assert/strict";
import { test } from "node:test";
import { BLOCK_SIZE, PageSize, SizeClass, SLAB_BLOCKS, SLAB_PAGES, sizeClassOf } from "./size-classes.js";

test("every size gets the smallest class that holds it", () => {
  for (let size = 1; size <= SizeClass.MAX; size++) {
    const index = sizeClassOf(size);
    if (BLOCK_SIZE[index]! < size || BLOCK_SIZE[index - 1]! >= size) assert.fail(`${size} got class ${index}`);
  }
});

test("classes rise in multiples of 8 up to the largest", () => {
  for (let index = 1; index < SizeClass.COUNT; index++) {
    assert.ok(BLOCK_SIZE[index]! > BLOCK_SIZE[index - 1]!);
    assert.equal(BLOCK_SIZE[index]! % 8, 0);
  }
  assert.equal(BLOCK_SIZE[SizeClass.COUNT - 1], SizeClass.MAX);
});

test("rounding loses at most 7 bytes up to 1 KB and 6.25 % beyond", () => {
  for (let size = 1; size <= SizeClass.MAX; size++) {
    const lost = BLOCK_SIZE[sizeClassOf(size)]! - size;
    if (lost > Math.max(7, size / 16)) assert.fail(`${size} loses ${lost}`);
  }
});

test("a slab holds whole blocks and loses under 4 % at its end", () => {
  for (let index = 1; index < SizeClass.COUNT; index++) {
    const bytes = SLAB_PAGES[index]! * PageSize.BYTES;
    const used = SLAB_BLOCKS[index]! * BLOCK_SIZE[index]!;
    assert.ok(SLAB_BLOCKS[index]! >= 1 && used <= bytes);
    assert.ok(bytes - used <= bytes / 25, `class ${index}`);
  }
});

test("the dict's page of 1088 bytes has a class of its own", () => {
  assert.equal(BLOCK_SIZE[sizeClassOf(1088)], 1088);
});

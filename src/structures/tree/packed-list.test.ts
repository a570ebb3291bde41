import assert from "node:assert/strict";
import { test } from "node:test";
import { Region } from "../../bytes/region.js";
import { Arena, OutOfMemory } from "../../memory/arena.js";
import { ElementView } from "../entry/element-view.js";
import { load } from "../packed/listpack.js";
import { ListCursor } from "./list-cursor.js";
import { PackedLists } from "./packed-list.js";

/** A list of elements of 100 bytes, which begin with their number. */
class Fixture {
  readonly arena = new Arena();
  readonly lists = new PackedLists(this.arena);
  readonly root = this.lists.create();
  readonly cursor = new ListCursor();
  readonly #view = new ElementView();

  constructor(count: number) {
    for (let i = 0; i < count; i++) this.lists.pushTail(this.root, text(String(i)), 0, 100);
  }

  insertAt(index: number, name: string): void {
    this.lists.seek(this.root, index, this.cursor);
    this.lists.insert(this.cursor, text(name), 0, 100);
  }

  elements(): string {
    const { cursor, lists } = this;
    const found: string[] = [];
    for (let i = 0; i < lists.count(this.root); i++) {
      lists.seek(this.root, i, cursor);
      load(cursor.region, cursor.at, this.#view);
      const { region, offset, length } = this.#view;
      found.push(
        Buffer.from(region.u8.subarray(offset, offset + length))
          .toString("latin1")
          .trimEnd(),
      );
    }
    return found.join(" ");
  }

  verify(): void {
    assert.deepEqual(this.lists.verify(this.root), []);
    const blocks: number[] = [];
    this.lists.eachBlock(this.root, (ref) => blocks.push(ref));
    assert.deepEqual(this.arena.verify(blocks), []);
  }
}

function text(name: string): Region {
  return new Region(Buffer.from(name.padEnd(100), "latin1"));
}

test("an insertion that splits a leaf and finds no memory for the tree above it changes nothing", () => {
  const fixture = new Fixture(2000);
  const { arena } = fixture;
  const { allocate } = arena;
  let failures = 0;
  // Until nodes of the tree have been split in several places: leaves are, time and again.
  for (let i = 0; failures < 3; i++) {
    assert.ok(i < 20_000, "no second block was ever asked for");
    const index = (i * 631) % fixture.lists.count(fixture.root);
    let calls = 0;
    arena.allocate = (size) => {
      if (++calls === 2) throw new OutOfMemory();
      return allocate.call(arena, size);
    };
    try {
      fixture.insertAt(index, `new${i}`);
      continue;
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
    } finally {
      arena.allocate = allocate;
    }
    failures++;
    fixture.verify();
    const elements = fixture.elements();
    fixture.insertAt(index, `new${i}`);
    fixture.verify();
    assert.equal(fixture.elements(), inserted(elements, index, `new${i}`));
  }
});

function inserted(elements: string, index: number, name: string): string {
  const words = elements.split(" ");
  words.splice(index, 0, name);
  return words.join(" ");
}

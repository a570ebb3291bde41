import assert from "node:assert/strict";
import { test } from "node:test";
import { KeySpaceFixture, START_MS } from "../../test/support/key-space.js";
import { Argv } from "../bytes/argv.js";
import { Ref } from "../memory/segment.js";
import { Encoding, ValueType } from "../structures/entry/entry.js";
import { Path } from "../structures/tree/counted-tree.js";
import type { EditableRef } from "./stream-blocks.js";
import { idText, newId, parseId, type StreamId, setIdTime } from "./stream-id.js";
import { STREAM_PAYLOAD_BYTES } from "./streams.js";

class StreamFixture extends KeySpaceFixture {
  readonly streams = this.keyspace.types.streams;
  readonly head: EditableRef;
  readonly id = newId();

  constructor() {
    super();
    const { slot } = this.keyspace;
    this.head = this.streams.create();
    this.db.begin(Argv.from(["s"]), 0, ValueType.STREAM, Encoding.STREAM, STREAM_PAYLOAD_BYTES, slot);
    this.streams.setHead(slot.segment, slot.offset, this.head);
    this.db.place(slot);
  }

  idOf(text: string): StreamId {
    const argv = Argv.from([text]);
    parseId(argv.source, 0, argv.length[0]!, this.id, 0);
    return this.id;
  }

  add(id: string, ...fields: string[]): void {
    this.streams.append(this.head, this.idOf(id), Argv.from(fields), 0);
  }

  /** The bytes of a leaf's run. */
  run(leaf = 0): string {
    const { tree } = this.streams.entries;
    const path = new Path();
    tree.first(this.streams.rootOf(this.head), path);
    for (; leaf > 0; leaf--) tree.next(path);
    const segment = this.arena.segments[path.leaf >>> Ref.SEGMENT_SHIFT]!;
    const at = (path.leaf & Ref.UNIT) << Ref.UNIT_SHIFT;
    return Buffer.from(segment.u8.subarray(at + 4, at + 4 + segment.u32[at >> 2]!)).toString("hex");
  }

  ids(isReverse = false): string[] {
    const { iterator } = this.streams;
    const found: string[] = [];
    iterator.start(this.streams.rootOf(this.head), null, null, isReverse);
    while (iterator.next()) found.push(idText(iterator.id));
    return found;
  }
}

test("a leaf has the bytes of a node of Redis: a master entry, and entries that refer to it", () => {
  const fixture = new StreamFixture();
  fixture.add("1-1", "a", "b");
  // deleted 0, one field "a", 0
  const master = "00010101816102" + "0001";
  // flags 2, ms 0, seq 0, "b", 4 elements
  const first = "0201000100018162020401";
  assert.equal(fixture.run(), `0101${master}${first}`);
  fixture.add("300-0", "a", "7");
  fixture.add("301-5", "c", "d");
  // ms +299, seq -1; then other fields: flags 0, +300, +4, 1 field, "c", "d", 6 elements
  const second = "0201c12b02dfff0207010401";
  const third = "0001c12c0204010101816302816402" + "0601";
  assert.equal(fixture.run(), `0301${master}${first}${second}${third}`);
  fixture.streams.remove(fixture.head, fixture.idOf("300"));
  assert.equal(fixture.run(), `02010101${master.slice(4)}${first}${second.replace(/^02/, "03")}${third}`);
  fixture.verify();
});

test("leaves end at the limits for entries and bytes, and are cut to size", () => {
  const fixture = new StreamFixture();
  const before = fixture.arena.allocatedBytes;
  for (let i = 1; i <= 20_000; i++)
    fixture.add(`${i}-1`, "sensor", `${i % 100}`, "temp", `${i % 50}`, "hum", `${i % 90}`);
  const { tree } = fixture.streams.entries;
  const root = fixture.streams.rootOf(fixture.head);
  assert.equal(tree.leaves(root), 200);
  const bytes = (fixture.arena.allocatedBytes - before) / 20_000;
  assert.ok(bytes < 15.2, `${bytes} bytes an entry`);
  fixture.keyspace.limits.streamNodeMaxBytes = 50;
  for (let i = 20_001; i <= 20_010; i++) fixture.add(`${i}-1`, "field", "x".repeat(40));
  assert.equal(tree.leaves(root), 210);
  fixture.verify();
});

test("64-bit IDs are exact, in both directions", () => {
  const fixture = new StreamFixture();
  const ids = ["0-1", "9007199254740993-0", "9007199254740993-18446744073709551615", "18446744073709551615-0"];
  for (const id of ids) fixture.add(id, "f", "v");
  assert.deepEqual(fixture.ids(), ids);
  assert.deepEqual(fixture.ids(true), [...ids].reverse());
});

test("entries that are trimmed or deleted leave their leaf with the last that lives there", () => {
  const fixture = new StreamFixture();
  fixture.keyspace.limits.streamNodeMaxEntries = 10;
  for (let i = 1; i <= 35; i++) fixture.add(`${i}-0`, "f", "v");
  const { streams, head } = fixture;
  const { trimOptions: options } = streams;
  options.clear();
  options.strategy = "length";
  options.length = 22;
  options.isApproximate = true;
  assert.equal(streams.trim(head), 10);
  options.isApproximate = false;
  assert.equal(streams.trim(head), 3);
  assert.deepEqual(
    fixture.ids(),
    Array.from({ length: 22 }, (_, i) => `${i + 14}-0`),
  );
  for (let i = 14; i <= 20; i++) assert.ok(streams.remove(head, fixture.idOf(`${i}`)));
  assert.ok(!streams.remove(head, fixture.idOf("20")));
  assert.equal(streams.entries.tree.leaves(streams.rootOf(head)), 2);
  fixture.verify();
});

test("a stream with groups is copied whole, and freed in slices", () => {
  const fixture = new StreamFixture();
  const { streams, head, keyspace } = fixture;
  const { groups, blocks } = streams;
  const names = Argv.from(["group", "alice", "bob"]);
  const name = (i: number) => [names.source, names.offset[i]!, names.length[i]!] as const;
  const group = groups.createGroup(head, ...name(0), newId());
  const alice = groups.createConsumer(group, ...name(1), START_MS);
  const bob = groups.createConsumer(group, ...name(2), START_MS);
  for (let i = 1; i <= 3000; i++) {
    fixture.add(`${i}-0`, "f", `${i}`);
    setIdTime(fixture.id, i);
    groups.assign(group, i % 3 === 0 ? alice : bob, fixture.id, START_MS);
  }
  assert.equal(groups.pendingCount(group), 3000);
  assert.equal(groups.ownedCount(alice), 1000);
  fixture.db.copyEntry(Argv.from(["s", "t"]), 0, fixture.db, 1);
  fixture.verify();

  assert.ok(fixture.db.remove(Argv.from(["s"]), 0));
  let slices = 0;
  while (keyspace.lazyFree.freeSome(100)) {
    slices++;
    fixture.verify();
  }
  assert.ok(slices > 20, `${slices} slices`);
  fixture.db.edit(Argv.from(["t"]), 0, fixture.ref("t"), keyspace.slot);
  const copy = streams.editableHead(keyspace.slot);
  const copied = groups.findGroup(copy, ...name(0));
  const copiedAlice = groups.findConsumer(copied, ...name(1));
  assert.equal(groups.ownedCount(copiedAlice), 1000);
  assert.equal(groups.deleteConsumer(copied, ...name(1)), 1000);
  assert.equal(groups.pendingCount(copied), 2000);
  assert.deepEqual(groups.pending.verify(blocks.word(copied, 6)), []);
  fixture.verify();
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../differential/random.js";
import { SimulatedDisk } from "./disk.js";

const text = (disk: SimulatedDisk, path: string): string => (disk.exists(path) ? disk.readText(path) : "(none)");

function written(disk: SimulatedDisk, path: string, ...parts: string[]) {
  const handle = disk.open(path, "append");
  for (const part of parts) handle.write(Buffer.from(part));
  return handle;
}

test("what was synchronised, and its name, survives every crash", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const disk = new SimulatedDisk(new Random(seed));
    const handle = written(disk, "/dir/file", "one", "two");
    handle.sync();
    disk.syncDirectory("/dir");
    handle.write(Buffer.from("three"));
    disk.crash();
    const found = text(disk, "/dir/file");
    assert.ok(found.startsWith("onetwo") && found.length <= "onetwothree".length, found);
    assert.throws(() => handle.write(Buffer.from("x")), { code: "EBADF" });
  }
});

test("what was not synchronised is there in part, torn, or not at all", () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 500; seed++) {
    const disk = new SimulatedDisk(new Random(seed));
    written(disk, "/f", "ab", "cd");
    disk.crash();
    seen.add(text(disk, "/f"));
  }
  for (const outcome of ["(none)", "", "a", "ab", "abc", "abcd", "a\0", "ab\0\0"])
    assert.ok(seen.has(outcome), outcome);
});

test("a rename without a synchronised directory happened or did not, and is never between", () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 200; seed++) {
    const disk = new SimulatedDisk(new Random(seed));
    written(disk, "/old", "old").sync();
    written(disk, "/new", "new").sync();
    disk.syncDirectory("/");
    disk.rename("/new", "/old");
    disk.crash();
    seen.add(text(disk, "/old"));
  }
  assert.deepEqual([...seen].sort(), ["new", "old"]);
});

test("a full disk takes what fits and says so; with room again it takes more", () => {
  const disk = new SimulatedDisk(new Random(1));
  disk.capacity = 5;
  const handle = disk.open("/f", "create");
  assert.throws(() => handle.write(Buffer.from("1234567")), { code: "ENOSPC" });
  assert.equal(handle.size, 5);
  disk.capacity = 100;
  handle.truncate(0);
  handle.write(Buffer.from("1234567"));
  assert.equal(disk.readText("/f"), "1234567");
});

test("writing and synchronising fail when they are told to", () => {
  const disk = new SimulatedDisk(new Random(1));
  const handle = disk.open("/f", "create");
  disk.writeError = "EIO";
  assert.throws(() => handle.write(Buffer.from("x")), { code: "EIO" });
  disk.syncError = "EIO";
  assert.throws(() => handle.sync(), { code: "EIO" });
});

test("a flipped bit changes one bit", () => {
  const disk = new SimulatedDisk(new Random(3));
  written(disk, "/f", "\0\0\0\0").sync();
  disk.flipBit("/f");
  const bits = Buffer.from(disk.readText("/f"), "latin1").reduce(
    (sum, byte) => sum + byte.toString(2).replaceAll("0", "").length,
    0,
  );
  assert.equal(bits, 1);
});

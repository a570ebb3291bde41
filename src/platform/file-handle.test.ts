import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../test/support/temporary-directory.js";
import { NodeFiles } from "./files.js";

test("a file is written at its end and anywhere, read anywhere, cut and synchronised", (t) => {
  const files = new NodeFiles();
  const path = join(temporaryDirectory(t), "file");
  const made = files.open(path, "create");
  made.write(Buffer.from("hello"));
  made.write(Buffer.from(" world"));
  made.write(Buffer.from("J"), 0);
  made.sync();
  made.sync(true);
  assert.equal(made.size, 11);
  const into = new Uint8Array(8);
  assert.equal(made.read(into, 6), 5);
  assert.equal(Buffer.from(into).toString("latin1", 0, 5), "world");
  made.truncate(5);
  made.close();
  made.close();
  assert.equal(files.readText(path), "Jello");
  const appended = files.open(path, "append");
  appended.write(Buffer.from("!"));
  assert.throws(() => appended.write(Buffer.from("x"), 0));
  appended.close();
  const updated = files.open(path, "update");
  updated.write(Buffer.from("C"), 0);
  updated.close();
  assert.equal(files.readText(path), "Cello!");
});

test("a file that is not there cannot be read or updated, and the error has the system's code", (t) => {
  const files = new NodeFiles();
  const path = join(temporaryDirectory(t), "none");
  assert.throws(() => files.open(path, "read"), { code: "ENOENT" });
  assert.throws(() => files.open(path, "update"), { code: "ENOENT" });
});

test("a rename replaces what was there, directories are made with those above them, and listed", (t) => {
  const files = new NodeFiles();
  const directory = join(temporaryDirectory(t), "a", "b");
  assert.deepEqual(files.list(directory), []);
  files.makeDirectory(directory);
  files.makeDirectory(directory);
  files.writeText(join(directory, "old"), "1");
  files.writeText(join(directory, "new"), "2");
  files.rename(join(directory, "new"), join(directory, "old"));
  files.syncDirectory(directory);
  assert.deepEqual(files.list(directory), ["old"]);
  assert.equal(files.readText(join(directory, "old")), "2");
});

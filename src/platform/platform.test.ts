import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "node:test";
import { createNodePlatform } from "./node.js";
import { randomHex } from "./random.js";

const platform = createNodePlatform();

function directory(scope: { after(action: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), "redstart-platform-"));
  scope.after(() => rmSync(path, { recursive: true }));
  return path;
}

test("the clock's three readings agree and the monotonic one does not go back", () => {
  const { clock } = platform;
  assert.ok(Number.isInteger(clock.nowUs()));
  assert.ok(Math.abs(clock.nowUs() / 1000 - clock.nowMs()) < 1000);
  let last = clock.monotonicUs();
  for (let i = 0; i < 1000; i++) {
    const now = clock.monotonicUs();
    assert.ok(now >= last);
    last = now;
  }
  assert.equal(clock.zoneOffsetMinutes(0), -new Date(0).getTimezoneOffset());
});

test("the time of day at a monotonic reading is the clock's, also after the system's clock was set", (t) => {
  const { clock } = createNodePlatform();
  // A busy machine may pause the process between any two readings.
  const isNow = (): boolean => {
    const before = clock.nowMs();
    const reading = clock.msAt(clock.monotonicUs());
    return reading >= before - 1 && reading <= clock.nowMs() + 1;
  };
  assert.ok(isNow());
  const { now } = Date;
  t.mock.method(Date, "now", () => now() + 3_600_000);
  assert.ok(clock.nowMs() - now() > 3_590_000);
  assert.ok(isNow());
  assert.ok(Math.abs(clock.msAt(clock.monotonicUs()) - Date.now()) < 1000);
});

test("random numbers use all 32 bits, over many refills of the pool", () => {
  let ones = 0;
  let zeros = 0;
  for (let i = 0; i < 5000; i++) {
    const number = platform.random.uint32();
    assert.ok(Number.isInteger(number) && number >= 0 && number < 2 ** 32);
    ones |= number;
    zeros |= ~number;
  }
  assert.equal(ones >>> 0, 0xffffffff);
  assert.equal(zeros >>> 0, 0xffffffff);
  assert.match(randomHex(platform.random, 20), /^[0-9a-f]{40}$/);
});

test("process facts are those of this process", () => {
  const facts = platform.process;
  assert.equal(facts.pid, process.pid);
  assert.ok(facts.rssBytes() > 1e7);
  assert.ok(facts.heapBytes().used < facts.heapBytes().total);
  assert.ok(facts.cpu().user > 0);
  assert.match(facts.system, /^\S+ \S+ \S+$/);
  const thread = facts.mainThreadCpu();
  assert.ok(thread === null || thread.user <= facts.cpu().user + 0.1);
});

test("a written file replaces the old one and leaves nothing beside it", (t) => {
  const path = directory(t);
  const file = join(path, "a.conf");
  platform.files.writeText(file, "old");
  platform.files.writeText(file, "caf\xe9");
  assert.deepEqual([...readFileSync(file)], [0x63, 0x61, 0x66, 0xe9]);
  assert.equal(platform.files.readText(file), "caf\xe9");
  assert.deepEqual(readdirSync(path), ["a.conf"]);
  assert.throws(() => platform.files.writeText(join(path, "missing", "x"), ""), /ENOENT/);
});

test("a written file keeps the mode of the old one", { skip: process.platform === "win32" }, (t) => {
  const file = join(directory(t), "a.conf");
  writeFileSync(file, "old");
  for (const mode of [0o666, 0o600, 0o640]) {
    chmodSync(file, mode);
    platform.files.writeText(file, "new");
    assert.equal(statSync(file).mode & 0o777, mode);
  }
});

test("a symbolic link stays one, and what it leads to is written", { skip: process.platform === "win32" }, (t) => {
  const path = directory(t);
  mkdirSync(join(path, "real"));
  mkdirSync(join(path, "deep"));
  mkdirSync(join(path, "deep", "er"));
  writeFileSync(join(path, "real", "a.conf"), "old");
  symlinkSync("../../real/a.conf", join(path, "deep", "er", "link"));
  symlinkSync("deep/er", join(path, "short"));
  symlinkSync("short/link", join(path, "chain"));
  symlinkSync("real/new.conf", join(path, "dangling"));
  platform.files.writeText(join(path, "chain"), "new");
  platform.files.writeText(join(path, "dangling"), "made");
  assert.equal(readFileSync(join(path, "real", "a.conf"), "utf8"), "new");
  assert.equal(readFileSync(join(path, "real", "new.conf"), "utf8"), "made");
  for (const name of ["chain", "dangling", "deep/er/link"])
    assert.ok(lstatSync(join(path, name)).isSymbolicLink(), name);
  assert.deepEqual(readdirSync(join(path, "real")).sort(), ["a.conf", "new.conf"]);
});

test("a file is written in place where none can be made beside it", { skip: process.platform === "win32" }, (t) => {
  const path = directory(t);
  const file = join(path, "a.conf");
  writeFileSync(file, "something long");
  chmodSync(file, 0o666);
  const { ino } = statSync(file);
  chmodSync(path, 0o555);
  asNobody(() => {
    platform.files.writeText(file, "short");
    assert.throws(() => platform.files.writeText(join(path, "b.conf"), "new"), /EACCES/);
  });
  chmodSync(path, 0o755);
  assert.equal(readFileSync(file, "utf8"), "short");
  assert.equal(statSync(file).ino, ino);
  chmodSync(file, 0o444);
  chmodSync(path, 0o555);
  asNobody(() => assert.throws(() => platform.files.writeText(file, "x"), /EACCES/));
  chmodSync(path, 0o755);
  assert.equal(readFileSync(file, "utf8"), "short");
  assert.deepEqual(readdirSync(path), ["a.conf"]);
});

/** Runs something without the rights of root, who may write everywhere. */
function asNobody(run: () => void): void {
  if (process.geteuid!() !== 0) return run();
  process.seteuid!(65534);
  try {
    run();
  } finally {
    process.seteuid!(0);
  }
}

test("appended text goes to the end, also after the file was moved away", (t) => {
  const file = join(directory(t), "log");
  platform.files.appendText(file, "a\n");
  platform.files.appendText(file, "b\n");
  assert.equal(readFileSync(file, "utf8"), "a\nb\n");
  assert.equal(platform.files.remove(file), true);
  assert.equal(platform.files.remove(file), false);
  platform.files.appendText(file, "c\n");
  assert.equal(readFileSync(file, "utf8"), "c\n");
});

test("a path with wildcards stands for the existing files, sorted", (t) => {
  const path = directory(t);
  mkdirSync(join(path, "conf.d"));
  for (const name of ["b.conf", "a.conf", ".hidden.conf", "c.txt", "a1.conf", "[x].conf"]) {
    writeFileSync(join(path, "conf.d", name), "");
  }
  const names = (pattern: string) =>
    platform.files.glob(pattern, path).map((file) => relative(path, file).replaceAll("\\", "/"));
  assert.deepEqual(names("conf.d/*.conf"), ["conf.d/[x].conf", "conf.d/a.conf", "conf.d/a1.conf", "conf.d/b.conf"]);
  assert.deepEqual(names("c*/[ab].conf"), ["conf.d/a.conf", "conf.d/b.conf"]);
  assert.deepEqual(names("conf.d/[!a].conf"), ["conf.d/b.conf"]);
  assert.deepEqual(names("conf.d/?1.conf"), ["conf.d/a1.conf"]);
  assert.deepEqual(names("conf.d/.h*"), ["conf.d/.hidden.conf"]);
  assert.deepEqual(names("conf.d/c.txt"), ["conf.d/c.txt"]);
  assert.deepEqual(names("*/nothing*"), []);
});

test("a cancelled timer does not fire", async () => {
  const fired: string[] = [];
  const { timers } = platform;
  timers.after(1, () => fired.push("after")).cancel();
  timers.every(1, () => fired.push("every")).cancel();
  timers.soon(() => fired.push("soon")).cancel();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(fired, []);
  await new Promise<void>((resolve) => timers.soon(resolve));
});

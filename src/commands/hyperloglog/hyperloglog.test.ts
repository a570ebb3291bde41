import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { OutOfMemory } from "../../memory/arena.js";
import { stringCommands } from "../string/index.js";
import { hyperloglogCommands } from "./index.js";

const CORRUPTED = "INVALIDOBJ Corrupted HLL object detected";
const NOT_VALID = "WRONGTYPE Key is not a valid HyperLogLog string value.";
const EMPTY = "HYLL\x01\0\0\0\0\0\0\0\0\0\0\x80\x7f\xff";

function newServer(): CommandHarness {
  const server = new CommandHarness(stringCommands, hyperloglogCommands);
  server.settings["hll-sparse-max-bytes"] = 3000;
  return server;
}

const set = (server: CommandHarness, key: string, value: string) =>
  server.call("SET", key, Buffer.from(value, "latin1"));
const get = (server: CommandHarness, key: string) => server.call("GET", key);

/** Adds e0, e1 … in one command. */
function addMany(server: CommandHarness, key: string, count: number): string {
  return server.call("PFADD", key, ...Array.from({ length: count }, (_, i) => `e${i}`));
}

test("PFADD answers whether a register changed, PFCOUNT how many elements there were", () => {
  const server = newServer();
  assert.equal(server.run("PFADD k a b c"), "1");
  assert.equal(server.run("PFADD k a b c"), "0");
  assert.equal(server.run("PFCOUNT k"), "3");
  assert.equal(server.run("PFADD k ''"), "1");
  assert.equal(server.run("PFCOUNT k"), "4");
  assert.equal(server.run("PFCOUNT none"), "0");
  assert.equal(server.run("PFCOUNT none none"), "0");
});

test("PFADD without elements makes an empty value, once", () => {
  const server = newServer();
  assert.equal(server.run("PFADD k"), "1");
  assert.equal(get(server, "k"), `$18\r\n${EMPTY}\r\n`);
  assert.equal(server.run("PFADD k"), "0");
  assert.equal(server.run("PFCOUNT k"), "0");
  assert.equal(get(server, "k"), `$18\r\n${EMPTY.replace("\x80", "\0")}\r\n`);
});

test("a value has the bytes it has in Redis", () => {
  const server = newServer();
  server.run("PFADD k a b c");
  const opcodes = server.run("PFDEBUG DECODE k");
  assert.equal(opcodes, "Z:8436 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603");
});

test("PFADD and PFCOUNT report what they change, and no more", () => {
  const server = newServer();
  server.run("PFADD k a b");
  assert.deepEqual(server.takeEvents(), ["new k", "pfadd k"]);
  assert.equal(server.keyspace.dirty, 3);
  server.run("PFADD k a");
  assert.deepEqual(server.takeEvents(), []);
  server.run("PFCOUNT k");
  assert.equal(server.keyspace.dirty, 4);
  server.run("PFCOUNT k");
  assert.equal(server.keyspace.dirty, 4);
  assert.deepEqual(server.takeEvents(), []);
  server.run("PFMERGE k");
  assert.deepEqual(server.takeEvents(), ["pfadd k"]);
  server.run("PFDEBUG TODENSE k");
  assert.equal(server.keyspace.dirty, 6);
  assert.deepEqual(server.takeEvents(), []);
});

test("PFCOUNT answers the cardinality in the value until a register changes", () => {
  const server = newServer();
  set(server, "k", EMPTY.replace("\0\0\0\0\0\0\0\x80", "\x2a\0\0\0\0\0\0\0"));
  assert.equal(server.run("PFCOUNT k"), "42");
  assert.equal(server.run("PFCOUNT k k"), "0");
  server.run("PFADD k a");
  assert.equal(server.run("PFCOUNT k"), "1");
  set(server, "k", EMPTY.replace("\0\0\0\0\0\0\0\x80", "\xff\xff\xff\xff\xff\xff\xff\x7f"));
  assert.equal(server.run("PFCOUNT k"), "9223372036854775807");
});

test("PFMERGE makes the union of all, itself among them, and PFCOUNT of several counts it", () => {
  const server = newServer();
  server.run("PFADD x a b c");
  server.run("PFADD y b c d");
  server.run("PFADD z c d e");
  assert.equal(server.run("PFCOUNT x y z none"), "5");
  assert.equal(server.run("PFMERGE x y z none"), "OK");
  assert.equal(server.run("PFCOUNT x"), "5");
  assert.equal(server.run("PFMERGE new none"), "OK");
  assert.equal(get(server, "new"), `$18\r\n${EMPTY}\r\n`);
});

test("PFMERGE is dense when one of its keys is, and keeps the expiry", () => {
  const server = newServer();
  addMany(server, "big", 20_000);
  server.run("PFADD k a");
  server.run("GETEX k PX 5000");
  const expireAt = server.expireAt("k");
  assert.equal(server.run("PFDEBUG ENCODING k"), "sparse");
  assert.equal(server.run("PFMERGE k big"), "OK");
  assert.equal(server.run("PFDEBUG ENCODING k"), "dense");
  assert.equal(server.expireAt("k"), expireAt);
  assert.equal(server.run("PFCOUNT k"), server.run("PFCOUNT big k"));
});

test("a sparse value becomes dense at hll-sparse-max-bytes, with the same cardinality", () => {
  for (const limit of [0, 100, 500, 3000]) {
    const server = newServer();
    server.settings["hll-sparse-max-bytes"] = limit;
    server.run("PFADD k");
    server.run("GETEX k PX 5000");
    let length = 18;
    for (let i = 0; length !== 12304; i++) {
      server.run(`PFADD k e${i}`);
      const next = Number(server.run("STRLEN k"));
      assert.ok(next === 12304 || next <= limit);
      assert.equal(server.run("PFDEBUG ENCODING k"), next === 12304 ? "dense" : "sparse");
      if (next === 12304) addMany(server, "all", i + 1);
      length = next;
    }
    assert.notEqual(server.expireAt("k"), 0);
    assert.equal(server.run("PFCOUNT k"), server.run("PFCOUNT all"));
    assert.deepEqual(server.arena.verify(server.keyspace.liveBlocks()), []);
  }
});

test("a dense value takes no more memory than it needs", () => {
  const server = newServer();
  addMany(server, "k", 20_000);
  const { db } = server.context;
  assert.ok(db.memoryBytes(db.randomEntry()) < 13_000);
});

test("whatever works on a string as a HyperLogLog makes its encoding raw, as Redis does", () => {
  for (const command of ["PFADD k", "PFCOUNT k", "PFMERGE k", "PFDEBUG ENCODING k"]) {
    const server = newServer();
    set(server, "k", EMPTY);
    assert.equal(server.encoding("k"), "embstr");
    server.run(command);
    assert.equal(server.encoding("k"), "raw", command);
  }
});

test("strings that are no HyperLogLog are the wrong type", () => {
  const server = newServer();
  const values = ["", "12345", "HYLL", EMPTY.slice(0, 15), `x${EMPTY.slice(1)}`, EMPTY.replace("\x01", "\x02")];
  for (const value of [...values, EMPTY.replace("\x01", "\0")]) {
    set(server, "k", value);
    for (const command of ["PFADD k a", "PFCOUNT k", "PFCOUNT k x", "PFMERGE k", "PFMERGE x k", "PFDEBUG DECODE k"]) {
      assert.equal(server.run(command), NOT_VALID);
    }
    assert.equal(get(server, "k"), `$${value.length}\r\n${value}\r\n`);
  }
});

test("broken sparse values are reported, and stay as they are", () => {
  const server = newServer();
  const header = EMPTY.slice(0, 16);
  for (const opcodes of ["", "\x7f", "\x7f\xfe", "\x7f\xff\x80", "\x7f\xff\x00", "\x40\xfe\x7f"]) {
    set(server, "k", header + opcodes);
    for (const command of ["PFCOUNT k", "PFCOUNT k x", "PFMERGE k", "PFMERGE x k", "PFDEBUG TODENSE k"]) {
      assert.equal(server.run(command), CORRUPTED, command);
    }
    assert.equal(server.run("PFDEBUG GETREG k"), CORRUPTED);
    assert.equal(get(server, "k"), `$${16 + opcodes.length}\r\n${header}${opcodes}\r\n`);
    assert.equal(server.run("PFCOUNT x"), "0");
  }
});

test("PFADD of several elements to a broken value adds none of them", () => {
  const server = newServer();
  // The first 16000 registers only: most elements find theirs.
  const value = `${EMPTY.slice(0, 16)}\x7e\x7f`;
  set(server, "k", value);
  assert.equal(addMany(server, "k", 300), `-${CORRUPTED}\r\n`);
  assert.equal(get(server, "k"), `$18\r\n${value}\r\n`);
});

test("a sparse value longer than any can be is broken", () => {
  const server = newServer();
  set(server, "k", EMPTY.slice(0, 16) + "\0".repeat(40_000));
  for (const command of ["PFADD k a", "PFCOUNT k", "PFMERGE k", "PFDEBUG DECODE k"]) {
    assert.equal(server.run(command), CORRUPTED);
  }
});

test("PFDEBUG shows the representation, and GETREG and TODENSE change it", () => {
  const server = newServer();
  server.run("PFADD k a b c");
  assert.equal(server.run("PFDEBUG encoding k"), "sparse");
  assert.equal(server.run("PFDEBUG TODENSE k"), "1");
  assert.equal(server.run("PFDEBUG TODENSE k"), "0");
  assert.equal(server.run("PFDEBUG DECODE k"), "ERR HLL encoding is not sparse");
  server.run("PFADD other a b c");
  const registers = server.call("PFDEBUG", "GETREG", "other").split("\r\n");
  assert.equal(registers[0], "*16384");
  assert.equal(registers.filter((line) => /^:[1-9]/.test(line)).length, 3);
  assert.equal(server.run("PFDEBUG ENCODING other"), "dense");
  assert.equal(server.run("PFDEBUG junk k"), "ERR Unknown PFDEBUG subcommand 'junk'");
  assert.equal(server.run("PFDEBUG ENCODING none"), "ERR The specified key does not exist");
});

test("when no memory is left, PFADD and PFMERGE change nothing", () => {
  const server = newServer();
  addMany(server, "k", 300);
  addMany(server, "dense", 20_000);
  const before = [get(server, "k"), server.keyspace.dirty];
  const allocate = server.arena.allocate.bind(server.arena);
  server.arena.allocate = () => {
    throw new OutOfMemory();
  };
  assert.throws(() => addMany(server, "k", 5000), OutOfMemory);
  assert.throws(() => server.run("PFMERGE k dense"), OutOfMemory);
  assert.throws(() => server.run("PFADD new a"), OutOfMemory);
  server.arena.allocate = allocate;
  assert.deepEqual([get(server, "k"), server.keyspace.dirty], before);
  assert.equal(server.run("PFCOUNT new"), "0");
  assert.deepEqual(server.arena.verify(server.keyspace.liveBlocks()), []);
});

test("PFSELFTEST passes", () => {
  assert.equal(newServer().run("PFSELFTEST"), "OK");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { hashCommands } from "../hash/index.js";
import { stringCommands } from "../string/index.js";
import { bitmapCommands } from "./index.js";

const newServer = (): CommandHarness => new CommandHarness(stringCommands, bitmapCommands);
const bitsOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");

test("SETBIT answers the old bit, grows the string, and GETBIT reads 0 beyond the end", () => {
  const server = newServer();
  assert.equal(server.run("SETBIT k 7 1"), "0");
  assert.equal(server.run("SETBIT k 7 1"), "1");
  assert.equal(server.run("SETBIT k 17 0"), "0");
  assert.equal(server.run("GET k"), "\x01\0\0");
  assert.equal(server.run("GETBIT k 7"), "1");
  assert.equal(server.run("GETBIT k 4294967295"), "0");
  assert.equal(server.encoding("k"), "raw");
});

test("SETBIT reports a change only where a bit or the length changed", () => {
  const server = newServer();
  server.run("SETBIT k 3 1");
  assert.deepEqual(server.takeEvents(), ["new k", "setbit k"]);
  server.run("SETBIT k 3 1");
  assert.deepEqual(server.takeEvents(), []);
  server.run("SETBIT k 8 0");
  assert.deepEqual(server.takeEvents(), ["setbit k"]);
  assert.equal(server.keyspace.dirty, 2);
});

test("bit offsets end where proto-max-bulk-len does", () => {
  const server = newServer();
  const error = "ERR bit offset is not an integer or out of range";
  for (const offset of ["-1", "x", "4294967296", "9223372036854775807"]) {
    assert.equal(server.run(`SETBIT k ${offset} 1`), error);
    assert.equal(server.run(`GETBIT k ${offset}`), error);
    assert.equal(server.run(`BITFIELD k GET u8 ${offset}`), error);
  }
  for (const bit of ["2", "-1", "x"]) {
    assert.equal(server.run(`SETBIT k 1 ${bit}`), "ERR bit is not an integer or out of range");
  }
});

test("BITCOUNT and BITPOS agree with the bits written out, over bytes and bits", () => {
  const server = newServer();
  const index = fc.integer({ min: -90, max: 90 });
  const bytes = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.constant(new Uint8Array(8).fill(255)));
  fc.assert(
    fc.property(
      bytes,
      index,
      index,
      fc.constantFrom("BYTE", "BIT"),
      fc.constantFrom("0", "1"),
      (value, i, j, unit, bit) => {
        server.call("SET", "k", value);
        const bits = bitsOf(value);
        const length = unit === "BIT" ? bits.length : value.length;
        const start = Math.max(0, i < 0 ? length + i : i);
        const end = Math.min(length - 1, Math.max(0, j < 0 ? length + j : j));
        const scale = bits.length / length;
        const range = start > end ? "" : bits.slice(start * scale, (end + 1) * scale);
        const count = i < 0 && j < 0 && i > j ? 0 : range.replaceAll("0", "").length;
        assert.equal(server.run(`BITCOUNT k ${i} ${j} ${unit}`), String(count));
        const position = range.indexOf(bit);
        assert.equal(
          server.run(`BITPOS k ${bit} ${i} ${j} ${unit}`),
          String(position < 0 ? -1 : start * scale + position),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test("without an end the string goes on with zero bits", () => {
  const server = newServer();
  server.call("SET", "k", "\xff\xff");
  assert.equal(server.run("BITPOS k 0"), "16");
  assert.equal(server.run("BITPOS k 0 1"), "16");
  assert.equal(server.run("BITPOS k 0 0 -1"), "-1");
  assert.equal(server.run("BITPOS k 0 2"), "-1");
  assert.equal(server.run("BITPOS missing 0 5"), "0");
  assert.equal(server.run("BITPOS missing 1"), "-1");
});

test("the range of BITCOUNT and BITPOS is checked when there is a string it could be of", () => {
  const server = new CommandHarness(stringCommands, bitmapCommands, hashCommands);
  const syntax = "ERR syntax error";
  const integer = "ERR value is not an integer or out of range";
  server.run("SET k a");
  server.run("HSET h f v");
  for (const [range, error] of [
    ["1", syntax],
    ["1 2 x", syntax],
    ["x 2", integer],
    ["1 x BIT", integer],
    ["1 2 BIT x", syntax],
  ] as const) {
    assert.equal(server.run(`BITCOUNT k ${range}`), error);
    assert.equal(server.run(`BITCOUNT missing ${range}`), "0");
    assert.match(server.run(`BITCOUNT h ${range}`), /^WRONGTYPE/);
  }
  assert.equal(server.run("BITCOUNT k -1 -2 x"), "0");
  for (const [range, error] of [
    ["x", integer],
    ["0 x", integer],
    ["0 1 x", syntax],
    ["0 x x", syntax],
    ["0 1 BIT x", syntax],
  ] as const) {
    assert.equal(server.run(`BITPOS k 1 ${range}`), error);
    assert.equal(server.run(`BITPOS missing 1 ${range}`), "-1");
    assert.equal(server.run(`BITPOS missing 0 ${range}`), "0");
    assert.match(server.run(`BITPOS h 0 ${range}`), /^WRONGTYPE/);
    assert.equal(server.run(`BITPOS h 2 ${range}`), "ERR The bit argument must be 1 or 0.");
    assert.equal(server.run(`BITPOS missing x ${range}`), integer);
  }
});

test("BITOP combines strings of different lengths, stores raw, and deletes for an empty result", () => {
  const server = newServer();
  server.call("MSET", "a", "\xff\x0f\x55", "b", "\x0f\x0f", "n", "1");
  assert.equal(server.run("BITOP AND d a b missing"), "3");
  assert.equal(server.run("GET d"), "\0\0\0");
  assert.equal(server.run("BITOP and d a b"), "3");
  assert.equal(server.run("GET d"), "\x0f\x0f\0");
  server.run("BITOP OR d b a");
  assert.equal(server.run("GET d"), "\xff\x0f\x55");
  server.run("BITOP XOR d a b a");
  assert.equal(server.run("GET d"), "\x0f\x0f\0");
  server.run("BITOP NOT a a");
  assert.equal(server.run("GET a"), "\0\xf0\xaa");
  server.run("SET n 1 EX 10");
  server.run("BITOP OR n n");
  assert.equal(server.encoding("n"), "raw");
  assert.equal(server.expireAt("n"), 0);
  server.takeEvents();
  assert.equal(server.run("BITOP OR n missing"), "0");
  assert.equal(server.run("BITOP OR n missing"), "0");
  assert.deepEqual(
    server.takeEvents().filter((event) => !event.startsWith("keymiss")),
    ["del n"],
  );
  assert.equal(server.run("BITOP NOT d a b"), "ERR BITOP NOT must be called with a single source key.");
  assert.equal(server.run("BITOP NAND d a b"), "ERR syntax error");
});

test("BITFIELD reads back what it stored, of every width and at every offset", () => {
  const server = newServer();
  const field = fc.record({
    isSigned: fc.boolean(),
    bits: fc.integer({ min: 1, max: 63 }),
    offset: fc.nat(40),
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  });
  fc.assert(
    fc.property(field, fc.uint8Array({ maxLength: 20 }), ({ isSigned, bits, offset, value }, before) => {
      server.call("SET", "k", before);
      const type = `${isSigned ? "i" : "u"}${bits}`;
      const wrapped = isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
      server.run(`BITFIELD k SET ${type} ${offset} ${value}`);
      assert.equal(server.run(`BITFIELD_RO k GET ${type} ${offset}`), `*1 :${wrapped}`);
      const after = Buffer.from(server.run("GET k"), "latin1");
      const expected = bitsOf(before).padEnd(after.length * 8, "0");
      const digits = BigInt.asUintN(bits, value).toString(2).padStart(bits, "0");
      assert.equal(bitsOf(after), expected.slice(0, offset) + digits + expected.slice(offset + bits));
    }),
  );
});

test("OVERFLOW wraps, saturates or fails, for what follows it", () => {
  const server = newServer();
  assert.equal(server.run("BITFIELD k SET u2 0 3 INCRBY u2 0 1 OVERFLOW SAT INCRBY u2 0 9"), "*3 :0 :0 :3");
  assert.equal(server.run("BITFIELD k OVERFLOW FAIL INCRBY u2 0 1 GET u2 0"), "*2 $-1 :3");
  assert.equal(server.run("BITFIELD k OVERFLOW SAT INCRBY u2 0 -9 SET u8 8 -1 GET u8 8"), "*3 :0 :0 :255");
  assert.equal(server.run("BITFIELD i OVERFLOW SAT INCRBY i8 0 200 INCRBY i8 0 -300"), "*2 :127 :-128");
  assert.equal(server.run("BITFIELD i SET i8 0 127 OVERFLOW WRAP INCRBY i8 0 1"), "*2 :-128 :-128");
  const max = "9223372036854775807";
  assert.equal(server.run(`BITFIELD m SET i64 0 ${max} INCRBY i64 0 1`), "*2 :0 :-9223372036854775808");
  assert.equal(
    server.run(`BITFIELD m OVERFLOW SAT INCRBY i64 0 -1 SET i31 0 -${max} GET i31 0`),
    "*3 :-9223372036854775808 :-1073741824 :1073741823",
  );
});

test("BITFIELD counts each field it changed, and tells of one event", () => {
  const server = newServer();
  server.run("BITFIELD k SET u8 0 1 SET u8 #1 2 GET u8 0");
  assert.deepEqual(server.takeEvents(), ["new k", "setbit k"]);
  assert.equal(server.keyspace.dirty, 2);
  server.run("BITFIELD k SET u8 0 1");
  assert.deepEqual(server.takeEvents(), []);
  assert.equal(server.keyspace.dirty, 2);
});

test("malformed fields are refused before anything is done", () => {
  const server = newServer();
  const type = "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.";
  for (const name of ["u64", "i65", "u0", "x8", "u", "i08"]) {
    assert.equal(server.run(`BITFIELD k SET u8 0 1 GET ${name} 0`), type);
  }
  assert.equal(server.run("BITFIELD k SET u8 0 x"), "ERR value is not an integer or out of range");
  assert.equal(server.run("BITFIELD k SET u8 0"), "ERR syntax error");
  assert.equal(server.run("BITFIELD k OVERFLOW x"), "ERR Invalid OVERFLOW type specified");
  assert.equal(server.run("BITFIELD_RO k SET u8 0 1"), "ERR BITFIELD_RO only supports the GET subcommand");
  assert.equal(server.run("BITFIELD k"), "*0");
  assert.equal(server.call("GET", "k"), "$-1\r\n");
});

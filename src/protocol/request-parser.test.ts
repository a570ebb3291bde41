import assert from "node:assert/strict";
import { test } from "node:test";
import { PacketReader, readPackets } from "../../test/support/packet-reader.js";
import { encodeCommand } from "../../test/support/resp-connection.js";
import { Argv } from "../bytes/argv.js";
import { Region } from "../bytes/region.js";
import { ParseResult, RequestParser } from "./request-parser.js";

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
const read = (text: string, setUp?: (parser: RequestParser) => void) => readPackets(bytes(text), [], setUp);
const errorOf = (text: string, setUp?: (parser: RequestParser) => void): string | null => read(text, setUp).error;
const unauthenticated = (parser: RequestParser): void => {
  parser.isAuthenticated = false;
};

/** Every form a command can have, one after the other. */
const MIXED: readonly (readonly [text: string, args: string[] | null])[] = [
  ["*1\r\n$4\r\nPING\r\n", ["PING"]],
  ["*3\r\n$3\r\nSET\r\n$0\r\n\r\n$11\r\nhello\r\n\0!$*\r\n", ["SET", "", "hello\r\n\0!$*"]],
  ["PING inline\r\n", ["PING", "inline"]],
  ["\r\n", null],
  ["*0\r\n", null],
  ["*-1\r\n", null],
  [`*2\r\n$4\r\nECHO\r\n$120\r\n${"x".repeat(120)}\r\n`, ["ECHO", "x".repeat(120)]],
  ['ECHO "a b\\x00"\n', ["ECHO", "a b\0"]],
  [`*11\r\n${"$1\r\na\r\n".repeat(11)}`, Array<string>(11).fill("a")],
];
const STREAM = bytes(MIXED.map(([text]) => text).join(""));
const COMMANDS = MIXED.map(([, args]) => args).filter((args) => args !== null);

test("many commands of all forms are read out of one packet", () => {
  assert.deepEqual(readPackets(STREAM), { commands: COMMANDS, error: null });
});

test("a stream cut in two at any byte gives the same commands", () => {
  for (let cut = 1; cut < STREAM.length; cut++) {
    assert.deepEqual(readPackets(STREAM, [cut]), { commands: COMMANDS, error: null }, `cut at ${cut}`);
  }
});

test("a stream cut in three at any two bytes gives the same commands", () => {
  for (let first = 1; first < STREAM.length; first += 2) {
    for (let second = first + 1; second < STREAM.length; second += 3) {
      assert.deepEqual(readPackets(STREAM, [first, second]).commands, COMMANDS, `cut at ${first} and ${second}`);
    }
  }
});

test("a stream that arrives byte by byte gives the same commands", () => {
  const cuts = Array.from({ length: STREAM.length - 1 }, (_, i) => i + 1);
  assert.deepEqual(readPackets(STREAM, cuts), { commands: COMMANDS, error: null });
});

test("a command of millions of arguments that stays where it is costs no more in thousands of packets", () => {
  const count = 2_000_000;
  const region = new Region(bytes(`*${count}\r\n${"$1\r\na\r\n".repeat(count)}`));
  const parser = new RequestParser(new Argv());
  parser.begin(0);
  const before = process.cpuUsage();
  let result = ParseResult.INCOMPLETE;
  for (let end = 0; result === ParseResult.INCOMPLETE; end += 2048) {
    result = parser.parse(region, Math.min(end, region.u8.length));
    parser.rebase(0);
  }
  const { user, system } = process.cpuUsage(before);
  assert.equal(parser.argv.count, count);
  // Going through all arguments with every packet takes 5 to 10 s, this 0.1 s.
  assert.ok(user + system < 2e6, `${user + system} µs of processor time`);
});

test("a command of thousands of arguments is one command, however it arrives", () => {
  const args = Array.from({ length: 5000 }, (_, i) => `argument ${i}`);
  const encoded = encodeCommand(args);
  for (const size of [97, 1000, 65536]) {
    const cuts = Array.from({ length: Math.floor((encoded.length - 1) / size) }, (_, i) => (i + 1) * size);
    assert.deepEqual(readPackets(encoded, cuts).commands, [args]);
  }
});

test("the length of an argument under way is known, so that its owner can make room", () => {
  const reader = new PacketReader();
  reader.receive(bytes("*2\r\n$4\r\nECHO\r\n$1000"));
  assert.equal(reader.parser.neededBytes, 0);
  reader.receive(bytes("00\r\nabc"));
  assert.equal(reader.parser.neededBytes, "*2\r\n$4\r\nECHO\r\n$100000\r\n".length + 100_000 + 2);
  assert.equal(reader.parser.isIdle, false);
  reader.receive(bytes(`${"x".repeat(99_997)}\r\n`));
  assert.equal(reader.parser.neededBytes, 0);
  assert.deepEqual(reader.commands, [["ECHO", `abc${"x".repeat(99_997)}`]]);
});

test("what follows an argument is not looked at, as in Redis", () => {
  assert.deepEqual(read("*1\rx$4\rxPINGxx").commands, [["PING"]]);
});

test("the number of arguments must be a canonical integer within 31 bits", () => {
  for (const count of [
    "x",
    "",
    "+1",
    "01",
    "-0",
    " 1",
    "1 ",
    "2147483648",
    "9223372036854775808",
    "-9223372036854775809",
  ]) {
    assert.equal(errorOf(`*${count}\r\n`), "Protocol error: invalid multibulk length", count);
  }
  assert.equal(errorOf("*2147483647\r\n$4\r\nPING"), null);
});

test("a negative number of arguments is a command of none, down to 64 bits", () => {
  for (const count of ["-1", "-2147483649", "-99999999999999999", "-9223372036854775808"]) {
    assert.deepEqual(read(`*${count}\r\nPING\r\n`), { commands: [["PING"]], error: null }, count);
  }
});

test("the length of an argument must be a canonical integer within proto-max-bulk-len", () => {
  for (const length of ["x", "-1", "04", "4x", "", "536870913", "9999999999999999999999"]) {
    assert.equal(errorOf(`*1\r\n$${length}\r\nPING\r\n`), "Protocol error: invalid bulk length", length);
  }
  assert.equal(errorOf("*1\r\n$536870912\r\n"), null);
  const limited = (parser: RequestParser): void => {
    parser.maxBulkLength = 1_048_576;
  };
  assert.equal(errorOf("*1\r\n$1048577\r\n", limited), "Protocol error: invalid bulk length");
  assert.equal(errorOf("*1\r\n$1048576\r\n", limited), null);
});

test("an argument must begin with a dollar sign, once its line is complete", () => {
  assert.equal(errorOf("*1\r\nx4\r\nPING\r\n"), "Protocol error: expected '$', got 'x'");
  assert.equal(errorOf("*1\r\n\r\n"), "Protocol error: expected '$', got '\r'");
  assert.equal(errorOf("*1\r\n\xff1\r\n"), "Protocol error: expected '$', got '\xff'");
  assert.equal(errorOf("*1\r\nx4"), null);
});

test("lines without an end are refused above 64 KB", () => {
  assert.equal(errorOf(`*${"1".repeat(65535)}`), null);
  assert.equal(errorOf(`*${"1".repeat(65536)}`), "Protocol error: too big mbulk count string");
  assert.equal(errorOf(`*1\r\n$${"1".repeat(65535)}`), null);
  assert.equal(errorOf(`*1\r\n$${"1".repeat(65536)}`), "Protocol error: too big bulk count string");
  assert.equal(errorOf("x".repeat(65536)), null);
  assert.equal(errorOf("x".repeat(65537)), "Protocol error: too big inline request");
});

test("a line with a NUL never ends, as in Redis", () => {
  assert.deepEqual(read("PING\0\r\nPING\r\n"), { commands: [], error: null });
  assert.deepEqual(read("*1\0\r\nPING\r\n"), { commands: [], error: null });
  assert.deepEqual(read("*1\r\n$4\0\r\nPING\r\n"), { commands: [], error: null });
  assert.equal(errorOf(`\0\r\n${"PING\r\n".repeat(11_000)}`), "Protocol error: too big inline request");
});

test("inline commands with unbalanced quotes are refused", () => {
  assert.equal(errorOf("ECHO 'a\r\n"), "Protocol error: unbalanced quotes in request");
});

test("before authentication a command has at most 10 arguments of at most 16384 bytes", () => {
  assert.equal(errorOf("*11\r\n", unauthenticated), "Protocol error: unauthenticated multibulk length");
  assert.equal(errorOf("*10\r\n", unauthenticated), null);
  assert.equal(errorOf("*1\r\n$16385\r\n", unauthenticated), "Protocol error: unauthenticated bulk length");
  assert.equal(errorOf("*1\r\n$16384\r\n", unauthenticated), null);
  const elevenWords = "PING a b c d e f g h i j";
  assert.deepEqual(read(`${elevenWords}\r\n`, unauthenticated).commands, [elevenWords.split(" ")]);
});

test("an error is found at the same place whatever the packets", () => {
  const broken = Buffer.concat([STREAM, bytes("*2\r\n$4\r\nECHO\r\n!3\r\nabc\r\nPING\r\n")]);
  for (let cut = 1; cut < broken.length; cut++) {
    assert.deepEqual(readPackets(broken, [cut]), {
      commands: COMMANDS,
      error: "Protocol error: expected '$', got '!'",
    });
  }
});

test("a line that arrives byte by byte is searched once, not from its beginning for every byte", () => {
  const region = new Region(Buffer.alloc(60_001, "x"));
  region.u8[60_000] = 10;
  const parser = new RequestParser(new Argv());
  const since = process.cpuUsage();
  for (let end = 1; end <= 60_000; end++) assert.equal(parser.parse(region, end), ParseResult.INCOMPLETE);
  assert.equal(parser.parse(region, 60_001), ParseResult.COMMAND);
  const { user } = process.cpuUsage(since);
  assert.equal(parser.argv.length[0], 60_000);
  // Searched from the beginning each time it would be 1.8 billion bytes.
  assert.ok(user < 400_000, `${user} us`);
});

test("a line that has a NUL is too big at last, wherever a packet ends", () => {
  for (const cuts of [[], [10], [100, 101], [5000, 65_000]]) {
    const result = readPackets(bytes(`${"x".repeat(90)}\0${"y".repeat(20)}\n${"z".repeat(70_000)}\n`), cuts);
    assert.deepEqual(result, { commands: [], error: "Protocol error: too big inline request" }, String(cuts));
  }
});

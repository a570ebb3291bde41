import assert from "node:assert/strict";
import { test } from "node:test";
import { Loan } from "../bytes/loan.js";
import { Region } from "../bytes/region.js";
import { ReplyWriter } from "./reply-writer.js";

/** What `write` writes, in latin1, for each protocol version. */
function written(write: (reply: ReplyWriter) => void, resp: 2 | 3 = 2): string {
  const reply = new ReplyWriter();
  reply.resp = resp;
  write(reply);
  return Buffer.from(reply.region.u8.subarray(0, reply.length)).toString("latin1");
}

/** Asserts the forms in RESP2 and RESP3. */
function writes(write: (reply: ReplyWriter) => void, resp2: string, resp3 = resp2): void {
  assert.equal(written(write, 2), resp2);
  assert.equal(written(write, 3), resp3);
}

test("simple strings, errors and bulks are the same in both protocols", () => {
  writes((reply) => reply.ok(), "+OK\r\n");
  writes((reply) => reply.simple("QUEUED"), "+QUEUED\r\n");
  writes((reply) => reply.error("ERR syntax error"), "-ERR syntax error\r\n");
  writes((reply) => reply.bulkText("h\u00e9"), "$3\r\nh\xc3\xa9\r\n");
  writes((reply) => reply.bulkBytes(Buffer.from([0, 13, 10, 255])), "$4\r\n\0\r\n\xff\r\n");
  writes((reply) => reply.bulk(new Region(Buffer.from("xabcx")), 1, 3), "$3\r\nabc\r\n");
  writes((reply) => reply.bulk(new Region(Buffer.from("")), 0, 0), "$0\r\n\r\n");
  writes((reply) => reply.bulkInteger(-12), "$3\r\n-12\r\n");
});

test("an error stays one line and is counted", () => {
  const reply = new ReplyWriter();
  reply.error("ERR a\r\nb\nc");
  assert.equal(Buffer.from(reply.region.u8.subarray(0, reply.length)).toString(), "-ERR a  b c\r\n");
  assert.equal(reply.errors, 1);
  assert.equal(reply.lastError.startsWith("ERR a"), true);
});

test("line breaks at the end of an error are left out, and of a long one only the beginning is kept", () => {
  writes((reply) => reply.error("ERR a\r\n\n"), "-ERR a\r\n");
  writes((reply) => reply.error("\n"), "-\r\n");
  const reply = new ReplyWriter();
  reply.error(`ERR ${"\n".repeat(100_000)}x`);
  assert.equal(reply.length, 100_000 + 8);
  assert.ok(reply.lastError.length < 10_000);
});

test("integers of every length are written in full", () => {
  const values = [0, 1, 9, 10, 11, 99, 100, 101, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER];
  for (let digits = 1; digits < 16; digits++) values.push(10 ** digits - 1, 10 ** digits, 10 ** digits + 1);
  for (const value of values) {
    writes((reply) => reply.integer(value), `:${value}\r\n`);
    if (value > 0) writes((reply) => reply.integer(-value), `:-${value}\r\n`);
  }
  writes((reply) => reply.bigInteger(-(2n ** 63n)), ":-9223372036854775808\r\n");
});

test("types RESP2 does not have get its older forms", () => {
  writes((reply) => reply.null(), "$-1\r\n", "_\r\n");
  writes((reply) => reply.nullArray(), "*-1\r\n", "_\r\n");
  writes((reply) => reply.map(2), "*4\r\n", "%2\r\n");
  writes((reply) => reply.set(3), "*3\r\n", "~3\r\n");
  writes((reply) => reply.push(3), "*3\r\n", ">3\r\n");
  writes((reply) => reply.boolean(true), ":1\r\n", "#t\r\n");
  writes((reply) => reply.boolean(false), ":0\r\n", "#f\r\n");
  writes((reply) => reply.doubleText("3.1"), "$3\r\n3.1\r\n", ",3.1\r\n");
  for (const number of [0, 9, 10, -9, 999999999, 1e9, -99999999, -1e8, 2 ** 53 - 1, 1 - 2 ** 53, 2 ** 60, 0.5, -0]) {
    const text = Object.is(number, -0) ? "-0" : String(Number.isInteger(number) ? BigInt(number) : number);
    writes((reply) => reply.double(number), `$${text.length}\r\n${text}\r\n`, `,${text}\r\n`);
  }
  writes((reply) => reply.verbatim("txt", "h\u00e9"), "$3\r\nh\xc3\xa9\r\n", "=7\r\ntxt:h\xc3\xa9\r\n");
  writes((reply) => reply.bigNumber("123"), "$3\r\n123\r\n", "(123\r\n");
});

test("an aggregate whose size is known at its end gets its header in front", () => {
  const fill = (reply: ReplyWriter): number => {
    reply.simple("before");
    const mark = reply.begin();
    for (let i = 0; i < 12; i++) reply.integer(i);
    return mark;
  };
  const body = Array.from({ length: 12 }, (_, i) => `:${i}\r\n`).join("");
  writes((reply) => reply.endArray(fill(reply), 12), `+before\r\n*12\r\n${body}`);
  writes((reply) => reply.endSet(fill(reply), 12), `+before\r\n*12\r\n${body}`, `+before\r\n~12\r\n${body}`);
  writes((reply) => reply.endMap(fill(reply), 6), `+before\r\n*12\r\n${body}`, `+before\r\n%6\r\n${body}`);
});

test("the region grows for what does not fit, at any point, and keeps what it holds", () => {
  for (const first of [65530, 65533, 65534, 65535, 65536, 65537]) {
    const reply = new ReplyWriter();
    reply.raw(Buffer.alloc(first, 97));
    reply.integer(1234567);
    reply.bulkText("x".repeat(200_000));
    reply.line(43, "y".repeat(300_000));
    const text = Buffer.from(reply.region.u8.subarray(0, reply.length)).toString("latin1");
    const expected = `${"a".repeat(first)}:1234567\r\n$200000\r\n${"x".repeat(200_000)}\r\n+${"y".repeat(300_000)}\r\n`;
    assert.equal(text === expected, true);
  }
});

test("every writer makes room for itself", () => {
  const writers: ((reply: ReplyWriter) => void)[] = [
    (reply) => reply.ok(),
    (reply) => reply.integer(-1234567890123),
    (reply) => reply.bulkText("abc"),
    (reply) => reply.bulkBytes(Buffer.from("abc")),
    (reply) => reply.bulk(new Region(Buffer.from("abc")), 0, 3),
    (reply) => reply.null(),
    (reply) => reply.verbatim("txt", "abc"),
    (reply) => reply.doubleText("1.5"),
    (reply) => reply.endArray(reply.begin(), 100_000),
  ];
  for (const write of writers) {
    const expected = written(write, 3);
    for (let free = 0; free < 40; free++) {
      const reply = new ReplyWriter();
      reply.resp = 3;
      const used = reply.region.u8.length - free;
      reply.length = used;
      write(reply);
      assert.equal(Buffer.from(reply.region.u8.subarray(used, reply.length)).toString("latin1"), expected);
    }
  }
});

/** All that was written in chunks. */
const joined = (reply: ReplyWriter): string =>
  Buffer.concat(reply.takeChunks(Region.allocate(64)).chunks).toString("latin1");

test("what does not fit a chunk goes on in the next one, and nothing that was written is copied again", () => {
  const reply = new ReplyWriter(100_000);
  for (let i = 0; i < 1000; i++) reply.bulkText("x".repeat(1000));
  assert.equal(reply.length, 1000 * 1009);
  const { chunks, loans } = reply.takeChunks(Region.allocate(64));
  assert.equal(Buffer.concat(chunks).toString("latin1"), `$1000\r\n${"x".repeat(1000)}\r\n`.repeat(1000));
  assert.ok(chunks.every(({ buffer }) => buffer.byteLength <= 131_072));
  assert.equal(chunks.length, 10);
  // The last one is as long as what is in it.
  assert.ok(chunks.at(-1)!.buffer.byteLength < chunks.at(-1)!.length * 2);
  assert.equal(loans.length, 0);
  assert.deepEqual([reply.length, reply.isSplit], [0, false]);
});

test("a header goes before what has been in finished chunks for long, also twice at one place", () => {
  const reply = new ReplyWriter(1000);
  reply.restart(Region.allocate(100));
  reply.simple("before");
  const outer = reply.begin();
  const inner = reply.begin();
  for (let i = 0; i < 500; i++) reply.integer(i);
  reply.endArray(inner, 500);
  reply.endArray(outer, 1);
  const body = Array.from({ length: 500 }, (_, i) => `:${i}\r\n`).join("");
  assert.equal(joined(reply), `+before\r\n*1\r\n*500\r\n${body}`);
});

test("taking back goes through chunks, and ends the loans of what is taken back", () => {
  const loans = new Set<Loan>();
  const bytes = Buffer.alloc(5000, "l");
  const reply = new ReplyWriter(1000);
  reply.restart(Region.allocate(100));
  reply.bulkLoan(new Loan(bytes, loans));
  reply.bulkText("x".repeat(2500));
  const kept = reply.length;
  for (let i = 0; i < 3; i++) reply.bulkLoan(new Loan(bytes, loans));
  reply.bulk(new Region(bytes), 0, 4000);
  assert.equal(loans.size, 4);
  reply.length = kept;
  assert.equal(loans.size, 1);
  reply.ok();
  reply.length -= 3;
  assert.equal(joined(reply), `$5000\r\n${bytes}\r\n$2500\r\n${"x".repeat(2500)}\r\n+O`);
  assert.equal(loans.size, 1);
  reply.bulkLoan(new Loan(bytes, loans));
  reply.restart(Region.allocate(100));
  assert.equal(loans.size, 1);
});

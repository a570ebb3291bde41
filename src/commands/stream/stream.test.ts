import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { genericCommands } from "../generic/index.js";
import { stringCommands } from "../string/index.js";
import { streamCommands } from "./index.js";

const NOW = "1700000000000";

function streamTest(name: string, run: (server: CommandHarness) => void): void {
  test(name, () => {
    const server = new CommandHarness(streamCommands, stringCommands, genericCommands);
    Object.assign(server.context, { blocking: { canWait: false, wake() {} } });
    run(server);
    assert.deepEqual(server.arena.verify(server.keyspace.liveBlocks()), []);
  });
}

streamTest("XADD chooses IDs that grow, also when the clock does not", (h) => {
  assert.equal(h.run("XADD s * f v"), `${NOW}-0`);
  assert.equal(h.run("XADD s * f v"), `${NOW}-1`);
  assert.equal(h.run("XADD s 1800000000000-7 f v"), "1800000000000-7");
  assert.equal(h.run("XADD s * f v"), "1800000000000-8");
  assert.equal(h.run("XADD s 1800000000000-* f v"), "1800000000000-9");
  assert.equal(h.run("XADD s 1800000000001-* f v"), "1800000000001-0");
  assert.match(h.run("XADD s 1800000000001-0 f v"), /^ERR The ID specified in XADD is equal or smaller/);
  assert.equal(h.run("XADD t 18446744073709551615-18446744073709551614 f v").length, 41);
  assert.equal(h.run("XADD t * f v"), "18446744073709551615-18446744073709551615");
  assert.match(h.run("XADD t * f v"), /^ERR The stream has exhausted the last possible ID/);
  assert.equal(h.call("XADD", "none", "NOMKSTREAM", "*", "f", "v"), "$-1\r\n");
  assert.equal(h.run("XLEN s"), "6");
  assert.equal(h.run("OBJECT ENCODING s"), "stream");
});

streamTest("XADD and XTRIM report what they did once", (h) => {
  for (let i = 1; i <= 3; i++) h.run(`XADD s ${i} f v`);
  h.takeEvents();
  h.run("XADD s MAXLEN 2 4 f v");
  h.run("XADD s MAXLEN 5 5 f v");
  h.run("XTRIM s MINID 5");
  h.run("XTRIM s MINID 5");
  h.run("XDEL s 5 6");
  assert.deepEqual(h.takeEvents(), ["xadd s", "xtrim s", "xadd s", "xtrim s", "xdel s"]);
  assert.equal(h.run("XLEN s"), "0");
  assert.equal(h.run("EXISTS s"), "1");
});

streamTest("a group delivers an entry once, and again to who asks for what is pending", (h) => {
  h.run("XADD s 1 f a");
  h.run("XADD s 2 f b");
  h.run("XGROUP CREATE s g 0");
  const one = (id: string, value: string) => `*2\r\n$3\r\n${id}\r\n*2\r\n$1\r\nf\r\n$1\r\n${value}\r\n`;
  const of = (...entries: string[]) => `*1\r\n*2\r\n$1\r\ns\r\n*${entries.length}\r\n${entries.join("")}`;
  const read = (who: string, id: string) => h.call("XREADGROUP", "GROUP", "g", who, "COUNT", "1", "STREAMS", "s", id);
  assert.equal(read("alice", ">"), of(one("1-0", "a")));
  assert.equal(read("bob", ">"), of(one("2-0", "b")));
  assert.equal(read("bob", ">"), "*-1\r\n");
  assert.equal(read("alice", "0"), of(one("1-0", "a")));
  h.run("XDEL s 1");
  assert.equal(read("alice", "0"), of("*2\r\n$3\r\n1-0\r\n*-1\r\n"));
  h.advance(50);
  assert.equal(h.run("XPENDING s g - + 10 bob"), "*1 *4 $3 2-0 $3 bob :50 :1");
  assert.equal(h.run("XCLAIM s g alice 50 2 JUSTID"), "*1 $3 2-0");
  assert.equal(h.run("XCLAIM s g bob 50 2"), "*0");
  assert.equal(h.run("XAUTOCLAIM s g bob 0 - JUSTID"), "*3 $3 0-0 *1 $3 2-0 *1 $3 1-0");
  assert.equal(h.run("XACK s g 1 2"), "1");
  assert.equal(h.run("XPENDING s g"), "*4 :0 $-1 $-1 *-1");
});

streamTest("a consumer is seen whenever it asks, and active when it gets something", (h) => {
  h.run("XADD s 1 f a");
  h.run("XGROUP CREATE s g $");
  h.run("XREADGROUP GROUP g alice STREAMS s >");
  h.advance(100);
  const consumer = (idle: number, inactive: number, pending: number) =>
    `*1 *8 $4 name $5 alice $7 pending :${pending} $4 idle :${idle} $8 inactive :${inactive}`;
  assert.equal(h.run("XINFO CONSUMERS s g"), consumer(100, -1, 0));
  h.run("XADD s 2 f a");
  h.run("XREADGROUP GROUP g alice STREAMS s >");
  h.advance(30);
  h.run("XREADGROUP GROUP g alice STREAMS s >");
  assert.equal(h.run("XINFO CONSUMERS s g"), consumer(0, 30, 1));
});

streamTest("the lag of a group is known while nothing that it has not read was deleted", (h) => {
  const lag = () => /\$12 entries-read (:\d+|\$-1) \$3 lag (:\d+|\$-1)/.exec(h.run("XINFO GROUPS s"))!.slice(1);
  for (let i = 1; i <= 5; i++) h.run(`XADD s ${i} f v`);
  h.run("XGROUP CREATE s g 0");
  assert.deepEqual(lag(), ["$-1", ":5"]);
  h.run("XREADGROUP GROUP g c COUNT 2 NOACK STREAMS s >");
  assert.deepEqual(lag(), [":2", ":3"]);
  h.run("XDEL s 4");
  assert.deepEqual(lag(), [":2", "$-1"]);
  h.run("XREADGROUP GROUP g c NOACK STREAMS s >");
  assert.deepEqual(lag(), [":5", ":0"]);
});

streamTest("what was trimmed away before a group read it does not count as its lag", (h) => {
  const lag = () => /\$12 entries-read (:\d+|\$-1) \$3 lag (:-?\d+|\$-1)/.exec(h.run("XINFO GROUPS s"))!.slice(1);
  for (let i = 1; i <= 5; i++) h.run(`XADD s ${i} f v`);
  h.run("XGROUP CREATE s g 0");
  h.run("XREADGROUP GROUP g c COUNT 1 STREAMS s >");
  h.run("XTRIM s MAXLEN 1");
  assert.deepEqual(lag(), [":1", ":1"]);
  h.run("XREADGROUP GROUP g c COUNT 1 STREAMS s >");
  assert.deepEqual(lag(), [":5", ":0"]);
  h.run("XADD s MAXLEN 2 6 f v");
  assert.deepEqual(lag(), [":5", ":1"]);
  h.run("XADD s MAXLEN 1 7 f v");
  assert.deepEqual(lag(), [":5", ":1"]);
  h.run("XADD s 8 f v");
  h.run("XREADGROUP GROUP g c COUNT 1 STREAMS s >");
  assert.deepEqual(lag(), [":7", ":1"]);
});

streamTest("entries deleted on both sides of where a group is do not count as its lag", (h) => {
  const lag = () => /\$3 lag (:-?\d+|\$-1)/.exec(h.run("XINFO GROUPS s"))![1];
  h.run("XGROUP CREATE s g $ MKSTREAM");
  for (const i of [1, 2]) h.run(`XADD s 0-${i} n a`);
  h.run("XREADGROUP GROUP g c STREAMS s >");
  for (const i of [3, 4]) h.run(`XADD s 0-${i} n a`);
  h.run("XDEL s 0-1 0-2 0-3");
  assert.equal(lag(), ":1");
  h.run("XREADGROUP GROUP g c STREAMS s >");
  assert.equal(lag(), ":0");
  h.run("XDEL s 0-4");
  h.run("XGROUP SETID s g 9-9");
  assert.equal(lag(), ":0", "the stream is empty");
});

streamTest("a group that reads past a deleted entry counts it, or no more", (h) => {
  const read = () => /\$12 entries-read (:\d+|\$-1)/.exec(h.run("XINFO GROUPS s"))![1];
  for (let i = 1; i <= 5; i++) h.run(`XADD s ${i} f v`);
  h.run("XGROUP CREATE s g 0");
  h.run("XREADGROUP GROUP g c COUNT 2 STREAMS s >");
  h.run("XDEL s 3");
  h.run("XREADGROUP GROUP g c COUNT 1 STREAMS s >");
  assert.equal(read(), "$-1");
  h.run("XREADGROUP GROUP g c COUNT 1 STREAMS s >");
  assert.equal(read(), ":5");
});

streamTest("a number of read entries that was given and cannot be makes no wrong lag", (h) => {
  const lag = () => /\$3 lag (:-?\d+|\$-1)/.exec(h.run("XINFO GROUPS s"))![1];
  for (let i = 1; i <= 3; i++) h.run(`XADD s ${i} f v`);
  h.run("XGROUP CREATE s g 0 ENTRIESREAD 1000000");
  assert.equal(lag(), ":3");
  h.run("XGROUP SETID s g 2 ENTRIESREAD 1000000");
  assert.equal(lag(), ":1");
  h.run("XGROUP SETID s g 18446744073709551615-18446744073709551615 ENTRIESREAD 0");
  assert.equal(lag(), ":0");
  assert.match(h.run("XINFO STREAM s FULL"), /\$3 lag :0/);
});

streamTest("XREAD with + answers the last entry", (h) => {
  h.run("XADD s 1 f a");
  h.run("XADD s 2 f b");
  assert.equal(h.run("XREAD STREAMS s none + +"), "*1 *2 $1 s *1 *2 $3 2-0 *2 $1 f $1 b");
  assert.equal(h.run("XREAD STREAMS s $"), "*-1");
});

streamTest("XCLAIM counts a delivery, with FORCE one of an entry that nobody had, but none with JUSTID", (h) => {
  const deliveries = (): string => /:(\d+)\r\n$/.exec(h.call("XPENDING", "s", "g", "-", "+", "10"))![1]!;
  for (const [options, first] of [
    ["FORCE", "2"],
    ["FORCE JUSTID", "1"],
    ["FORCE RETRYCOUNT 7", "7"],
  ] as const) {
    h.run("DEL s");
    h.run("XADD s 1 f v");
    h.run("XGROUP CREATE s g 0");
    h.run(`XCLAIM s g c 0 1-0 ${options}`);
    assert.equal(deliveries(), first, options);
    h.run("XCLAIM s g c 0 1-0 JUSTID");
    assert.equal(deliveries(), first, options);
    h.run("XCLAIM s g c 0 1-0");
    assert.equal(deliveries(), String(Number(first) + 1), options);
  }
});

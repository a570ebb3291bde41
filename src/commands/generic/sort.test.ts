import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { hashCommands } from "../hash/index.js";
import { listCommands } from "../list/index.js";
import { setCommands } from "../set/index.js";
import { sortedSetCommands } from "../sorted-set/index.js";
import { stringCommands } from "../string/index.js";
import { genericCommands } from "./index.js";

const NOT_A_SCORE = /One or more scores can't be converted into double/;

function harness(): CommandHarness {
  return new CommandHarness(
    genericCommands,
    hashCommands,
    listCommands,
    setCommands,
    sortedSetCommands,
    stringCommands,
  );
}

/** The bulk strings of a reply. */
const bulks = (reply: string): string[] =>
  [...reply.matchAll(/\$-1|\$\d+(?: (\S*))?/g)].map(([all, text]) => (all === "$-1" ? "nil" : (text ?? "")));

const events = (h: CommandHarness): string[] => h.takeEvents().filter((event) => !/^(new|keymiss) /.test(event));

test("equal scores are in the order of their elements, the other way round with DESC", () => {
  const h = harness();
  h.run("RPUSH l 2 1.0 01 1 -0 0");
  assert.deepEqual(bulks(h.run("SORT l")), ["-0", "0", "01", "1", "1.0", "2"]);
  assert.deepEqual(bulks(h.run("SORT l DESC")), ["2", "1.0", "1", "01", "0", "-0"]);
  assert.deepEqual(bulks(h.run("SORT l DESC LIMIT 1 2")), ["1.0", "1"]);
});

test("a score may be empty, infinite or hexadecimal, but not out of range, too small, or followed by anything", () => {
  for (const [good, score] of [
    ["inf", 9],
    ["-inf", -9],
    ["0x10", 9],
    ["1e308", 9],
  ] as const) {
    const h = harness();
    h.run(`RPUSH l 5 ${good}`);
    assert.deepEqual(bulks(h.run("SORT l")), score > 0 ? ["5", good] : [good, "5"]);
  }
  for (const bad of ["1e400", "5e-324", "nan", "1x", "x", "0x"]) {
    const h = harness();
    h.run(`RPUSH l 5 ${bad}`);
    assert.match(h.run("SORT l"), NOT_A_SCORE, bad);
    assert.match(h.run("SORT l STORE to"), NOT_A_SCORE, bad);
    assert.equal(h.run("EXISTS to"), "0");
    assert.deepEqual(bulks(h.run("SORT l BY nosort")), ["5", bad]);
  }
});

test("BY and GET take strings and fields of hashes, and nothing else", () => {
  const h = harness();
  h.run("RPUSH l 1 2 3");
  h.run("SET w_1 30");
  h.run("SET w_2 20");
  h.run("HSET h_1 f 5 g x");
  h.run("HSET h_3 f -5");
  assert.deepEqual(bulks(h.run("SORT l BY w_* GET #")), ["3", "2", "1"]);
  assert.deepEqual(bulks(h.run("SORT l BY h_*->f GET # GET h_*->g GET w_*")), [
    ...["3", "nil", "nil"],
    ...["2", "nil", "20"],
    ...["1", "x", "30"],
  ]);
  assert.deepEqual(bulks(h.run("SORT l GET h_* GET w_*->f GET h_*->")), Array(9).fill("nil"));
});

test("what is unsorted keeps the order of its list or sorted set, and LIMIT takes from the end with DESC", () => {
  const h = harness();
  h.run("RPUSH l c a b");
  h.run("ZADD z 3 x 1 y 2 w");
  assert.deepEqual(bulks(h.run("SORT l BY nosort")), ["c", "a", "b"]);
  assert.deepEqual(bulks(h.run("SORT l BY nosort DESC LIMIT 1 2")), ["a", "c"]);
  assert.deepEqual(bulks(h.run("SORT z BY nosort")), ["y", "w", "x"]);
  assert.deepEqual(bulks(h.run("SORT z BY nosort DESC LIMIT 0 2")), ["x", "w"]);
  assert.deepEqual(bulks(h.run("SORT z BY nosort LIMIT 2 9")), ["x"]);
  h.run("SADD s b c a");
  h.run("SORT s BY nosort STORE to");
  assert.deepEqual(bulks(h.run("LRANGE to 0 -1")), ["a", "b", "c"]);
});

test("STORE replaces what the destination was, or removes it when there is nothing", () => {
  const h = harness();
  h.run("RPUSH l 3 1 2");
  h.run("SET to x");
  h.takeEvents();
  assert.equal(h.run("SORT l STORE to"), "3");
  assert.deepEqual(events(h), ["sortstore to"]);
  assert.deepEqual(bulks(h.run("LRANGE to 0 -1")), ["1", "2", "3"]);
  h.run("SORT l GET none_* STORE to");
  assert.deepEqual(bulks(h.run("LRANGE to 0 -1")), ["", "", ""]);
  h.run("SORT l STORE l");
  assert.deepEqual(bulks(h.run("LRANGE l 0 -1")), ["1", "2", "3"]);
  h.takeEvents();
  assert.equal(h.run("SORT none STORE to"), "0");
  assert.deepEqual(events(h), ["del to"]);
  assert.match(h.run("SORT_RO l STORE to"), /syntax error/);
  assert.deepEqual(h.arena.verify(h.keyspace.liveBlocks()), []);
});

test("a stored list is a quicklist when it is too large for a listpack", () => {
  const h = harness();
  h.run(`RPUSH l ${Array.from({ length: 4000 }, (_, i) => (i * 7919) % 4000).join(" ")}`);
  h.run("SORT l STORE all");
  h.run("SORT l LIMIT 10 5 STORE few");
  assert.match(h.encoding("all"), /quicklist/);
  assert.match(h.encoding("few"), /listpack/);
  assert.deepEqual(bulks(h.run("LRANGE few 0 -1")), ["10", "11", "12", "13", "14"]);
  assert.deepEqual(bulks(h.run("LRANGE all 3998 -1")), ["3998", "3999"]);
  assert.deepEqual(h.arena.verify(h.keyspace.liveBlocks()), []);
});

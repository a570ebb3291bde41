import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CommandHarness } from "../../test/support/command-harness.js";
import { isOutOfMemory } from "../memory/arena.js";
import { commandGroups } from "./all.js";
import { ReplyTooLarge } from "./reply-size.js";

/** A harness with one element of each type. */
function harness(): CommandHarness {
  const made = new CommandHarness(...commandGroups);
  for (const line of ["HSET hash a 1", "SADD set a", "ZADD zset 1 a", "RPUSH list a b c d"]) made.run(line);
  return made;
}

const SAMPLES = ["HRANDFIELD hash", "SRANDMEMBER set", "ZRANDMEMBER zset"];
const PAIRED = ["HRANDFIELD hash % WITHVALUES", "ZRANDMEMBER zset % WITHSCORES"];

/** Asserts that a command is refused before it has written anything much. */
function assertRefused(made: CommandHarness, line: string): void {
  assert.throws(() => made.run(line), isOutOfMemory, line);
  assert.ok(made.reply.length < 100, `${line}: ${made.reply.length} bytes were written`);
}

describe("a reply that would have too many elements", () => {
  test("is refused before it is begun, up to the largest count there is", () => {
    const made = harness();
    for (const sample of SAMPLES) {
      for (const count of ["-4194305", "-4294967296", "-4611686018427387000", "-9223372036854775807"]) {
        assertRefused(made, `${sample} ${count}`);
      }
      assert.match(made.run(`${sample} 9223372036854775807`), /^\*1 /);
    }
    for (const form of PAIRED) assertRefused(made, form.replace("%", "-2097153"));
    assert.match(made.run(SAMPLES[1] + " -4194304"), /^\*4194304 /);
  });

  test("is refused also when maxmemory is less, but not when it is small", () => {
    const made = harness();
    made.settings["maxmemory"] = 4_000_000;
    for (const sample of SAMPLES) {
      assertRefused(made, `${sample} -800001`);
      assert.match(made.run(`${sample} -800000`), /^\*800000 /);
    }
    made.settings["maxmemory"] = 1;
    assert.match(made.run("SRANDMEMBER set -200000"), /^\*200000 /);
  });

  test("ends the client on its way when that is its output limit", () => {
    const made = harness();
    Object.assign(made.context.client, { outputLimitBytes: 100_000 });
    for (const sample of SAMPLES) {
      assert.throws(() => made.run(`${sample} -9223372036854775807`), ReplyTooLarge);
      assert.ok(made.reply.length > 100_000 && made.reply.length < 101_000);
    }
  });

  test("is none that SORT gives with many GETs", () => {
    const made = harness();
    made.call("RPUSH", "numbers", ...Array.from({ length: 20_000 }, (_, i) => String(i)));
    const gets = (count: number): string => " GET #".repeat(count);
    assertRefused(made, `SORT numbers BY nosort${gets(210)}`);
    assertRefused(made, `SORT numbers${gets(210)} STORE other`);
    assert.match(made.run(`SORT numbers LIMIT 0 4${gets(210)}`), /^\*840 /);
    assert.match(made.run(`SORT list ALPHA${gets(16)}`), /^\*64 /);
  });
});

test("SORT whose GETs repeat a long value stops when the reply is more than a client may be sent", () => {
  const made = harness();
  made.call("SET", "value-a", "x".repeat(50_000));
  Object.assign(made.context.client, { outputLimitBytes: 100_000 });
  made.call("DEL", "list");
  made.call("RPUSH", "list", ...new Array<string>(1000).fill("a"));
  assert.throws(() => made.run("SORT list BY nosort GET value-*"), ReplyTooLarge);
  assert.ok(made.reply.length < 200_000);
});

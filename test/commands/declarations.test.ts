/** Every declared command, compared with Redis' own table. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { commandGroups } from "../../src/commands/all.js";
import type { CommandEntry } from "../../src/commands/command-entry.js";
import { CommandTable } from "../../src/commands/command-table.js";
import { bitNames, KEY_FLAGS, keyBits } from "../../src/commands/flag-bits.js";
import type { Arg, KeySpec } from "../../src/commands/spec.js";
import { commandFacts } from "./command-facts.js";

const entries = [...new CommandTable(...commandGroups).entries()];

function keySpecText(spec: KeySpec): string {
  const { begin, find } = spec;
  const flags = bitNames(keyBits(spec.flags), KEY_FLAGS).join(" ").toUpperCase();
  let start = "unknown";
  if (begin !== "unknown") {
    start = "index" in begin ? `index ${begin.index}` : `keyword ${begin.keyword} ${begin.startFrom}`;
  }
  let keys = "unknown";
  if (find !== "unknown") {
    keys =
      "lastKey" in find
        ? `range ${find.lastKey} ${find.step} ${find.limit}`
        : `keynum ${find.keyNumIndex} ${find.firstKey} ${find.step}`;
  }
  return `${flags}; ${start}; ${keys}`;
}

function compare(
  what: string,
  actual: (entry: CommandEntry) => unknown,
  column: (facts: readonly unknown[]) => unknown,
) {
  test(`${what} of every declared command is that of Redis' table`, () => {
    for (const entry of entries) {
      const facts = commandFacts[entry.name];
      assert.ok(facts, `${entry.name} is no command of Redis 7.2`);
      assert.deepEqual(actual(entry), column(facts), entry.name);
    }
  });
}

compare(
  "the arity",
  (entry) => entry.arity,
  (facts) => facts[0],
);
compare(
  "each flag",
  (entry) => [...entry.command.flags].sort().join(" "),
  (facts) => facts[1],
);
compare(
  "each ACL category",
  (entry) => [...entry.facts.aclCategories].sort().join(" "),
  (facts) => facts[2],
);
compare(
  "the version",
  (entry) => entry.command.since,
  (facts) => facts[3],
);
compare(
  "the group",
  (entry) => entry.command.group,
  (facts) => facts[4],
);
compare(
  "each key spec",
  (entry) => entry.facts.keySpecs.map(keySpecText),
  (facts) => facts.slice(5),
);

test("every declared command says what it does and what that costs", () => {
  for (const { command, name } of entries) {
    assert.notEqual(command.summary, "", name);
    if (!["lolwut", "monitor", "xread"].includes(name)) assert.notEqual(command.complexity, "", name);
  }
});

test("every word of a syntax is in capitals, and every argument's name in small letters", () => {
  const check = (args: readonly Arg[], command: string): void => {
    for (const { name, token, args: within } of args) {
      assert.equal(name, name.toLowerCase(), command);
      assert.equal(token, token?.toUpperCase(), command);
      check(within ?? [], command);
    }
  };
  for (const { command, name } of entries) check(command.args ?? [], name);
});

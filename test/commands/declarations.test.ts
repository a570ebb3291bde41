/** Every declared command, compared with Redis' own table. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { commandGroups } from "../../src/commands/all.js";
import type { CommandEntry } from "../../src/commands/command-entry.js";
import { CommandTable } from "../../src/commands/command-table.js";
import { bitNames, KEY_FLAGS, keyBits } from "../../src/commands/flag-bits.js";
import type { Arg, KeySpec } from "../../src/commands/spec.js";
import { commandArguments } from "./command-arguments.js";
import { commandFacts } from "./command-facts.js";

/** Commands about fields that expire, which Redis has from 7.4 on. */
const isLaterHash = (name: string): boolean => /^h(p?expire(at|time)?|persist|p?ttl|getex|setex|getdel)$/.test(name);

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
    if (!["lolwut", "monitor", "psync", "sync", "xread"].includes(name)) assert.notEqual(command.complexity, "", name);
  }
});

/** An argument as command-arguments.ts writes it. */
function argumentText(arg: Arg, keySpecOf: ReadonlyMap<Arg, number>): string {
  let text = `${arg.name}:${arg.kind}`;
  if (arg.token !== undefined) text += `=${arg.token}`;
  if (keySpecOf.has(arg)) text += `#${keySpecOf.get(arg)}`;
  if (arg.optional) text += "?";
  if (arg.multiple) text += arg.multipleToken ? "++" : "+";
  if (arg.displayText !== undefined && arg.displayText !== arg.name) text += `"${arg.displayText}"`;
  if (arg.since !== undefined) text += `@${arg.since}`;
  if (arg.deprecatedSince !== undefined) text += `<${arg.deprecatedSince}`;
  if (arg.args !== undefined) text += `(${argumentsText(arg.args, keySpecOf)})`;
  return text;
}

function argumentsText(args: readonly Arg[], keySpecOf: ReadonlyMap<Arg, number>): string {
  return args.map((arg) => argumentText(arg, keySpecOf)).join(" ");
}

test("the arguments of every declared command are those of Redis' table", () => {
  for (const { command, facts, name, parent } of entries) {
    if (isLaterHash(parent?.name ?? name)) continue;
    assert.equal(argumentsText(command.args ?? [], facts.keySpecOf), commandArguments[name] ?? "", name);
  }
});

test("every command of Redis 7.2 is declared", () => {
  const declared = new Set(entries.map(({ name }) => name));
  assert.deepEqual(
    Object.keys(commandFacts).filter((name) => !declared.has(name)),
    [],
  );
});

test("every command that can change data says how it is repeated elsewhere", () => {
  const silent = entries.filter(
    ({ arity, subcommands, command }) =>
      !(subcommands !== null && arity === -2) && command.flags.includes("write") && command.effect === undefined,
  );
  assert.deepEqual(
    silent.map((entry) => entry.name),
    [],
  );
});

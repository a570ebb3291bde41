import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal } from "./directive.js";
import { directiveCount, directiveEntries, directives, findDirective } from "./directive-table.js";

test("a directive is found by its name or alias in any case", () => {
  assert.equal(findDirective("maxmemory")?.name, "maxmemory");
  assert.equal(findDirective("MaxMemory")?.name, "maxmemory");
  assert.equal(findDirective("slave-read-only")?.ownName, "replica-read-only");
  assert.equal(findDirective("slave-read-only")?.name, "slave-read-only");
  assert.equal(findDirective("primaryauth")?.ownName, "masterauth");
  assert.equal(findDirective("max-memory"), undefined);
  assert.equal(findDirective("__proto__"), undefined);
});

test("no name is used twice", () => {
  assert.equal(new Set(directiveEntries.map((entry) => entry.name)).size, directiveEntries.length);
  assert.equal(new Set(directiveEntries.map((entry) => entry.index)).size, directiveCount);
});

test("what CONFIG GET prints for a default is read back as the default", () => {
  for (const [name, directive] of Object.entries(directives)) {
    if (name === "dir") continue;
    const text = directive.kind.format(directive.default as never);
    const args = !directive.kind.multiple ? [text] : text === "" ? [] : text.split(" ");
    if (name === "replicaof") continue;
    const value = directive.kind.parse(args, directive.default as never, false);
    assert.ok(!(value instanceof Refusal), `${name} refuses ${text}`);
    assert.deepEqual(value, directive.default, name);
  }
});

test("the names shown are those of redis-server", () => {
  const shown = directiveEntries.filter((entry) => !entry.hidden);
  assert.equal(shown.length, 195);
  for (const whose of ["server", "bio", "aof_rewrite", "bgsave"]) {
    assert.ok(shown.some((entry) => entry.name === `${whose}_cpulist`));
    assert.equal(findDirective(`${whose.replace("_", "-")}-cpulist`), undefined, "that is Valkey 8's name");
  }
});

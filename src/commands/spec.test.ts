import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandTable } from "./command-table.js";
import { type CommandSpec, defineCommand } from "./spec.js";

const COMMON = { since: "1.0.0", summary: "", complexity: "", flags: [] } satisfies Partial<CommandSpec>;

test("what a handler can reach follows from its group: the compiler sees that commands about data stay with data", () => {
  const table = new CommandTable([
    defineCommand({ ...COMMON, name: "CONN", group: "connection" }, ({ clients }) => void clients.count),
    defineCommand({ ...COMMON, name: "STR", group: "string" }, ({ db }) => void db.size),
    // @ts-expect-error: other clients are nothing to a command about strings.
    defineCommand({ ...COMMON, name: "NOSY", group: "string" }, ({ clients }) => void clients.count),
  ]);
  assert.equal(table.size, 3);
});

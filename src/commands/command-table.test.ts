import assert from "node:assert/strict";
import { test } from "node:test";
import { Argv } from "../bytes/argv.js";
import { Region } from "../bytes/region.js";
import { unknownCommandError } from "./command-errors.js";
import { CommandTable } from "./command-table.js";
import { NameIndex } from "./name-index.js";
import { defineCommand, defineContainer, key, string } from "./spec.js";

const plain = (name: string) =>
  defineCommand(
    { name, group: "string", since: "1.0.0", summary: "-", complexity: "O(1)", flags: [], args: [key("key", "RO")] },
    () => {},
  );
const config = defineContainer({
  name: "CONFIG",
  group: "server",
  since: "2.0.0",
  summary: "-",
  complexity: "-",
  flags: [],
  subcommands: [{ ...plain("GET"), args: [string("parameter")] }],
});
const table = () => new CommandTable([plain("GET"), plain("SET"), plain("GEORADIUSBYMEMBER_RO")], [config]);

function find(commands: CommandTable, name: string): string | undefined {
  const region = new Region(Buffer.from(`xx${name}yy`, "latin1"));
  return commands.find(region, 2, name.length)?.name;
}

test("a command is found by its name in any case, wherever the bytes lie", () => {
  for (const name of ["get", "GET", "gEt"]) assert.equal(find(table(), name), "get");
  assert.equal(find(table(), "GeoRadiusByMember_RO"), "georadiusbymember_ro");
});

test("what is no name finds nothing", () => {
  const names = ["", "g", "ge", "gett", "G\x45\0", "\x07et", "georadiusbymember\x7fro", "\xc7ET", "x".repeat(1000)];
  for (const name of names) assert.equal(find(table(), name), undefined, JSON.stringify(name));
});

test("a thousand names are all found, and none of a thousand others", () => {
  const index = new NameIndex<number>();
  for (let i = 0; i < 1000; i++) assert.equal(index.add(`command${i}`, i), true);
  for (let i = 0; i < 1000; i++) {
    assert.equal(index.findText(`COMMAND${i}`), i);
    assert.equal(index.findText(`command${i + 1000}`), null);
  }
  assert.equal(index.add("Command7", 7), false);
  for (let i = 0; i < 1000; i += 2) assert.equal(index.remove(`command${i}`), i);
  for (let i = 0; i < 1000; i++) assert.equal(index.findText(`command${i}`), i % 2 === 0 ? null : i);
});

test("a container followed by a subcommand's word is that subcommand", () => {
  const commands = table();
  assert.equal(commands.lookup(Argv.from(["Config", "Get", "x"]))?.name, "config|get");
  assert.equal(commands.lookup(Argv.from(["config"]))?.name, "config");
  assert.equal(commands.lookup(Argv.from(["config", "set"])), null);
  assert.equal(commands.lookup(Argv.from(["get", "set"]))?.name, "get");
  assert.equal(commands.byFullName("CONFIG|GET")?.arity, 3);
  assert.equal(commands.byFullName("get|get"), null);
  assert.equal(commands.byFullName("config|get|x"), null);
});

test("a renamed command is found by its new name only, and keeps its own for reports", () => {
  const commands = table();
  assert.equal(commands.rename("GET", "b840fc02"), null);
  assert.equal(find(commands, "get"), undefined);
  assert.equal(find(commands, "B840FC02"), "get");
  assert.equal(commands.byDeclaredName("get")?.name, "get");
  assert.equal(commands.rename("set", ""), null);
  assert.equal(find(commands, "set"), undefined);
  assert.equal(commands.size, 3);
  assert.equal(commands.rename("config", "b840fc02"), "Target command name already exists");
  assert.equal(commands.rename("nosuch", "x"), "No such command in rename-command");
});

test("two tables of the same declarations share no statistics", () => {
  const one = table();
  const other = table();
  one.byFullName("config|get")!.calls = 5;
  assert.equal(other.byFullName("config|get")!.calls, 0);
  one.resetStats();
  assert.equal(one.byFullName("config|get")!.calls, 0);
});

test("an unknown command's error quotes its arguments up to 128 bytes", () => {
  const error = (...words: string[]) => unknownCommandError(table(), Argv.from(words));
  assert.equal(error("foo"), "ERR unknown command 'foo', with args beginning with: ");
  assert.equal(error("foo", "a", "b\0c"), "ERR unknown command 'foo', with args beginning with: 'a' 'b' ");
  assert.equal(
    error("f".repeat(200), "a".repeat(120), "b".repeat(120), "c"),
    `ERR unknown command '${"f".repeat(128)}', with args beginning with: '${"a".repeat(120)}' 'bbbbb' `,
  );
  assert.equal(error("config", "foo"), "ERR unknown subcommand 'foo'. Try CONFIG HELP.");
});

test("an unknown command's error does not read an argument longer than any string can be", () => {
  const argv = Argv.from(["foo", "a"]);
  // 512 MB that nobody has touched take no memory.
  argv.source = new Region(new Uint8Array(2 ** 29));
  argv.offset[1] = 0;
  argv.length[1] = 2 ** 29;
  argv.source.u8.set(Buffer.from("foo"), 0);
  argv.offset[0] = 0;
  argv.length[0] = 3;
  argv.source.u8.fill(0x61, 3, 200);
  const error = unknownCommandError(table(), argv);
  assert.equal(error, `ERR unknown command 'foo', with args beginning with: 'foo${"a".repeat(125)}' `);
});

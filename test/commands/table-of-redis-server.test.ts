/**
 * What redis-server itself says about each of its commands (COMMAND, COMMAND DOCS, ACL CAT), compared with what Redstart says. It is 7.0
 * where the declarations are those of 7.2: `CHANGED_IN_7_2` lists all that came between. Arguments and summaries changed everywhere, so
 * `declarations.test.ts` alone compares those.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ACL_CATEGORIES } from "../../src/commands/flag-bits.js";
import { RespConnection, RespStatus, type RespValue } from "../support/resp-connection.js";
import { skipWithout, startServer, testedProgram } from "../support/servers.js";

const INFO_FIELDS = ["name", "arity", "flags", "first key", "last key", "step", "ACL categories", "tips", "key specs"];
const DOCS_FIELDS = ["since", "group", "complexity", "doc_flags", "deprecated_since", "replaced_by", "history"];

/** Blocking commands run in scripts, as if their time were up. */
const BLOCKING = ["blmove", "blpop", "brpop", "brpoplpush", "bzpopmax", "bzpopmin", "wait"];
const DEPRECATED = ["psetex", "quit", "setex", "setnx"];
const CHANGED_IN_7_2: Readonly<Record<string, readonly string[]>> = {
  arity: ["command|getkeys", "command|getkeysandflags", "zrank", "zrevrank"],
  flags: [...BLOCKING, "cluster|shards", "cluster|slots"],
  tips: [
    ...["acl|deluser", "acl|save", "acl|setuser", "client|setname", "config|resetstat", "config|rewrite"],
    ...["latency|reset", "msetnx", "randomkey", "scan"],
  ],
  since: ["client|pause"],
  complexity: [
    ...["cluster|getkeysinslot", "cluster|replicas", "cluster|slaves", "geodist", "geohash", "geopos", "hscan"],
    ...["psubscribe", "punsubscribe", "sscan", "sunsubscribe", "unsubscribe", "xread", "zrandmember", "zscan"],
  ],
  doc_flags: DEPRECATED,
  deprecated_since: DEPRECATED,
  replaced_by: DEPRECATED,
  history: ["acl|log", "xinfo|consumers", "xinfo|stream", "zrank", "zrevrank"],
};

/** All that a server says about its commands, under their full names. */
interface Table {
  readonly info: Map<string, Map<string, string>>;
  readonly docs: Map<string, Map<string, string>>;
  readonly categories: Map<string, readonly string[]>;
}

/** A reply as text, in which the order of sets does not show. */
function text(value: unknown): string {
  if (value instanceof RespStatus) return value.text;
  if (value instanceof Set) return `{${[...value].map(text).sort().join(", ")}}`;
  if (value instanceof Map) return `{${[...value].map(([name, item]) => `${text(name)}: ${text(item)}`).join(", ")}}`;
  return Array.isArray(value) ? `[${value.map(text).join(", ")}]` : String(value);
}

function readInfo(commands: RespValue, into: Table["info"] = new Map()): Table["info"] {
  for (const command of commands as RespValue[][]) {
    into.set(text(command[0]), new Map(INFO_FIELDS.map((field, i) => [field, text(command[i])])));
    readInfo(command[9] instanceof Set ? [] : command[9]!, into);
  }
  return into;
}

function readDocs(docs: RespValue, into: Table["docs"] = new Map()): Table["docs"] {
  for (const [name, fields] of docs as Map<RespValue, Map<RespValue, RespValue>>) {
    into.set(text(name), new Map(DOCS_FIELDS.map((field) => [field, text(fields.get(field))])));
    if (fields.has("subcommands")) readDocs(fields.get("subcommands")!, into);
  }
  return into;
}

async function readTable(program: "redis-server" | "redstart"): Promise<Table> {
  const server = await startServer({ program });
  try {
    const connection = await RespConnection.connect(server.port, { resp: 3 });
    const info = readInfo(await connection.call("COMMAND"));
    const docs = readDocs(await connection.call("COMMAND", "DOCS"));
    const categories = new Map<string, readonly string[]>();
    for (const category of ACL_CATEGORIES) {
      categories.set(category, ((await connection.call("ACL", "CAT", category)) as RespValue[]).map(text));
    }
    await connection.close();
    return { info, docs, categories };
  } finally {
    await server.stop();
  }
}

const skip = skipWithout("redis-server");
let expected: Table;
let actual: Table;

before(async () => {
  if (skip === false) [expected, actual] = await Promise.all([readTable("redis-server"), readTable(testedProgram)]);
});

function compare(part: "info" | "docs", fields: readonly string[]): void {
  for (const [name, own] of expected[part]) {
    const found = actual[part].get(name);
    assert.ok(found, `no ${name}`);
    for (const field of fields) {
      if (!CHANGED_IN_7_2[field]?.includes(name)) assert.equal(found.get(field), own.get(field), `${name}: ${field}`);
    }
  }
}

test("COMMAND says of every command of redis-server what redis-server says", { skip }, () => {
  assert.ok(expected.info.size > 350);
  compare("info", INFO_FIELDS);
});

test("COMMAND DOCS says of every command of redis-server what redis-server says", { skip }, () => {
  assert.equal(expected.docs.size, expected.info.size);
  compare("docs", DOCS_FIELDS);
});

test("ACL CAT lists in each category every command that redis-server lists there", { skip }, () => {
  for (const [category, names] of expected.categories) {
    const found = actual.categories.get(category)!;
    assert.deepEqual(
      names.filter((name) => !found.includes(name)),
      [],
      category,
    );
    const more = found.filter((name) => !names.includes(name));
    assert.deepEqual(
      more.filter((name) => expected.info.has(name)),
      [],
      category,
    );
  }
});

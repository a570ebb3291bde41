import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./layer-rules.js";

const breaks = (file: string, source: string, message: RegExp) => {
  const found = violations(file, source);
  assert.equal(found.length, 1, `${file} should break the rule once: ${JSON.stringify(found)}`);
  assert.match(found[0]!, message);
};
const holds = (file: string, source: string) => assert.deepEqual(violations(file, source), []);

test("an import downwards is fine, through any number of layers", () => {
  holds("commands/string/get.ts", 'import { Region } from "../../bytes/region.js";');
  holds(
    "server/dispatcher.ts",
    'import type { Command } from "../commands/spec.js";\nimport { now } from "../platform/clock.js";',
  );
});

test("an import upwards is reported with its line", () => {
  breaks(
    "memory/arena.ts",
    '\n\nimport { Dict } from "../structures/dict/dict.js";',
    /^3: memory imports structures .*above/,
  );
  breaks("keyspace/expire.ts", 'import type { Context } from "../commands/context.js";', /above/);
  breaks("commands/command-table.ts", 'import { assemble } from "../assemble/assemble.js";', /above/);
});

test("siblings may not import each other, not even a type", () => {
  breaks("replication/link.ts", 'import type { Connection } from "../server/connection.js";', /beside/);
  breaks("protocol/parser.ts", 'export { x } from "../keyspace/database.js";', /beside/);
});

test("a group of commands may not import another group's files, but may share commands/", () => {
  breaks(
    "commands/bitmap/setbit.ts",
    'import { x } from "../string/set.js";',
    /commands\/bitmap imports commands\/string/,
  );
  holds("commands/bitmap/setbit.ts", 'import { x } from "../spec.js";\nimport { y } from "./offset.js";');
  holds("commands/all.ts", 'import { x } from "./string/index.js";');
});

test("a folder of the server may import those below it only, and has a place", () => {
  holds(
    "server/execution/dispatcher.ts",
    'import type { Gates } from "../gates/gates.js";\nimport { x } from "./x.js";',
  );
  holds("server/server.ts", 'import { Cron } from "./cron.js";');
  holds("server/info/info.ts", 'import { VERSION } from "../version.js";');
  breaks(
    "server/clients/connection.ts",
    'import type { Dispatcher } from "../execution/dispatcher.js";',
    /^1: server\/clients imports server\/execution .*above/,
  );
  breaks("server/cron.ts", 'import { Server } from "./server.js";', /server\/cron imports server\/server .*above/);
  breaks("server/acl/acl.ts", 'import { Log } from "../news/log.js";', /server\/news has no place/);
  breaks("server/news/news.ts", 'import { Log } from "../process/log.js";', /server\/news has no place/);
});

test("only assemble may import everything", () => {
  const everything =
    'import "../server/connection.js";\nimport "../memory/arena.js";\nimport "../replication/link.js";';
  holds("assemble/memory.ts", everything);
  breaks("server/server.ts", 'import { buildServer } from "../assemble/build-server.js";', /above/);
  breaks("index.ts", 'import { Arena } from "./memory/arena.js";', /index.ts may not import memory/);
});

test("only platform may import sockets, files, timers, the clock and random", () => {
  holds("platform/node.ts", 'import { createServer } from "node:net";\nconst t = Date.now();');
  holds("server/connection.ts", 'import { Buffer } from "node:buffer";');
  breaks("server/connection.ts", 'import { Socket } from "node:net";', /node:net: only platform/);
  breaks("keyspace/expire.ts", "const now = Date.now();", /the clock/);
  breaks("keyspace/evict.ts", "const r = Math.random();", /random/);
  breaks("server/cron.ts", "setTimeout(tick, 100);", /timers/);
  breaks("server/info.ts", "const pid = process.pid;", /the process/);
  breaks("server/info.ts", "const d = new Date();", /the clock/);
  holds("server/info.ts", "const d = new Date(ctx.nowMs); this.setTimeout(1); clock.setTimeout(f, 2);");
});

test("only bytes/ may copy and clear segments by methods of typed arrays", () => {
  breaks("structures/a.ts", "\n  region.u8.copyWithin(0, 4, 8);", /^2: copyWithin is slow on segments/);
  breaks("datatypes/a.ts", "segment.u8.set(from.u8.subarray(0, 9), 4);", /u8\.set is slow/);
  breaks("commands/string/a.ts", "const { u8 } = segment; u8.fill(0, 4);", /u8\.fill is slow/);
  breaks("memory/a.ts", "this.#words(ref).u32\n    .set(other);", /slow/);
  breaks("server/a.ts", "value.region.u8.copyWithin(0, 4, 8);", /slow/);
  holds("bytes/words.ts", "u32.copyWithin(0, 4, 8);");
  holds("structures/a.ts", "copyBytes(from, 0, to, 0, 9); counts.fill(0); lists.set(slot, 1); this.menu8.set(1);");
  holds("server/a.ts", "this.#region.u8.set(bytes, 4);");
});

test("a file of bytes/ that tries which copy is faster may read the clock, its neighbours may not", () => {
  holds("bytes/copy-long.ts", "const start = performance.now();");
  breaks("bytes/region.ts", "const start = performance.now();", /the clock/);
});

test("comments, strings and templates are no code", () => {
  holds("bytes/a.ts", '// Date.now()\n/* import "node:net"; */ const s = "Math.random()"; const t = `process.pid`;');
  holds("bytes/a.ts", "const quote = /[\"'`]/; // it's\nconst x = 1;");
  breaks("bytes/a.ts", "const t = `a ${`b ${Date.now()}`} c`;", /the clock/);
});

test("a dependency, a file outside src and an unknown folder are reported", () => {
  breaks("bytes/a.ts", 'import x from "lodash";', /no dependencies/);
  breaks("bytes/a.ts", 'import x from "../../tools/x.js";', /outside src/);
  breaks("utils/a.ts", "", /no layer/);
});

test("tests are exempt", () => {
  holds("memory/arena.test.ts", 'import "node:fs";\nimport "../server/connection.js";\nDate.now();');
});

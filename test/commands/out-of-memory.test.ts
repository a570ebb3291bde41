/**
 * Every command that writes, with each of its allocations failing in turn, and each of its writes to the reply: afterwards either the data
 * is what it was and nothing was reported, or what changed was reported: to whoever watches its keys, as a number of changes, and as effects
 * that make another server's data the same. What follows a data set (watchers, caches, files and replicas) would otherwise miss it.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Argv } from "../../src/bytes/argv.js";
import { commandGroups } from "../../src/commands/all.js";
import { CommandTable } from "../../src/commands/command-table.js";
import { CommandBit } from "../../src/commands/flag-bits.js";
import { unavailable } from "../../src/commands/unavailable.js";
import type { EncodingLimits } from "../../src/datatypes/limits.js";
import { Expiry } from "../../src/keyspace/expiry.js";
import { OutOfMemory } from "../../src/memory/arena.js";
import { parseCommands } from "../effects/replica-link.js";
import { KeyspaceServer } from "./keyspace-server.js";

/** Limits at which collections are small, become big in the midst of the commands below, and are big from the first element on. */
const LIMITS: Record<string, Partial<EncodingLimits>> = {
  "small collections": {},
  "collections that become big": {
    hashMaxListpackEntries: 4,
    listMaxListpackSize: 4,
    setMaxIntsetEntries: 4,
    setMaxListpackEntries: 4,
    zsetMaxListpackEntries: 4,
    streamNodeMaxEntries: 4,
  },
  "big collections": {
    hashMaxListpackEntries: 0,
    listMaxListpackSize: 1,
    setMaxIntsetEntries: 0,
    setMaxListpackEntries: 0,
    zsetMaxListpackEntries: 0,
    streamNodeMaxEntries: 1,
  },
};

const LONG = "x".repeat(100);
const HASH = `HSET hash a 1 b 2 c ${LONG}`;
const SET = `SADD set a b c ${LONG}`;
const NUMBERS = "SADD numbers 1 2 3";
const ZSET = `ZADD zset 1 a 2 b 3 c 4 ${LONG}`;
const LIST = `RPUSH list a b c ${LONG}`;
const STRING = "SET string 12";
const STREAM = ["XADD stream 1-1 f v", "XADD stream 2-1 f v g w", "XADD stream 3-1 f v", "XADD stream 4-1 f v"];
const GROUP = [...STREAM, "XGROUP CREATE stream group 0", "XREADGROUP GROUP group c1 COUNT 3 STREAMS stream >"];
const GEO = "GEOADD geo 1 1 a 2 2 b 3 3 c";
const HLL = "PFADD hll a b c";
const words = (count: number, prefix = "new"): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const MEMBERS = `${words(12).join(" ")} ${LONG}y`;
const FIELDS = words(12)
  .map((name) => `${name} ${LONG}`)
  .join(" ");
const SCORED = words(12)
  .map((name, i) => `${i} ${name}`)
  .join(" ");
const BIG = "x".repeat(3000);

/** Failures tried of one command: what writes more than that to its reply has done what there is to do. */
const MOST_FAILURES = 60;

/** What to do before, and the command; several for most commands, which take different ways. */
type Case = readonly [before: readonly string[], command: string];

const CASES: readonly Case[] = [
  [[], `SETBIT new 90000 1`],
  [[STRING], `SETBIT string 90000 1`],
  [[STRING], `BITOP AND new string string`],
  [[STRING], `BITOP NOT string string`],
  [[], `BITFIELD new SET u8 9000 1 INCRBY u8 20000 1`],
  [[STRING], `BITFIELD string SET u8 9000 1 GET u8 0`],
  [[], "BITFIELD new OVERFLOW FAIL INCRBY u2 900 9"],
  ...[STRING, HASH, SET, ZSET, LIST, ...[GROUP.at(-1)!]].flatMap((line): Case[] => {
    const before = line.startsWith("XREADGROUP") ? GROUP : [line];
    const key = before[0]!.split(" ")[1]!;
    return [
      [before, `COPY ${key} new`],
      [[...before, "SET other 1"], `COPY ${key} other REPLACE`],
      [before, `MOVE ${key} 1`],
      [before, `RENAME ${key} new`],
      [[...before, "SET other 1"], `RENAME ${key} other`],
      [before, `RENAMENX ${key} new`],
      [before, `DEL ${key}`],
      [before, `UNLINK ${key} nothing`],
      [before, `EXPIRE ${key} 100`],
      [before, `EXPIREAT ${key} 9000000000`],
      [before, `PEXPIRE ${key} 100000`],
      [before, `PEXPIREAT ${key} 9000000000000`],
      [before, `EXPIRE ${key} -1`],
      [[...before, `EXPIRE ${key} 100`], `PERSIST ${key}`],
    ];
  }),
  [[LIST], "SORT list ALPHA STORE new"],
  [[LIST, STRING], "SORT list ALPHA STORE string GET # GET #"],
  [[LIST, STRING], "SORT nothing STORE string"],
  [[], "GEOADD new 1 1 a 2 2 b 3 3 c 4 4 d 5 5 e 6 6 f"],
  [[GEO], "GEOADD geo 1 1 x 2 2 y 3 3 z 4 4 u 5 5 v 6 6 w"],
  [[GEO], "GEORADIUS geo 1 1 900 km STORE new"],
  [[GEO, STRING], "GEORADIUSBYMEMBER geo a 900 km STOREDIST string"],
  [[GEO], "GEOSEARCHSTORE new geo FROMMEMBER a BYRADIUS 900 km"],
  [[GEO], "GEOSEARCHSTORE geo geo FROMMEMBER a BYRADIUS 200 km"],
  [[], `HSET new ${FIELDS}`],
  [[HASH], `HSET hash ${FIELDS}`],
  [[HASH], `HSET hash a ${LONG} b ${LONG} ${FIELDS}`],
  [[HASH], `HMSET hash ${FIELDS}`],
  [[HASH], `HSETNX hash new ${LONG}`],
  [[], `HSETNX new new ${LONG}`],
  [[HASH], "HDEL hash a b c"],
  [[HASH], "HDEL hash a"],
  [[HASH], "HINCRBY hash a 100000000000"],
  [[HASH], "HINCRBY hash new 1"],
  [[], "HINCRBY new new 1"],
  [[HASH], "HINCRBYFLOAT hash a 1.12345"],
  [[], "HINCRBYFLOAT new new 1.5"],
  [[HASH], "HEXPIRE hash 100 FIELDS 3 a b c"],
  [[HASH], "HEXPIREAT hash 9000000000 FIELDS 3 a b c"],
  [[HASH], "HPEXPIRE hash 100000 FIELDS 2 a c"],
  [[HASH], "HPEXPIREAT hash 9000000000000 FIELDS 3 a b c"],
  [[HASH], "HEXPIRE hash 0 FIELDS 2 a b"],
  [[HASH, "HEXPIRE hash 100 FIELDS 3 a b c"], "HPERSIST hash FIELDS 3 a b c"],
  [[HASH], "HGETDEL hash FIELDS 2 a c"],
  [[HASH], "HGETDEL hash FIELDS 3 a b c"],
  [[HASH], "HGETEX hash EX 100 FIELDS 3 a b c"],
  [[HASH, "HEXPIRE hash 100 FIELDS 3 a b c"], "HGETEX hash PERSIST FIELDS 3 a b c"],
  [[HASH], "HGETEX hash PXAT 1 FIELDS 3 a b c"],
  [[], `HSETEX new EX 100 FIELDS 12 ${FIELDS}`],
  [[HASH], `HSETEX hash EX 100 FIELDS 12 ${FIELDS}`],
  [[HASH], `HSETEX hash KEEPTTL FIELDS 14 a ${LONG} b ${LONG} ${FIELDS}`],
  [[HASH], "HSETEX hash PXAT 1 FIELDS 2 a 1 b 2"],
  [[], `PFADD new ${MEMBERS}`],
  [[HLL], `PFADD hll ${MEMBERS}`],
  [[HLL], "PFADD hll"],
  [[HLL, `PFADD other ${MEMBERS}`], "PFMERGE new hll other"],
  [[HLL, `PFADD other ${MEMBERS}`], "PFMERGE hll other"],
  [[HLL], "PFDEBUG TODENSE hll"],
  [[HLL], "PFDEBUG GETREG hll"],
  [[LIST], "LPOP list"],
  [[LIST], "LPOP list 2"],
  [[LIST], "LPOP list 4"],
  [[LIST], "RPOP list"],
  [[LIST], "RPOP list 3"],
  [[], `LPUSH new ${MEMBERS}`],
  [[LIST], `LPUSH list ${MEMBERS}`],
  [[LIST], `LPUSHX list ${MEMBERS}`],
  [[], `RPUSH new ${MEMBERS}`],
  [[LIST], `RPUSH list ${MEMBERS}`],
  [[LIST], `RPUSHX list ${MEMBERS} ${BIG} ${BIG} ${BIG}`],
  [[LIST], `LINSERT list BEFORE b ${LONG}`],
  [[LIST], `LINSERT list AFTER a ${BIG}`],
  [[LIST], "LREM list 0 b"],
  [[LIST], `LSET list 1 ${BIG}`],
  [[LIST], `LSET list 3 s`],
  [[LIST], "LTRIM list 1 2"],
  [[LIST], "LTRIM list 9 9"],
  [[LIST], "LMOVE list new LEFT RIGHT"],
  [[LIST], "LMOVE list list LEFT RIGHT"],
  [[LIST], "RPOPLPUSH list list"],
  [[LIST, `RPUSH other ${MEMBERS}`], "RPOPLPUSH list other"],
  [[LIST], "LMPOP 2 nothing list LEFT COUNT 3"],
  [[LIST], "BLMOVE list new RIGHT LEFT 0"],
  [[LIST], "BLMPOP 0 1 list LEFT COUNT 4"],
  [[LIST], "BLPOP list 0"],
  [[LIST], "BRPOP list 0"],
  [[LIST], "BRPOPLPUSH list new 0"],
  [[STRING, LIST], "FLUSHALL"],
  [[STRING, LIST], "FLUSHDB"],
  [[STRING, LIST], "SWAPDB 0 1"],
  [[], `SADD new ${MEMBERS}`],
  [[], "SADD new 1 2 3 4 5 6 7 8 70000 5000000000"],
  [[SET], `SADD set ${MEMBERS}`],
  [[NUMBERS], `SADD numbers 4 5 6 7 8 9 70000 5000000000 ${MEMBERS}`],
  [[SET, `SADD other ${MEMBERS} a`], "SDIFFSTORE new set other"],
  [[SET, `SADD other ${MEMBERS} a`], "SINTERSTORE set set other"],
  [[SET, NUMBERS], "SUNIONSTORE set set numbers"],
  [[SET, STRING], "SUNIONSTORE string set"],
  [[SET, NUMBERS], "SMOVE set numbers a"],
  [[NUMBERS], "SMOVE numbers new 1"],
  [[SET], "SPOP set"],
  [[SET], "SPOP set 2"],
  [[`SADD set ${MEMBERS}`], "SPOP set 11"],
  [[NUMBERS], "SPOP numbers 2"],
  [[SET], "SPOP set 9"],
  [[SET], "SREM set a b"],
  [[SET], `SREM set a b c ${LONG}`],
  [[], `ZADD new ${SCORED}`],
  [[], `ZADD new 1 ${LONG}`],
  [[ZSET], `ZADD zset ${SCORED}`],
  [[ZSET], `ZADD zset 9 a 8 b ${SCORED} 7 c`],
  [[ZSET], "ZADD zset INCR 1.5 a"],
  [[ZSET], `ZINCRBY zset 1.5 new`],
  [[ZSET], `ZINCRBY zset 123456.5 a`],
  [[], "ZINCRBY new 1.5 new"],
  [[ZSET, "ZADD other 1 a 2 z"], "ZDIFFSTORE new 2 zset other"],
  [[ZSET, "ZADD other 1 a 2 z"], "ZINTERSTORE zset 2 zset other"],
  [[ZSET, "ZADD other 1 a 2 z"], "ZUNIONSTORE other 2 zset other"],
  [[ZSET, STRING], "ZRANGESTORE string zset 0 2"],
  [[ZSET], "ZRANGESTORE zset zset 1 2"],
  [[ZSET], "ZMPOP 1 zset MIN COUNT 2"],
  [[ZSET], "BZMPOP 0 1 zset MAX COUNT 4"],
  [[ZSET], "BZPOPMAX zset 0"],
  [[ZSET], "BZPOPMIN zset 0"],
  [[ZSET], "ZPOPMAX zset 2"],
  [[ZSET], "ZPOPMIN zset 4"],
  [[ZSET], "ZREM zset a b"],
  [[ZSET], "ZREMRANGEBYLEX zset - +"],
  [[ZSET], "ZREMRANGEBYRANK zset 1 2"],
  [[ZSET], "ZREMRANGEBYSCORE zset 0 2"],
  [GROUP, "XACK stream group 1-1 2-1 9-9"],
  [[], `XADD new 1-1 f ${LONG}`],
  [STREAM, `XADD stream 9-1 f ${LONG} other fields`],
  [STREAM, `XADD stream MAXLEN 2 9-1 f ${BIG}`],
  [STREAM, `XADD stream MINID 3 9-1 f v`],
  [GROUP, "XAUTOCLAIM stream group c2 0 0"],
  [[...GROUP, "XDEL stream 1-1"], "XAUTOCLAIM stream group c2 0 0 JUSTID"],
  [GROUP, "XCLAIM stream group c2 0 1-1 2-1 3-1"],
  [[...GROUP, "XDEL stream 2-1"], "XCLAIM stream group c2 0 1-1 2-1 3-1 LASTID 9-9"],
  [GROUP, "XCLAIM stream group c2 0 4-1 FORCE"],
  [STREAM, "XDEL stream 1-1 3-1"],
  [STREAM, "XDEL stream 1-1 2-1 3-1 4-1"],
  [[], "XGROUP CREATE new group $ MKSTREAM"],
  [STREAM, "XGROUP CREATE stream group 0"],
  [GROUP, "XGROUP CREATE stream group2 2-1 ENTRIESREAD 2"],
  [GROUP, `XGROUP CREATECONSUMER stream group ${LONG}`],
  [GROUP, "XGROUP DELCONSUMER stream group c1"],
  [GROUP, "XGROUP DESTROY stream group"],
  [GROUP, "XGROUP SETID stream group 1-1"],
  [[...GROUP, "XGROUP SETID stream group 0"], "XREADGROUP GROUP group c2 STREAMS stream >"],
  [GROUP, "XREADGROUP GROUP group c1 STREAMS stream >"],
  [GROUP, "XREADGROUP GROUP group c1 STREAMS stream 0"],
  [GROUP, "XREADGROUP GROUP group c3 NOACK STREAMS stream >"],
  [
    [...GROUP, "XADD second 1-1 f v", "XADD second 2-1 f v", "XGROUP CREATE second group 0"],
    "XREADGROUP GROUP group c2 STREAMS stream second > >",
  ],
  [STREAM, "XSETID stream 9-9 ENTRIESADDED 20"],
  [STREAM, "XTRIM stream MAXLEN 1"],
  [STREAM, "XTRIM stream MINID 3"],
  [[], `SET new ${BIG}`],
  [[STRING], `SET string ${BIG} EX 100`],
  [[STRING], "SET string 1 GET"],
  [[], "SETNX new 1"],
  [[STRING], "SETEX string 100 1"],
  [[], "PSETEX new 100 1"],
  [[STRING], `GETSET string ${BIG}`],
  [[STRING], "GETDEL string"],
  [[STRING], "GETEX string EX 100"],
  [[STRING], "GETEX string PXAT 1"],
  [[`SET string ${LONG} EX 100`], "GETEX string PERSIST"],
  [[STRING], `MSET a ${LONG} string ${LONG} b ${BIG} c 1 a 2`],
  [[], `MSETNX a ${LONG} b ${BIG} c 1`],
  [[STRING], `APPEND string ${BIG}`],
  [[], `APPEND new ${LONG}`],
  [[STRING], `SETRANGE string 3000 ${LONG}`],
  [[], `SETRANGE new 3000 ${LONG}`],
  [[STRING], "INCR string"],
  [[], "INCR new"],
  [[STRING], "DECR string"],
  [[STRING], "INCRBY string 100000000000"],
  [[STRING], "DECRBY string 100000000000"],
  [[STRING], "INCRBYFLOAT string 1.12345678"],
  [[], "INCRBYFLOAT new 1.5"],
];

/** A server in which what a command needs from above is there. */
function serverWith(limits: Partial<EncodingLimits>): KeyspaceServer {
  const server = new KeyspaceServer({
    acl: { allowsReadingAll: () => true },
    blocking: { canWait: false, wake: () => {} },
  });
  Object.assign(server.keyspace.limits, limits);
  server.settings["proto-max-bulk-len"] = "536870912";
  Object.assign(server.context.client, { outputLimitBytes: Number.POSITIVE_INFINITY });
  const { listener } = server.keyspace;
  listener.flushing = (db) => server.touched.push(`${db?.index ?? "all"} *`);
  listener.swapping = (a, b) => server.touched.push(`${a.index} *`, `${b.index} *`);
  return server;
}

/** Makes the data of a server what some commands make of nothing. */
function prepare(server: KeyspaceServer, before: readonly string[]): void {
  for (const db of server.keyspace.used()) db.clear(true);
  while (server.keyspace.lazyFree.freeSome(1000)) {}
  for (const line of before) assert.doesNotMatch(server.bytes(...line.split(" ")), /^-/, line);
  server.touched = [];
}

/** What each key is, as commands show it: its data, and apart from that what WATCH does not see of a stream: groups, and the last ID. */
function contents(server: KeyspaceServer): Map<string, { data: string; groups: string }> {
  const found = new Map<string, { data: string; groups: string }>();
  const { context, keyspace } = server;
  const { db: selected } = context;
  const flags = keyspace.notifyFlags;
  keyspace.notifyFlags = 0;
  for (const db of keyspace.used()) {
    context.db = db;
    for (const key of server.call("KEYS *") as string[]) {
      const type = String(server.call(`TYPE ${key}`));
      const read = READERS[type]!.map((form) => server.bytes(...form.replace("KEY", key).split(" ")));
      if (type === "hash" || type === "set") read[0] = sorted(read[0]!);
      if (type === "hash") {
        const fields = server.call(`HKEYS ${key}`) as string[];
        read.push(server.bytes("HPEXPIRETIME", key, "FIELDS", String(fields.length), ...fields.sort()));
      }
      const data = JSON.stringify([type, server.call(`PEXPIRETIME ${key}`), ...read]);
      let groups = "";
      if (type === "stream") {
        const info = server.call(`XINFO STREAM ${key} FULL COUNT 0`) as unknown[];
        groups = JSON.stringify(info);
      }
      found.set(`${db.index} ${key}`, { data, groups });
    }
  }
  context.db = selected;
  keyspace.notifyFlags = flags;
  return found;
}

const READERS: Record<string, string[]> = {
  string: ["GET KEY"],
  list: ["LRANGE KEY 0 -1"],
  set: ["SMEMBERS KEY"],
  zset: ["ZRANGE KEY 0 -1 WITHSCORES"],
  hash: ["HGETALL KEY"],
  stream: ["XRANGE KEY - +", "XLEN KEY"],
};

/** A reply whose order says nothing. */
function sorted(bytes: string): string {
  return bytes.split("\r\n").sort().join(" ");
}

/** Collects what a server says that it did. */
function listenTo(server: KeyspaceServer): Buffer[] {
  const said: Buffer[] = [];
  server.said.listen({ receive: (region, length) => said.push(Buffer.from(region.u8.subarray(0, length))) });
  return said;
}

/** Runs on another server what this one said, after the same beginning. */
function repeat(twin: KeyspaceServer, before: readonly string[], said: Buffer[]): void {
  prepare(twin, before);
  const { commands } = parseCommands(Buffer.concat(said.splice(0)));
  twin.keyspace.setExpiry(Expiry.KEPT);
  for (const words of commands) {
    if (words[0] === "SELECT") twin.context.db = twin.keyspace.database(Number(words[1]));
    else if (words[0] !== "MULTI" && words[0] !== "EXEC")
      assert.doesNotMatch(twin.bytes(...words), /^-/, words.join(" "));
  }
  twin.keyspace.setExpiry(Expiry.REMOVED);
  twin.context.db = twin.keyspace.database(0);
}

/** What must be the same elsewhere: all but when consumers were seen, and how a stream lies in memory. */
function shared(found: Map<string, { data: string; groups: string }>): unknown {
  const plain = (groups: string): string =>
    groups.replace(/"(seen-time|active-time|radix-tree-keys|radix-tree-nodes)",-?\d+/g, '"$1"');
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, { data, groups }]) => [key, data, plain(groups)]);
}

/** Makes the nth call of something fail; returns how to end that. */
type Failure = (server: KeyspaceServer, n: number) => () => void;

const failAllocation: Failure = ({ keyspace: { arena } }, n) => {
  const { allocate } = arena;
  let calls = 0;
  arena.allocate = (size) => {
    if (++calls === n) throw new OutOfMemory();
    return allocate.call(arena, size);
  };
  return () => {
    arena.allocate = allocate;
  };
};

const failReply: Failure = ({ context: { reply } }, n) => {
  const { reserve } = reply;
  let calls = 0;
  reply.reserve = (size) => {
    if (++calls === n) throw new OutOfMemory();
    reserve.call(reply, size);
  };
  return () => {
    reply.reserve = reserve;
  };
};

/** One to fail, another that repeats what it says, and what it has said. */
type Servers = readonly [KeyspaceServer, KeyspaceServer, Buffer[]];

function makeServers(limits: Partial<EncodingLimits>): Servers {
  const server = serverWith(limits);
  return [server, serverWith(limits), listenTo(server)];
}

/** Runs a case with its first allocation (or write to the reply) failing, then with its second, until it succeeds. */
function failEach([server, twin, said]: Servers, [before, command]: Case, failure: Failure): void {
  const words = command.split(" ");
  const { keyspace } = server;
  prepare(server, before);
  const state = contents(server);
  for (let n = 1; ; n++) {
    if (n > 1) prepare(server, before);
    server.said.deliver();
    said.length = 0;
    const { dirty } = keyspace;
    const end = failure(server, n);
    let isDone = false;
    try {
      const reply = server.bytes(...words);
      assert.doesNotMatch(reply, /^-/, `${command}: ${reply}`);
      isDone = true;
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
    } finally {
      end();
    }
    const story = `${command} with number ${n} failing`;
    assert.deepEqual(keyspace.arena.verify(keyspace.liveBlocks()), [], story);
    const touched = [...server.touched];
    const changes = keyspace.dirty - dirty;
    server.said.deliver();
    const after = contents(server);
    repeat(twin, before, said);
    assert.deepEqual(shared(contents(twin)), shared(after), `${story}: its effects do otherwise`);
    let hasChanged = false;
    for (const id of new Set([...state.keys(), ...after.keys()])) {
      const [was, is] = [state.get(id), after.get(id)];
      if (was?.data === is?.data && was?.groups === is?.groups) continue;
      hasChanged = true;
      const isSaid = touched.some((each) => each === id || each === "all *" || each === `${id.split(" ")[0]} *`);
      if (was?.data !== is?.data) assert.ok(isSaid, `${story}: ${id} has changed, and nobody was told`);
      assert.ok(changes > 0, `${story}: ${id} has changed, and it was not counted`);
    }
    if (isDone || n === MOST_FAILURES) return;
    assert.ok(
      hasChanged || (changes === 0 && touched.length === 0),
      `${story}: ${touched} touched, ${changes} counted`,
    );
  }
}

const table = new CommandTable(...commandGroups);

test("each command that writes is among the cases", () => {
  const covered = new Set(CASES.map(([, command]) => table.lookup(Argv.from(command.split(" ")))!.name));
  for (const entry of table.declaredEntries()) {
    if ((entry.flagBits & CommandBit.WRITE) === 0 || entry.subcommands !== null) continue;
    // Those of scripts change no data here; the others are not there yet.
    if (entry.handler === unavailable || entry.command.group === "scripting") continue;
    assert.ok(covered.has(entry.name), `there is no case of ${entry.name}`);
  }
});

for (const [name, limits] of Object.entries(LIMITS)) {
  describe(`what is done before memory, or the reply, fails is reported, with ${name}`, () => {
    // Making one takes longer than most cases.
    let servers: Servers | null = null;
    for (const each of CASES) {
      const title = each[1].replaceAll(LONG, "…").replaceAll("x".repeat(2900), "…").slice(0, 80);
      const before = each[0].map((line) => line.split(" ")[0]).join(" ");
      test(`${title} (${before})`, () => {
        const used = servers ?? makeServers(limits);
        servers = null;
        failEach(used, each, failAllocation);
        failEach(used, each, failReply);
        // Of one that failed nothing is known.
        servers = used;
      });
    }
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { aclRules } from "../../../test/support/acl-rules.js";
import { Argv } from "../../bytes/argv.js";
import { Permission, Verdict } from "./permission.js";
import { joinSelectors } from "./user-rules.js";

const { table, rules } = aclRules();
const NAMES = ["allowed", "command", "key", "channel"];

/** What becomes of a call, with the argument that is in the way: "key r:1". */
function verdict(line: string, call: string): string {
  const user = rules.create("u");
  assert.equal(rules.applyAll(user, joinSelectors(line.split(" ")) as string[]), null);
  const permission = new Permission(table.idCount);
  const argv = Argv.from(call.split(" "));
  const command = table.lookup(argv)!;
  const name = NAMES[permission.check(user, command, argv)]!;
  // A second look must not see what the first has cached.
  assert.equal(NAMES[permission.check(user, command, argv)], name);
  return name === "allowed" || name === "command" ? name : `${name} ${argv.latin1(permission.position)}`;
}

test("a command needs its bit, and those for authentication none", () => {
  assert.equal(verdict("+get ~*", "get a"), "allowed");
  assert.equal(verdict("+get ~*", "set a b"), "command");
  for (const call of ["auth x", "hello", "reset", "quit"]) assert.equal(verdict("-@all", call), "allowed");
});

test("keys need the permissions that the command's declaration asks for", () => {
  const line = "+@all ~k:* %R~r:* %W~w:*";
  const cases: Record<string, string[]> = {
    allowed: [
      "get k:1",
      "get r:1",
      "set w:1 v",
      "mget k:1 r:1",
      "copy r:1 w:1",
      "lmove k:1 w:1 left left",
      "exists w:1",
      "type w:1",
      "sort k:1 store w:1",
      "bitfield r:1 get u8 0",
      "georadius r:1 1 1 1 m store w:1",
      "zunionstore w:1 2 r:1 k:1",
      "xread count 1 streams r:1 0",
    ],
    "key w:1": ["get w:1", "set w:1 v get", "copy w:1 r:1", "xread streams r:1 w:1 0 0"],
    "key r:1": [
      "set r:1 v",
      "rename r:1 w:1",
      "bitfield r:1 set u8 0 1",
      "del r:1",
      "sort k:1 store r:1",
      "getdel r:1",
    ],
    "key x": ["mget k:1 x r:1", "sinterstore w:1 r:1 x", "sintercard 2 r:1 x", "memory usage x", "watch x"],
  };
  for (const [expected, calls] of Object.entries(cases)) {
    for (const call of calls) assert.equal(verdict(line, call), expected, call);
  }
});

test("keys that cannot be found are not checked: the command will refuse its arguments itself", () => {
  assert.equal(verdict("+@all ~k", "zunionstore k 9 a b"), "allowed");
  assert.equal(verdict("+@all ~k", "sintercard x a"), "allowed");
});

test("channels are matched by patterns, patterns only by themselves", () => {
  const line = "+@all ~* resetchannels &news* &p?";
  assert.equal(verdict(line, "publish news:1 x"), "allowed");
  assert.equal(verdict(line, "publish other news"), "channel other");
  assert.equal(verdict(line, "subscribe news:1 p1"), "allowed");
  assert.equal(verdict(line, "subscribe news:1 q1"), "channel q1");
  assert.equal(verdict(line, "ssubscribe q1"), "channel q1");
  assert.equal(verdict(line, "psubscribe news* p?"), "allowed");
  assert.equal(verdict(line, "psubscribe news:1"), "channel news:1");
  assert.equal(verdict(line, "unsubscribe q1"), "allowed");
  assert.equal(verdict(line, "pubsub numsub q1"), "allowed");
});

test("one selector must permit all of a call; of several reasons the one that came furthest is told", () => {
  const line = "+get ~a (+set ~b) (+mget ~a) (+mget ~b) (+publish &c)";
  assert.equal(verdict(line, "get a"), "allowed");
  assert.equal(verdict(line, "set b 1"), "allowed");
  assert.equal(verdict(line, "set a 1"), "key a");
  assert.equal(verdict(line, "mget a b"), "key b");
  assert.equal(verdict(line, "del a"), "command");
  assert.equal(verdict(line, "publish d x"), "channel d");
});

test("a first argument opens a command that is closed otherwise, in any case", () => {
  assert.equal(verdict("+select|0", "select 0"), "allowed");
  assert.equal(verdict("+select|0", "select 1"), "command");
  assert.equal(verdict("+lolwut|Version", "lolwut VERSION"), "allowed");
  assert.equal(verdict("+lolwut|version", "lolwut"), "command");
});

test("reading every key takes a pattern of just a star, in the selector that permits the command", () => {
  const permission = new Permission(table.idCount);
  const argv = Argv.from(["sort", "a", "by", "x*"]);
  const command = table.lookup(argv)!;
  const may = (line: string): boolean => {
    const user = rules.create("u");
    rules.applyAll(user, joinSelectors(line.split(" ")) as string[]);
    return permission.allowsReadingAll(user, command, argv);
  };
  assert.deepEqual(
    ["+sort ~*", "+sort %R~*", "+sort %W~* %R~a", "+sort ~a*", "+sort ~a (~*)", "(+sort %R~a %R~*)"].map(may),
    [true, true, false, false, false, true],
  );
  assert.equal(Verdict.ALLOWED, 0);
});

test("a command that only adds to a key, only removes from it or only overwrites it needs to write it", () => {
  const calls: Record<string, string[]> = {
    adds: ["lpush k a", "sadd k a", "hsetnx k f v", "setnx k v", "pfadd k a", "xgroup create k g 0", "rpoplpush a k"],
    removes: ["del k", "srem k a", "zrem k a", "hdel k a", "ltrim k 0 1", "xdel k 1-1", "lrem k 0 a"],
    overwrites: ["set k v", "mset a v k v", "expire k 1", "append k v", "zadd k 1 a", "sunionstore k a"],
    both: ["lpop k", "spop k", "getdel k", "getset k v", "incr k", "lmove k a left left", "rename k a"],
  };
  for (const [kind, all] of Object.entries(calls)) {
    for (const call of all) {
      const [reading, writing] = [verdict("+@all ~a %R~k", call), verdict("+@all ~a %W~k", call)];
      assert.equal(reading, "key k", call);
      assert.equal(writing, kind === "both" ? "key k" : "allowed", call);
      assert.equal(verdict("+@all ~a %RW~k", call), "allowed", call);
    }
  }
});

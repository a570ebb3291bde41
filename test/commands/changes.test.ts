/** How many changes a command counts, as redis-server 7.0.15 counts them in `rdb_changes_since_last_save`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyspaceServer } from "./keyspace-server.js";

/** What to do before, the command, and the changes it counts. */
const CASES: readonly (readonly [before: readonly string[], command: string, changes: number])[] = [
  [["ZADD z 1 a 2 b"], "ZADD z 1 a 3 b 4 c 5 d", 3],
  [[], "ZADD z 1 a 2 b 3 c", 3],
  [["ZADD z 1 a"], "ZADD z 1 a", 0],
  [["ZADD z 1 a"], "ZADD z GT INCR 0 a", 0],
  [["ZADD z 1 a"], "ZADD z LT INCR 0 a", 0],
  [["ZADD z 1 a"], "ZADD z INCR 0 a", 0],
  [["ZADD z 1 a"], "ZINCRBY z 2 a", 1],
  [["SADD s a"], "SADD s a b c", 2],
  [[], "SADD s a b c", 3],
  [["SADD s a b c"], "SREM s a b x", 2],
  [["SADD s a b c"], "SPOP s 2", 2],
  [["SADD s a b c"], "SPOP s 9", 3],
  [["SADD s a"], "SMOVE s t a", 2],
  [[], "HSET h a 1 b 2", 2],
  [["HSET h a 1"], "HSET h a 1 b 2 c 3", 3],
  [["HSET h a 1 b 2"], "HDEL h a b x", 2],
  [["HSET h a 1"], "HMSET h b 1 c 2", 2],
  [[], "RPUSH l a b c", 3],
  [["RPUSH l a"], "LPUSH l a b", 2],
  [["RPUSH l a b c"], "LPOP l 2", 2],
  [["RPUSH l a b c"], "LREM l 0 b", 1],
  [["RPUSH l a b c"], "LTRIM l 1 1", 2],
  [["RPUSH l a b c"], "LMOVE l l LEFT RIGHT", 1],
  [["RPUSH l a b c"], "LINSERT l BEFORE a x", 1],
  [["RPUSH l a b c"], "LMPOP 1 l LEFT COUNT 2", 2],
  [["ZADD z 1 a 2 b 3 c"], "ZREM z a b x", 2],
  [["ZADD z 1 a 2 b 3 c"], "ZPOPMIN z 2", 2],
  [["ZADD z 1 a 2 b 3 c"], "ZMPOP 1 z MIN COUNT 2", 2],
  [["ZADD z 1 a 2 b 3 c"], "ZREMRANGEBYRANK z 0 1", 2],
  [["ZADD z 1 a 2 b 3 c"], "ZRANGESTORE y z 0 1", 1],
  [["ZADD z 1 a 2 b 3 c"], "ZUNIONSTORE y 1 z", 1],
  [["SADD s a b c"], "SUNIONSTORE y s", 1],
  [["SET a 1", "SET b 1"], "DEL a b x", 2],
  [["SET a 1", "SET b 1"], "UNLINK a b x", 2],
  [[], "MSET a 1 b 2 c 3", 3],
  [[], "MSETNX a 1 b 2", 2],
  [["SET a 1"], "RENAME a b", 1],
  [["SET a 1"], "COPY a b", 1],
  [["SET a 1"], "EXPIRE a 100", 1],
  [["SET a 1"], "EXPIRE a -1", 1],
  [["SET a 1 EX 100"], "PERSIST a", 1],
  [["SET a 1"], "MOVE a 1", 1],
  [["RPUSH l 2 1"], "SORT l STORE m", 2],
  [[], "BITFIELD b SET u8 0 1 INCRBY u8 8 2 GET u8 0", 2],
  [["SET b a"], "BITFIELD b SET u8 0 97 SET u8 0 98", 1],
  [["SET b a"], "SETBIT b 7 1", 0],
  [[], "PFADD p a b", 3],
  [["PFADD p a"], "PFADD p a", 0],
  [["PFADD p a"], "PFMERGE q p", 1],
  [[], "GEOADD g 1 1 a 2 2 b", 2],
  [[], "XADD x 1-1 a b", 1],
  [["XADD x 1-1 a b", "XADD x 2-1 a b"], "XADD x MAXLEN 1 3-1 a b", 1],
  [["XADD x 1-1 a b", "XADD x 2-1 a b"], "XTRIM x MAXLEN 0", 2],
  [["XADD x 1-1 a b", "XADD x 2-1 a b"], "XDEL x 1-1 2-1 3-1", 2],
  [["XADD x 1-1 a b"], "XGROUP CREATE x g 0", 1],
  [[], "XGROUP CREATE x g 0 MKSTREAM", 1],
  [["XADD x 1-1 a b", "XADD x 2-1 a b", "XGROUP CREATE x g 0"], "XREADGROUP GROUP g c STREAMS x >", 2],
  [
    ["XADD x 1-1 a b", "XADD x 2-1 a b", "XGROUP CREATE x g 0", "XREADGROUP GROUP g c STREAMS x >"],
    "XREADGROUP GROUP g c STREAMS x 0",
    1,
  ],
  [
    ["XADD x 1-1 a b", "XADD x 2-1 a b", "XGROUP CREATE x g 0", "XREADGROUP GROUP g c STREAMS x >"],
    "XREADGROUP GROUP g c STREAMS x 5",
    1,
  ],
  [
    ["XADD x 1-1 a b", "XADD x 2-1 a b", "XGROUP CREATE x g 0", "XREADGROUP GROUP g c STREAMS x >"],
    "XACK x g 1-1 2-1 3-1",
    2,
  ],
  [
    ["XADD x 1-1 a b", "XADD x 2-1 a b", "XGROUP CREATE x g 0", "XREADGROUP GROUP g c STREAMS x >"],
    "XCLAIM x g d 0 1-1 2-1",
    3,
  ],
  [
    ["XADD x 1-1 a b", "XADD x 2-1 a b", "XGROUP CREATE x g 0", "XREADGROUP GROUP g c STREAMS x >"],
    "XAUTOCLAIM x g d 0 0",
    3,
  ],
  [["XADD x 1-1 a b", "XGROUP CREATE x g 0"], "XCLAIM x g d 0 1-1 FORCE LASTID 5-5", 2],
  [["XADD x 1-1 a b"], "XSETID x 9-9", 1],
  [["SET a 1"], "GETDEL a", 1],
  [["SET a 1"], "GETEX a EX 100", 1],
  [["SET a 1"], "APPEND a b", 1],
  [["SET a 1"], "SETRANGE a 0 b", 1],
  [["SET a 1"], "INCR a", 1],
  [["SET a 1"], "SWAPDB 0 1", 1],
];

for (const [before, command, changes] of CASES) {
  test(`${command} counts ${changes} (${before.join(", ")})`, () => {
    const server = new KeyspaceServer({ blocking: { canWait: false, wake: () => {} } });
    server.settings["proto-max-bulk-len"] = "536870912";
    for (const line of before) server.call(line);
    assert.equal(server.effects(command).dirty, changes);
  });
}

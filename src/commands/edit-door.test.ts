/** What a snapshot that is being taken is told of before it changes, call by call: all that changes, and nothing that is only read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keySpaceText } from "../../test/snapshot/key-space-text.js";
import { recordsText } from "../../test/snapshot/records-text.js";
import { CommandHarness } from "../../test/support/command-harness.js";
import type { Region } from "../bytes/region.js";
import { EntryView } from "../structures/entry/entry.js";
import { commandGroups } from "./all.js";

/** Fields of "due" and the key "gone" have expired when the calls begin. */
const SETUP = [
  "SET text value",
  "SET number 7",
  "SET other 8 PX 100000",
  "PFADD hll a b c",
  "PFADD counted a b c",
  "PFCOUNT counted",
  "RPUSH list a b c",
  "RPUSH list2 x",
  "SADD set a b c",
  "SADD set2 x",
  "ZADD zset 1 a 2 b 3 c",
  "GEOADD geo 13 38 a",
  "HSET hash f 1 g 2",
  "HSET due f 1 g 2",
  "HPEXPIRE due 5 FIELDS 1 f",
  "SET gone 1 PX 5",
  "XADD stream 1-1 f v",
  "XADD stream 2-1 f v",
  "XGROUP CREATE stream group 0",
  "XREADGROUP GROUP group one COUNT 1 STREAMS stream >",
];

const READS = [
  "GET text",
  "GETRANGE text 0 1",
  "MGET text other",
  "GETEX text",
  "BITFIELD text GET u8 0",
  "PFCOUNT counted",
  "PFCOUNT hll counted",
  "LRANGE list 0 -1",
  "LPOS list b",
  "LPUSHX none x",
  "SMEMBERS set",
  "SINTER set set2",
  "ZRANGE zset 0 -1",
  "ZUNION 2 zset set",
  "GEOSEARCH geo FROMMEMBER a BYRADIUS 1 km",
  "HGETALL hash",
  "HSCAN hash 0",
  "XRANGE stream - +",
  "XREAD STREAMS stream 0",
  "XPENDING stream group",
  "XACK stream none 1-1",
  "XCLAIM stream group two 0 1-1 NONSENSE",
  "XREADGROUP GROUP none one STREAMS stream >",
  "XINFO STREAM stream FULL",
  "SORT list ALPHA BY *->f GET hash->f",
  "LCS text other",
  "OBJECT ENCODING hash",
  "DEBUG DIGEST",
  "HLEN hash",
  "TTL other",
];

/** The call, and the keys that are seen because of it. */
const CHANGES: readonly (readonly [call: string, seen: string])[] = [
  ["SET text VALUE", "text"],
  ["SET number 8", "number"],
  ["GETSET text 1", "text"],
  ["INCR number", "number"],
  ["INCRBY number 1000", "number"],
  ["INCRBYFLOAT number 0.5", "number"],
  ["APPEND text x", "text"],
  ["SETRANGE text 1 x", "text"],
  ["SETBIT text 1 0", "text"],
  ["BITFIELD text SET u8 0 1", "text"],
  ["BITOP NOT text other", "text"],
  ["MSET text 1 number 2", "number text"],
  ["GETEX text EX 10", "text"],
  ["GETEX other PERSIST", "other"],
  ["GETDEL text", "text"],
  ["EXPIRE other 10", "other"],
  ["RENAME text number", "number text"],
  ["COPY text number REPLACE", "number"],
  ["DEL text list", "list text"],
  ["GET gone", "gone"],
  ["PFADD hll d", "hll"],
  ["PFCOUNT hll", "hll"],
  ["PFMERGE hll counted", "hll"],
  ["LPUSH list x", "list"],
  ["RPOP list", "list"],
  ["LMOVE list list2 LEFT RIGHT", "list list2"],
  ["LSET list 0 x", "list"],
  ["SORT list ALPHA STORE list2", "list2"],
  ["SADD set d", "set"],
  ["SMOVE set set2 a", "set set2"],
  ["SPOP set", "set"],
  ["SINTERSTORE set2 set", "set2"],
  ["ZADD zset 4 d", "zset"],
  ["ZINCRBY zset 4 a", "zset"],
  ["ZUNIONSTORE zset 1 set", "zset"],
  ["ZRANGESTORE set zset 0 -1", "set"],
  ["GEOSEARCHSTORE zset geo FROMMEMBER a BYRADIUS 1 km", "zset"],
  ["HSET hash h 3", "hash"],
  ["HINCRBY hash f 1", "hash"],
  ["HDEL hash f", "hash"],
  ["HEXPIRE hash 100 FIELDS 1 f", "hash"],
  ["HGETDEL hash FIELDS 1 f", "hash"],
  ["HGET due g", "due"],
  ["HTTL due FIELDS 1 g", "due"],
  ["XADD stream 3-1 f v", "stream"],
  ["XDEL stream 1-1", "stream"],
  ["XTRIM stream MAXLEN 1", "stream"],
  ["XACK stream group 1-1", "stream"],
  ["XCLAIM stream group two 0 1-1", "stream"],
  ["XAUTOCLAIM stream group two 0 0", "stream"],
  ["XREADGROUP GROUP group two STREAMS stream >", "stream"],
  ["XREADGROUP GROUP group one STREAMS stream 0", "stream"],
  ["XREADGROUP GROUP group one NOACK STREAMS stream >", "stream"],
  ["XGROUP CREATE stream more 0", "stream"],
  ["XGROUP SETID stream group 0", "stream"],
  ["XGROUP CREATECONSUMER stream group two", "stream"],
  ["XGROUP DELCONSUMER stream group one", "stream"],
  ["XGROUP DESTROY stream group", "stream"],
  ["XSETID stream 9-1", "stream"],
];

/** The keys that a call has a snapshot see, which is then compared with what there was. */
function seenBy(line: string): string[] {
  const harness = new CommandHarness(...commandGroups);
  Object.assign(harness.context, { blocking: { canWait: false, wake() {} } });
  harness.settings["hll-sparse-max-bytes"] = 3000;
  const { keyspace } = harness;
  for (const words of SETUP) harness.run(words);
  harness.advance(50);
  const before = keySpaceText(keyspace);
  const chunks: (readonly [Region, number])[] = [];
  const take = (chunk: Region, length: number): null => {
    chunks.push([chunk, length]);
    return null;
  };
  const { snapshot } = keyspace;
  const seen: string[] = [];
  const entry = new EntryView();
  const save = snapshot.save.bind(snapshot);
  snapshot.save = (root, ref) => {
    harness.context.db.loadEntry(ref, entry);
    const { segment, keyOffset, keyLength } = entry;
    seen.push(Buffer.from(segment.u8.subarray(keyOffset, keyOffset + keyLength)).toString());
    save(root, ref);
  };
  snapshot.begin({ take, isFull: false });
  harness.run(line);
  const early = seen.splice(0);
  assert.ok(snapshot.walk(() => true));
  // What has expired and is still there was there.
  keyspace.expiredBeforeMs = Number.NEGATIVE_INFINITY;
  assert.deepEqual(recordsText(chunks, keyspace.types), before, line);
  return early.sort();
}

test("a call that only reads has no key seen before its time", () => {
  for (const line of READS) assert.deepEqual(seenBy(line), [], line);
});

test("a call that changes keys has these seen before, and no other, even where Redis looks them up for reading", () => {
  for (const [line, seen] of CHANGES) assert.equal(seenBy(line).join(" "), seen, line);
});

import { NO_SUCH_KEY, NOT_AN_INTEGER } from "../../../protocol/errors.js";
import { DictPage } from "../../../structures/dict/dict-page.js";
import { Encoding } from "../../../structures/entry/entry.js";
import type { Context } from "../../context.js";
import { integerArgument } from "../../integer-argument.js";
import { between } from "./action.js";

const EMPTY = "Hash table 0 stats (main hash table):\nNo stats available for empty dictionaries\n";

/** Encodings of which elements are in a hash index. */
const HASHED: readonly Encoding[] = [Encoding.HASHTABLE, Encoding.HASHTABLEEX, Encoding.SKIPLIST];

/** DEBUG HTSTATS: how full the index of a database is. Keys and expiries share one. */
export const htstats = between(3, 4, ({ keyspace, reply }, argv) => {
  const index = integerArgument(argv, 2);
  if (index === null) return reply.error(NOT_AN_INTEGER);
  if (index < 0 || index >= keyspace.databaseCount) return reply.error("ERR Out of range database");
  reply.verbatim("txt", `[Dictionary HT]\n${describeIndex(keyspace, index)}[Expires HT]\n${EMPTY}`);
});

/** DEBUG HTSTATS-KEY: how many elements a big collection has in the index that all of them share. */
export const htstatsKey = between(3, 4, ({ db, keyspace, reply }, argv) => {
  const ref = db.peek(argv, 2);
  if (ref === 0) return reply.error(NO_SUCH_KEY);
  if (!HASHED.includes(db.encoding(ref))) {
    return reply.error("ERR The value stored at the specified key is not represented using an hash table");
  }
  db.read(ref, keyspace.view);
  const { segment, offset, encoding } = keyspace.view;
  const count = keyspace.types.collection(db.type(ref))!.weight(segment, offset, encoding);
  reply.verbatim("txt", `Hash table 0 stats (main hash table):\n number of elements: ${count}\n`);
});

function describeIndex(keyspace: Context["keyspace"], index: number): string {
  const db = keyspace.existing(index);
  if (db === null || db.size === 0) return EMPTY;
  const pages = db.keys.pageCount;
  return [
    "Hash table 0 stats (main hash table):",
    ` table size: ${pages * DictPage.SLOTS}`,
    ` number of elements: ${db.size}`,
    ` volatile elements: ${db.volatileCount}`,
    ` pages: ${pages}`,
    ` load: ${((100 * db.size) / (pages * DictPage.SLOTS)).toFixed(2)}%`,
    "",
  ].join("\n");
}

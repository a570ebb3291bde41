import { matchGlob } from "../../bytes/glob.js";
import { EntryView } from "../../structures/entry/entry.js";
import { defineCommand, pattern } from "../spec.js";

const STAR = 0x2a;

/** KEYS: all keys that match a pattern, written to the reply as they are found. */
export const keys = defineCommand(
  {
    name: "KEYS",
    group: "generic",
    since: "1.0.0",
    summary: "Returns all key names that match a pattern.",
    complexity:
      "O(N) with N being the number of keys in the database, under the assumption that the key names in the database and the given pattern have limited length.",
    flags: ["readonly"],
    acl: ["dangerous"],
    tips: ["request_policy:all_shards", "nondeterministic_output_order"],
    args: [pattern("pattern")],
  },
  ({ db, reply }, argv) => {
    const { source } = argv;
    const offset = argv.offset[1]!;
    const length = argv.length[1]!;
    const isEverything = length === 1 && source.u8[offset] === STAR;
    const view = new EntryView();
    const mark = reply.begin();
    let count = 0;
    db.each((ref) => {
      db.loadEntry(ref, view);
      const { segment, keyOffset, keyLength } = view;
      if (!isEverything && !matchGlob(source, offset, length, segment, keyOffset, keyLength, false)) return;
      if (db.isExpired(ref)) return;
      reply.bulk(segment, keyOffset, keyLength);
      count++;
    });
    reply.endArray(mark, count);
  },
);

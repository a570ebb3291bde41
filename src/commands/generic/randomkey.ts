import { EntryView } from "../../structures/entry/entry.js";
import { defineCommand } from "../spec.js";

/** RANDOMKEY: the name of some key. */
export const randomkey = defineCommand(
  {
    name: "RANDOMKEY",
    group: "generic",
    since: "1.0.0",
    summary: "Returns a random key name from the database.",
    complexity: "O(1)",
    flags: ["readonly", "touches_arbitrary_keys"],
    tips: ["request_policy:all_shards", "response_policy:special", "nondeterministic_output"],
  },
  ({ db, reply }) => {
    const ref = db.randomEntry();
    if (ref === 0) return reply.null();
    const view = new EntryView();
    db.loadEntry(ref, view);
    reply.bulk(view.segment, view.keyOffset, view.keyLength);
  },
);

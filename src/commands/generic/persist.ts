import { NotifyClass } from "../../keyspace/notify.js";
import { defineCommand, key } from "../spec.js";

/** PERSIST: a key no longer expires. */
export const persist = defineCommand(
  {
    name: "PERSIST",
    group: "generic",
    since: "2.2.0",
    summary: "Removes the expiration time of a key.",
    complexity: "O(1)",
    flags: ["write", "fast"],
    effect: "as sent",
    args: [key("key", "RW UPDATE")],
  },
  ({ db, reply }, argv) => {
    const ref = db.lookupWrite(argv, 1);
    if (ref === 0 || db.expireAt(ref) === 0) return reply.integer(0);
    db.setExpire(argv, 1, 0);
    db.changed(argv, 1, NotifyClass.GENERIC, "persist");
    reply.integer(1);
  },
);

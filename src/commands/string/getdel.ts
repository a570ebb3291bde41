import { NotifyClass } from "../../keyspace/notify.js";
import { defineCommand, key } from "../spec.js";
import { replyString } from "./string-value.js";

/** GETDEL: GET, then DEL. */
export const getdel = defineCommand(
  {
    name: "GETDEL",
    group: "string",
    since: "6.2.0",
    summary: "Returns the string value of a key after deleting the key.",
    complexity: "O(1)",
    flags: ["write", "fast"],
    effect: "rewritten",
    args: [key("key", "RW ACCESS DELETE")],
  },
  (ctx, argv) => {
    if (!replyString(ctx, argv, 1)) return;
    if (!ctx.db.remove(argv, 1)) return;
    ctx.db.changed(argv, 1, NotifyClass.GENERIC, "del");
    if (ctx.effects.isOn) ctx.effects.instead("DEL", 2).argument(argv, 1);
  },
);

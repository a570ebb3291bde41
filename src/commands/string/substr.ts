import { defineCommand, integer, key } from "../spec.js";
import { replySubstring } from "./substring.js";

/** SUBSTR: the old name of GETRANGE. */
export const substr = defineCommand(
  {
    name: "SUBSTR",
    group: "string",
    since: "1.0.0",
    summary: "Returns a substring from a string value.",
    complexity:
      "O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.",
    flags: ["readonly"],
    brief: true,
    deprecatedSince: "2.0.0",
    replacedBy: "`GETRANGE`",
    docFlags: ["deprecated"],
    args: [key("key", "RO ACCESS"), integer("start"), integer("end")],
  },
  replySubstring,
);

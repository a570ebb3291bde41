import { defineCommand, integer, key } from "../spec.js";
import { replySubstring } from "./substring.js";

/** GETRANGE: the bytes between two indexes, both included and counted from the end when negative. */
export const getrange = defineCommand(
  {
    name: "GETRANGE",
    group: "string",
    since: "2.4.0",
    summary: "Returns a substring of the string stored at a key.",
    complexity:
      "O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.",
    flags: ["readonly"],
    brief: true,
    args: [key("key", "RO ACCESS"), integer("start"), integer("end")],
  },
  replySubstring,
);

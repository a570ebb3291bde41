/** What the commands that run a script or a function declare alike. */
import { type Arg, type CommandFlag, integer, key, string } from "../spec.js";

export const WRITE_FLAGS: readonly CommandFlag[] = [
  "noscript",
  "skip_monitor",
  "may_replicate",
  "no_mandatory_keys",
  "stale",
];
export const READ_FLAGS: readonly CommandFlag[] = [
  "noscript",
  "skip_monitor",
  "no_mandatory_keys",
  "stale",
  "readonly",
];

/** Arguments after the first: the keys, counted, and others. Notes are not there for EVALSHA. */
export function keysAndArguments(mode: "RW" | "RO", hasNotes: boolean): readonly Arg[] {
  const [keyFlags, worst] = mode === "RW" ? ["RW ACCESS UPDATE", "RW and UPDATE"] : ["RO ACCESS", "RO and ACCESS"];
  const notes = `We cannot tell how the keys will be used so we assume the worst, ${worst}`;
  return [
    integer("numkeys"),
    key("key", keyFlags!, { optional: true, multiple: true, keyNotes: hasNotes ? notes : undefined }),
    string("arg", { optional: true, multiple: true }),
  ];
}

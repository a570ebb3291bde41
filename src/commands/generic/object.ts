import { defineContainer } from "../spec.js";
import { objectEncoding } from "./object-encoding.js";
import { objectFreq } from "./object-freq.js";
import { objectHelp } from "./object-help.js";
import { objectIdletime } from "./object-idletime.js";
import { objectRefcount } from "./object-refcount.js";

/** OBJECT: how a value is kept. */
export const object = defineContainer({
  name: "OBJECT",
  group: "generic",
  since: "2.2.3",
  summary: "A container for object introspection commands.",
  complexity: "Depends on subcommand.",
  flags: [],
  subcommands: [objectEncoding, objectFreq, objectHelp, objectIdletime, objectRefcount],
});

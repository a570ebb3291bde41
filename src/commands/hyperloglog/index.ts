import type { Command } from "../spec.js";
import { pfadd } from "./pfadd.js";
import { pfcount } from "./pfcount.js";
import { pfdebug } from "./pfdebug.js";
import { pfmerge } from "./pfmerge.js";
import { pfselftest } from "./pfselftest.js";

/** The commands of the group "hyperloglog". */
export const hyperloglogCommands: readonly Command[] = [pfadd, pfcount, pfmerge, pfdebug, pfselftest];

import type { Command } from "../spec.js";
import { acl } from "./acl.js";

/** The commands about users; their group is "server". */
export const aclCommands: readonly Command[] = [acl];

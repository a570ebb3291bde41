import type { Command } from "../spec.js";
import { asking, readonly, readwrite } from "./client-modes.js";
import { cluster } from "./cluster.js";

/** The commands of the group "cluster". */
export const clusterCommands: readonly Command[] = [asking, cluster, readonly, readwrite];

/**
 * The platform a server runs on in Node.
 */
import { NodeClock } from "./clock.js";
import { NodeDigest } from "./digest.js";
import { NodeFiles } from "./files.js";
import { NodeGarbageCollector } from "./garbage-collector.js";
import { socketOptionsLoader } from "./koffi-socket-options.js";
import { NodeThreads } from "./node-threads.js";
import type { Platform } from "./platform.js";
import { NodeProcessFacts } from "./process-facts.js";
import { NodeRandom } from "./random.js";
import { NodeTerminal } from "./terminal.js";
import { NodeTimers } from "./timers.js";

export type { Platform } from "./platform.js";

/** A platform of its own for one server; servers share none of its state. */
export function createNodePlatform(): Platform {
  return {
    clock: new NodeClock(),
    random: new NodeRandom(),
    digest: new NodeDigest(),
    timers: new NodeTimers(),
    threads: new NodeThreads(),
    files: new NodeFiles(),
    garbageCollector: new NodeGarbageCollector(),
    process: new NodeProcessFacts(),
    terminal: new NodeTerminal(),
    loadSocketOptions: socketOptionsLoader(),
  };
}

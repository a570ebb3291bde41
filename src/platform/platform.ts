/**
 * Everything of the outside world a server may use besides the network, in one object to pass around. `node.ts` makes
 * the real one; a test or simulation makes its own.
 */
import type { Clock } from "./clock.js";
import type { Digest } from "./digest.js";
import type { Files } from "./files.js";
import type { GarbageCollector } from "./garbage-collector.js";
import type { ProcessFacts } from "./process-facts.js";
import type { Random } from "./random.js";
import type { LoadSocketOptions } from "./socket-options.js";
import type { Terminal } from "./terminal.js";
import type { Threads } from "./threads.js";
import type { Timers } from "./timers.js";

/** The outside world of a server. */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly digest: Digest;
  readonly timers: Timers;
  readonly threads: Threads;
  readonly files: Files;
  readonly garbageCollector: GarbageCollector;
  readonly process: ProcessFacts;
  readonly terminal: Terminal;
  readonly loadSocketOptions: LoadSocketOptions;
}

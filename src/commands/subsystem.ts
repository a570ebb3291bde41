/**
 * What a layer beside `server/` brings into a server: persistence, replication, a cluster, scripts. Whoever assembles the server makes it
 * from what it needs and hands it over as one of these; the parts of `server/` that have a life of their own are some, too. All is optional.
 */

import type { EffectListener } from "./effects.js";
import type { Gate } from "./gate.js";
import type { MemoryFigures } from "./memory-context.js";
import type { ShutdownOptions } from "./server-context.js";

/** Something to be done from time to time, in a fraction of a millisecond: what takes longer is done in slices. */
export interface CronTask {
  /** At most so often; 0 for each time there is a chance, `hz` times a second. */
  readonly everyMs: number;
  run(nowMs: number): void;
}

/** One line of INFO, `name:value`. */
export type InfoField = readonly [name: string, value: string | number];

/** When a section of INFO is shown: without being asked for, with "all", or only by its name. */
export type InfoVisibility = "default" | "all" | "named";

/** A section of INFO: in the place of the one that has its title, or behind all others. */
export interface InfoPart {
  readonly title: string;
  readonly visibility: InfoVisibility;
  fields(): readonly InfoField[];
}

/** Memory outside the arena and the clients, in bytes. */
export type MemoryShares = Partial<
  Pick<MemoryFigures, "replicaClients" | "replicationBacklog" | "clusterLinks" | "aofBuffer" | "scripts" | "functions">
>;

export interface Subsystem {
  readonly gates?: readonly Gate[];
  /** Hears all effects from the start to the stop. Whoever listens now and then does so by himself. */
  readonly effects?: EffectListener;
  readonly tasks?: readonly CronTask[];
  readonly info?: readonly InfoPart[];
  memory?(): MemoryShares;
  /**
   * Called in the order of the subsystems, each when the one before is ready, before the first client comes in. What takes long, such as
   * loading, closes a gate and goes on. Throws an Error when the server cannot start; then the log says why.
   */
  start?(): void | Promise<void>;
  /** Asked when SHUTDOWN came: the error that it is answered, or null when this is ready for it. With `force` it is asked all the same. */
  refuseShutdown?(options: ShutdownOptions): string | null;
  /**
   * Called in the reverse order when there are no clients any more, whether it has been started or not; afterwards nothing of it keeps the
   * process alive.
   */
  stop?(): void | Promise<void>;
}

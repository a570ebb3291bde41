/** Replication where there is none: a primary without replicas, which has an id all the same. */
import type { Persistence, Replication } from "../commands/server-context.js";
import { type Random, randomHex } from "../platform/random.js";
import type { ConfigStore } from "./config/config-store.js";
import type { SnapshotSlices } from "./snapshot-slices.js";

/** A replication id is so many bytes in hexadecimal. */
const ID_BYTES = 20;

export class LonePrimary implements Replication {
  readonly #random: Random;
  readonly #config: ConfigStore;
  id: string;

  constructor(random: Random, config: ConfigStore) {
    this.#random = random;
    this.#config = config;
    this.id = randomHex(random, ID_BYTES);
  }

  followNobody(): void {
    this.#config.assign("replicaof", ["no", "one"]);
  }

  changeId(): void {
    this.id = randomHex(this.#random, ID_BYTES);
  }
}

/** Persistence where there is none: what was there at the start counts as saved, and snapshots are for nobody. */
export function unsaved(startedMs: number, snapshots: SnapshotSlices): Persistence {
  return {
    lastSaveSeconds: () => Math.floor(startedMs / 1000),
    trySnapshot: () => snapshots.tryForNobody(),
    snapshotFigures: () => snapshots.figures,
  };
}

import type { Database } from "../../keyspace/database.js";
import type { Keyspace } from "../../keyspace/keyspace.js";
import type { InfoField, InfoSources } from "./sources.js";

/** Keys and pages looked at for the mean time to live. */
const SAMPLE_KEYS = 32;
const SAMPLE_PAGES = 64;

/** # Keyspace: every database that has keys. */
export function keyspaceSection({ keyspace, clock }: InfoSources): InfoField[] {
  const fields: InfoField[] = [];
  const nowMs = clock.nowMs();
  for (const db of keyspace.used()) {
    if (db.size === 0) continue;
    const ttl = averageTtlMs(keyspace, db, nowMs);
    fields.push([`db${db.index}`, `keys=${db.size},expires=${db.volatileCount},avg_ttl=${ttl}`]);
  }
  return fields;
}

/** The mean time to live of keys that have one, estimated from a few. */
function averageTtlMs(keyspace: Keyspace, db: Database, nowMs: number): number {
  if (db.volatileCount === 0) return 0;
  let sum = 0;
  let seen = 0;
  db.keys.sample(keyspace.random(), SAMPLE_KEYS, true, SAMPLE_PAGES, (ref) => {
    const expireAtMs = db.expireAt(ref);
    if (expireAtMs === 0) return;
    seen++;
    sum += Math.max(0, expireAtMs - nowMs);
  });
  return seen === 0 ? 0 : Math.floor(sum / seen);
}

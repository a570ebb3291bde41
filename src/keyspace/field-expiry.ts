/** The end of fields: what happens to a hash when some of its fields have expired. */
import type { Keyspace } from "./keyspace.js";
import { NotifyClass } from "./notify.js";
import type { OpenValue } from "./open-value.js";

/** As many fields are removed when a command meets them; the rest, which no command sees, is left to the expire cycle. */
export const EXPIRED_ON_ACCESS = 64;

/**
 * Removes about `limit` fields that have expired from an open hash that is due, and the key if none is left: then it returns false, and
 * the slot is closed.
 */
export function expireFields(keyspace: Keyspace, slot: OpenValue, limit: number): boolean {
  const { db, argv, i } = slot;
  const { hashes } = keyspace.types;
  const expired = hashes.expire(slot, limit, ({ region, offset, length }) => {
    keyspace.listener.fieldRemoved(db, argv, i, region, offset, length);
  });
  if (expired === 0) return true;
  keyspace.stats.expiredFields += expired;
  const isEmpty = hashes.count(slot) === 0;
  if (isEmpty) db.remove(argv, i);
  keyspace.listener.touched(db, argv, i);
  db.notify(NotifyClass.HASH, "hexpired", argv, i);
  if (isEmpty) db.notify(NotifyClass.GENERIC, "del", argv, i);
  return !isEmpty;
}

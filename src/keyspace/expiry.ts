/** What becomes of what has expired: keys, and fields of hashes. */
export const enum Expiry {
  /** As on a primary: it is gone for everybody, and goes when somebody meets it or the expire cycle does. */
  REMOVED = 0,
  /** As for the clients of a replica, and during CLIENT PAUSE: it is gone for everybody, but stays in memory. */
  HIDDEN = 1,
  /** For what repeats effects: it is there until the stream says that it has gone, whatever the time is here. */
  KEPT = 2,
}

/**
 * What a key space keeps in the arena's root, for itself and for other threads that will read the same data: words, counted from the first that is
 * the key space's.
 */
export const enum RootWord {
  /** Lists of what is being freed (lazy-free.ts): the first dict, the first record, and how many entries and records wait. */
  FREED_DICTS = 0,
  FREED_RECORDS = 1,
  FREED_PENDING = 2,
  /** The block with two words for each database (key-index.ts). */
  DATABASES = 3,
  /** The key of the hash function, two words. */
  HASH_KEY = 4,
  /** The mark of entries that no snapshot has yet to see (snapshot/snapshot.ts). */
  MARK = 6,
  COUNT = 8,
}

/**
 * What records say of a stream.
 *
 *     BEGIN     after its counts: first ID, last ID, largest deleted ID (16 bytes each), entries ever added (8) | groups, 4 | 4 unused
 *               then each group:     last ID (16), entries read (8) | consumers, 4 | pending leaves, 4 | name length, 4 | name
 *               its consumers:       seen, active (doubles, ms) | ref, 4 | name length, 4 | name
 *     PIECE     an entry leaf:       master ID (16), the run (structures/tree/stream-leaf.ts)        as many as BEGIN says pieces
 *               then pending leaves: records as in the arena (datatypes/stream-blocks.ts), of the groups in their order
 *
 * IDs are four words, the most significant first. Nothing is aligned. A pending record names its consumer by the ref that the consumer has here.
 */
export const enum StreamImage {
  /** Bytes of the head, from the first ID to what is unused. */
  HEAD = 64,
  /** Bytes of a group, and of a consumer, before the name. */
  GROUP = 36,
  CONSUMER = 24,
  ID = 16,
}

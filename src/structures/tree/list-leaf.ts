/**
 * A leaf of a big list: a run of listpack elements anywhere in its block, so that both ends can be taken from, and added to, without
 * moving the rest.
 *
 *     word 0     word 1                start             end        capacity
 *     | start    | end    | room ...   | element | ...   | room ... |
 *
 * Offsets count from the block. How many elements there are is in the tree above. A block has up to LIMIT bytes; a longer element has
 * a leaf of its own.
 */

export const enum Leaf {
  /** Words of the header. */
  START = 0,
  END = 1,
  /** Bytes of the header. */
  HEADER = 8,
  /** Bytes of a full block: as Redis' nodes with list-max-listpack-size -2. */
  LIMIT = 8192,
  /** Bytes of the first blocks of a list; later ones begin with LIMIT. */
  FIRST = 1024,
  /** A list with so many leaves does not mind a whole block for a new one. */
  MANY = 8,
}

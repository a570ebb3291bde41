/**
 * How much the replies that wait for all clients may take together before each may have few only: clients that ask and do not read are then
 * held back. Under maxmemory it is a part of that, since waiting replies count as used, and keys would have to make room for them. What is
 * beyond, such as one long reply, evicts nothing.
 */

/** Without maxmemory. */
const MOST = 268_435_456;
/** A quarter of a small maxmemory would hold back clients that only send long pipelines. */
const LEAST = 4_194_304;

/** Bytes of the share, at `maxmemory` bytes, 0 for no limit. */
export function outputShare(maxmemory: number): number {
  if (maxmemory === 0) return MOST;
  const least = Math.min(LEAST, maxmemory / 2);
  return Math.floor(Math.min(MOST, Math.max(maxmemory / 4, least)));
}

/**
 * Waiting with an end: what does not come fails the test that waits for it, with a message that says what it was, instead of keeping the
 * whole run until its own limit. A limit keeps no process alive.
 */
import { once as onceEver } from "node:events";

/** Longer than anything takes that works, on a machine that is busy with other things. */
const LIMIT_MS = 60_000;

/** What `promise` resolves with; rejects when that does not happen in time. `what` completes the sentence "waited in vain for …". */
export async function within<T>(what: string, promise: Promise<T>, limitMs = LIMIT_MS): Promise<T> {
  let limit: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    limit = setTimeout(() => reject(new Error(`waited in vain for ${what}: ${limitMs} ms`)), limitMs).unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(limit);
  }
}

/** As `once` of node:events, with an end. */
export function once(emitter: NodeJS.EventEmitter, event: string, limitMs = LIMIT_MS): Promise<unknown[]> {
  const what = `the event "${event}" of a ${emitter.constructor.name}`;
  const stop = new AbortController();
  const happened = onceEver(emitter, event, { signal: stop.signal });
  // It is the limit that is reported.
  happened.catch(() => {});
  return within(what, happened, limitMs).finally(() => stop.abort());
}

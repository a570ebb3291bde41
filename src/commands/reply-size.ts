/**
 * Bounds for replies that can be larger than what they tell of: elements that repeat, as a negative count of SRANDMEMBER and its like asks
 * for, and several values for each element, as GET of SORT does. A reply is made before it is sent, and meanwhile nobody else is served.
 */
import { OutOfMemory } from "../memory/arena.js";
import type { Context } from "./context.js";

/** Bytes from which on such a reply is given up as one there is no memory for. */
const REPLY_MAX = 2 ** 30;
/** Elements that it may have: about a second of work (50 to 350 ns each on Node 20.20). */
const ELEMENTS_MAX = 2 ** 22;
/** A reply of fewer bytes is never too much for maxmemory. */
const MODEST_REPLY = 2 ** 20;
/** What an element takes at least. */
const ELEMENT_BYTES = 5;

/** A command stopped in the middle of its reply, which is more than its client may be sent: that will close it. */
export class ReplyTooLarge extends Error {}

/**
 * Throws OutOfMemory before any work is done for a reply of `count` elements: when there is no room for it however short they are, or when
 * it would take too long. A client whose output limit is less finds that out on its way.
 */
export function checkElementCount({ client, config }: Context, count: number): void {
  const bytes = count * ELEMENT_BYTES;
  if (bytes <= MODEST_REPLY || bytes > client.outputLimitBytes) return;
  const maxmemory = config.number("maxmemory");
  if (count > ELEMENTS_MAX || (maxmemory > 0 && bytes > maxmemory)) throw new OutOfMemory();
}

/** Throws OutOfMemory when a reply that began at `start` has become too large, and ReplyTooLarge when its client will be closed for it. */
export function checkReplySize({ client, reply }: Context, start: number): void {
  if (reply.length > client.outputLimitBytes) throw new ReplyTooLarge();
  if (reply.length - start > REPLY_MAX) throw new OutOfMemory();
}

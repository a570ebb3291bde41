/**
 * Writing a long argument behind the end of a string: in slices, between which other clients have their turn. What is written stays
 * invisible until all of it is there; a change of the string by somebody else makes it begin anew.
 */

import type { Argv } from "../../bytes/argv.js";
import { copyBytes } from "../../bytes/region.js";
import { HUGE_BLOCK } from "../../memory/arena.js";
import type { Segment } from "../../memory/segment.js";
import type { Context } from "../context.js";

const enum Slice {
  /** Shorter arguments are written at once. */
  LEAST = 8388608,
  /** What is written before others have their turn: half a millisecond, some more where the system has to find the memory first. */
  BYTES = 4194304,
  /** Who has written nothing for so long is not at it any more. */
  PATIENCE_MS = 1000,
  /** So often it begins anew; then it is done at once. */
  ATTEMPTS = 3,
}

/** How far a client has come. */
export interface LongWrite {
  /** The string, of the length it had. */
  readonly segment: Segment;
  readonly length: number;
  readonly attempt: number;
  written: number;
  lastMs: number;
}

/**
 * Writes the bytes of argument `valueAt` from `skip` on to `from`, at or behind the end of the string at `ref`. True: all is written, and
 * `Database.extendString` shows it. False: it is not for slices, nothing was written. Null: the command runs again, and must return.
 */
export function writeBehind(
  ctx: Context,
  argv: Argv,
  ref: number,
  oldLength: number,
  from: number,
  valueAt: number,
  skip: number,
): boolean | null {
  const { client, db, nowMs } = ctx;
  const length = argv.length[valueAt]! - skip;
  if (length < Slice.LEAST || from + length < HUGE_BLOCK) return false;
  const last = client.longWrite;
  client.longWrite = null;
  if (!ctx.turns.canRunAgain || (last !== null && last.attempt > Slice.ATTEMPTS)) return false;
  const present = db.hugeSegment(ref);
  const other = (present?.writer ?? null) as LongWrite | null;
  let write = last;
  if (write === null || write !== other || write.segment !== present || write.length !== oldLength) {
    if (other !== null && other !== last && nowMs - other.lastMs < Slice.PATIENCE_MS) {
      ctx.turns.runAgain();
      return null;
    }
    const segment = db.prepareGrowth(argv, 1, ref, from, from + length);
    if (segment === null) return false;
    write = { segment, length: oldLength, attempt: (last?.attempt ?? 0) + 1, written: 0, lastMs: nowMs };
    segment.writer = write;
  }
  const { segment } = write;
  const end = Math.min(length, write.written + Slice.BYTES);
  const start = argv.offset[valueAt]! + skip;
  copyBytes(argv.source, start + write.written, segment, from + write.written, end - write.written);
  write.written = end;
  write.lastMs = nowMs;
  if (end === length) {
    segment.writer = null;
    return true;
  }
  client.longWrite = write;
  ctx.turns.runAgain();
  return null;
}

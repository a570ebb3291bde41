/**
 * Long copies on memory that may be shared, as segments of the arena are. V8's own ways are slow there: `set`, `copyWithin` and `fill` go byte
 * by byte (12 times as long for 4 KB, Node 20.20 to 26.12) unless both sides lie alike modulo 8. `Buffer.prototype.copy` is the system's memmove
 * in Node 24, also in Node 26 unless both sides are shared, and `set` in Node 20. So `copyLong` is that, or goes by way of a stage that lies
 * like the shared side: 290 ns for 4 KB into a segment instead of 1110 (Node 20.20).
 *
 * Which one it is decides a trial when this is loaded, of 0.3 ms: versions do not tell.
 */

const STAGE_BYTES = 131_072;
const TRIAL_BYTES = 65_536;
/** More than the distance between two places that lie alike. */
const STAGE_SLACK = 16;

/** Bytes, and whether their memory is shared: asking a typed array for that takes 50 ns. */
interface Memory {
  readonly u8: Uint8Array;
  readonly isShared: boolean;
}

/** Copies all of `source`, wherever it lies, to `at`. */
export function copyAll(source: Uint8Array, to: Memory, at: number): void {
  copyLong({ u8: source, isShared: source.buffer instanceof SharedArrayBuffer }, 0, to, at, source.length);
}

/** Copies `length` bytes, which may overlap. */
export type CopyLong = (from: Memory, fromOffset: number, to: Memory, toOffset: number, length: number) => void;

/**
 * Whether copies into shared memory and out of it are as quick as others: from Node 22 or 24 on. With a stage, SET and GET of 4 KB take 1.37 and
 * 1.49 times the processor time of a whole server at pipeline 16 (Node 20.20).
 */
export const copiesSharedWell: boolean = isFastUnlike(plainTrial(), sharedTrial(), TRIAL_BYTES);

/** Copies more bytes than a loop should. */
export const copyLong: CopyLong = chooseCopy();

/** By `Buffer.prototype.copy`, which is correct everywhere. */
export function directCopy(
  from: Uint8Array,
  fromOffset: number,
  to: Uint8Array,
  toOffset: number,
  length: number,
): void {
  Buffer.prototype.copy.call(from, to, toOffset, fromOffset, fromOffset + length);
}

/** By way of a stage where at least so many sides are shared, and they do not lie alike. */
export function stagedCopy(leastShared: 1 | 2): CopyLong {
  const stage = new Uint8Array(STAGE_BYTES + STAGE_SLACK);
  // What was staged last: mostly the next is as long and lies alike, and a view costs as much as copying a kilobyte.
  let staged = stage;

  function copyPiece(from: Memory, fromOffset: number, to: Memory, toOffset: number, length: number): void {
    const likeTarget = (to.u8.byteOffset + toOffset) & 7;
    const at = from.isShared ? (from.u8.byteOffset + fromOffset) & 7 : likeTarget;
    directCopy(from.u8, fromOffset, stage, at, length);
    if (to.isShared) stage.copyWithin(likeTarget, at, at + length);
    const start = to.isShared ? likeTarget : at;
    if (staged.byteOffset !== start || staged.length !== length) staged = stage.subarray(start, start + length);
    to.u8.set(staged, toOffset);
  }

  return (from, fromOffset, to, toOffset, length) => {
    const distance = to.u8.byteOffset + toOffset - (from.u8.byteOffset + fromOffset);
    const isAlike = (distance & 7) === 0;
    if (isAlike || (from.isShared ? 1 : 0) + (to.isShared ? 1 : 0) < leastShared) {
      directCopy(from.u8, fromOffset, to.u8, toOffset, length);
    } else if (distance < 0) {
      for (let done = 0; done < length; done += STAGE_BYTES) {
        copyPiece(from, fromOffset + done, to, toOffset + done, Math.min(STAGE_BYTES, length - done));
      }
    } else {
      for (let left = length; left > 0; left -= STAGE_BYTES) {
        const start = Math.max(0, left - STAGE_BYTES);
        copyPiece(from, fromOffset + start, to, toOffset + start, left - start);
      }
    }
  };
}

/** Zeros to copy, eight more than the most at a time so that they can be made to lie like what is cleared. */
const ZEROS: Memory = { u8: new Uint8Array(16_384 + 8), isShared: false };

/** Makes more bytes zero than a loop should. */
export function clearLong(memory: Memory, offset: number, length: number): void {
  if (!memory.isShared) {
    memory.u8.fill(0, offset, offset + length);
    return;
  }
  for (let done = 0; done < length; ) {
    const like = (memory.u8.byteOffset + offset + done) & 7;
    const piece = Math.min(ZEROS.u8.length - 8, length - done);
    copyLong(ZEROS, like, memory, offset + done, piece);
    done += piece;
  }
}

/** Longer than what is copied: Node 24 has another way, `set`, for whole arrays. */
function plainTrial(): Uint8Array {
  return new Uint8Array(TRIAL_BYTES + 8).fill(1);
}

function sharedTrial(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(2 * TRIAL_BYTES + 8));
}

function chooseCopy(): CopyLong {
  if (!copiesSharedWell) return stagedCopy(1);
  const shared = sharedTrial();
  if (!isFastUnlike(shared, shared, TRIAL_BYTES)) return stagedCopy(2);
  return (from, fromOffset, to, toOffset, length) => directCopy(from.u8, fromOffset, to.u8, toOffset, length);
}

/** Is a copy of the first bytes to a place that does not lie alike correct, and as fast as to one that does? The times are equal, or one is 6 of the other. */
function isFastUnlike(from: Uint8Array, to: Uint8Array, length: number): boolean {
  const alike = shortestCopy(from, to, length, length);
  const unlike = shortestCopy(from, to, length + 1, length);
  for (let i = 0; i < length; i++) if (from[i] !== to[length + 1 + i]) return false;
  return unlike < 2 * alike;
}

/** The time of the fastest of some copies. */
function shortestCopy(from: Uint8Array, to: Uint8Array, toOffset: number, length: number): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 6; i++) {
    const start = performance.now();
    directCopy(from, 0, to, toOffset, length);
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
}

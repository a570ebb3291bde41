/**
 * What waits to be sent to one client.
 *
 * While nothing is on its way to the client, messages are queued as they are: one and the same buffer may be in the queues of thousands
 * of clients, and when they leave together they are joined once for all clients that got the same ones. Behind a write that the client
 * has not taken yet, short messages are copied into chunks of the client's own instead: so a slow client holds what is counted for
 * it, and not the larger blocks that short messages are cut from.
 */

import type { Borrower, Loan } from "../../bytes/loan.js";
import type { ReplyChunks } from "../../protocol/reply-writer.js";

/** Shorter messages share a block with others: Node cuts buffers below half of `Buffer.poolSize` from such blocks. */
const SHARED_BLOCK = 4096;
const SMALLEST_CHUNK = 1024;
const LARGEST_CHUNK = 16384;
/** At most so much leaves with one write: what is joined, or a piece of what is longer. */
const MOST_WRITTEN = 1048576;
/** What is longer is not copied to leave together with what follows. */
const MOST_JOINED = 262144;

/** Joins messages, and remembers the last result: the next client has often got the same. */
export class MessageJoiner {
  #parts: readonly Uint8Array[] = [];
  #joined: Uint8Array = new Uint8Array(0);

  /** The bytes of the first `count` parts, `size` together. */
  join(parts: readonly Uint8Array[], count: number, size: number): Uint8Array {
    if (!this.#isLast(parts, count)) {
      this.#parts = parts.slice(0, count);
      this.#joined = Buffer.concat(this.#parts, size);
    }
    return this.#joined;
  }

  /** Lets go of the last result. */
  forget(): void {
    if (this.#parts.length === 0) return;
    this.#parts = [];
    this.#joined = new Uint8Array(0);
  }

  #isLast(parts: readonly Uint8Array[], count: number): boolean {
    const last = this.#parts;
    if (last.length !== count) return false;
    for (let i = 0; i < count; i++) if (last[i] !== parts[i]) return false;
    return true;
  }
}

/** What a piece takes besides its bytes. */
const PART_BYTES = 96;
const NO_PARTS: Uint8Array[] = [];
/** So many parts that have left are dropped from the front of the others. */
const COMPACTED = 64;

export class OutputQueue implements Borrower {
  /** The first part: most of the time there are no others, and nothing but this object is touched. */
  #first: Uint8Array | null = null;
  #others = NO_PARTS;
  /** Where in them the next one is. */
  #next = 0;
  /** The chunk being filled, behind all parts. */
  #chunk: Uint8Array | null = null;
  #chunkLength = 0;
  /** Of the parts that are lent, in order; the first may be on its way in part. */
  #loans: Loan[] = [];
  /** Lent bytes that are being sent; if they are the last of a loan, that ends when it is done. */
  #lentInFlight: Uint8Array | null = null;
  #leaving: Loan | null = null;
  /** Bytes of lent parts whose memory is still the lender's. */
  #lentBytes = 0;
  /** Bytes to be sent. */
  bytes = 0;

  /** Memory they take. */
  get memory(): number {
    const unused = this.#chunk === null ? 0 : this.#chunk.length - this.#chunkLength;
    return this.bytes - this.#lentBytes + unused + this.length * PART_BYTES;
  }

  get isEmpty(): boolean {
    return this.bytes === 0;
  }

  /** How many pieces wait. */
  get length(): number {
    return (this.#first === null ? 0 : 1) + this.#others.length - this.#next + (this.#chunk === null ? 0 : 1);
  }

  /** Adds bytes that stay as they are; with `isCopied` a copy of them is kept if they are few. */
  push(bytes: Uint8Array, isCopied: boolean): void {
    if (isCopied && bytes.length < SHARED_BLOCK) return this.append(bytes, bytes.length);
    if (this.#chunk !== null) this.#closeChunk();
    this.#add(bytes);
    this.bytes += bytes.length;
  }

  /** Adds a copy of the first `length` bytes. */
  append(from: Uint8Array, length: number): void {
    this.bytes += length;
    if (length > LARGEST_CHUNK) {
      if (this.#chunk !== null) this.#closeChunk();
      this.#add(from.slice(0, length));
      return;
    }
    if (this.#chunk === null || this.#chunkLength + length > this.#chunk.length) {
      const last = this.#chunk?.length ?? SMALLEST_CHUNK / 2;
      if (this.#chunk !== null) this.#closeChunk();
      this.#chunk = new Uint8Array(Math.max(length, Math.min(last * 2, LARGEST_CHUNK)));
    }
    this.#chunk.set(length === from.length ? from : from.subarray(0, length), this.#chunkLength);
    this.#chunkLength += length;
  }

  /** `memoryChanged` is called when lenders have had the queue take more memory. */
  constructor(private readonly memoryChanged: () => void = () => {}) {}

  /** Adds parts of a long reply, which stay as they are. Lent ones are told from the others by `loans`. */
  pushChunks({ chunks, loans }: ReplyChunks): void {
    if (this.#chunk !== null) this.#closeChunk();
    for (const chunk of chunks) {
      this.#add(chunk);
      this.bytes += chunk.length;
    }
    for (const loan of loans) {
      this.#loans.push(loan);
      if (loan.isOrphaned) continue;
      this.#lentBytes += loan.bytes.length;
      loan.borrower = this;
    }
  }

  // As a borrower

  orphaned(loan: Loan): void {
    const part = this.#partOf(loan);
    if (part === null) return;
    this.#lentBytes -= part.length;
    this.memoryChanged();
  }

  save(loan: Loan, from: number, to: number): boolean {
    if (this.#lentInFlight !== null && isWithin(this.#lentInFlight, loan, from, to)) return false;
    const part = this.#partOf(loan);
    if (part === null) return true;
    const start = Math.max(0, from - part.byteOffset);
    const end = Math.min(part.length, to - part.byteOffset);
    if (start >= end) return true;
    const lent = [part.subarray(0, start), part.subarray(end)];
    const kept = lent.map((bytes) => (bytes.length === 0 ? null : loan.part(bytes)));
    loan.end();
    this.#loans.splice(this.#loans.indexOf(loan), 1, ...kept.filter((each) => each !== null));
    this.#replace(
      part,
      [lent[0]!, part.slice(start, end), lent[1]!].filter(({ length }) => length > 0),
    );
    this.#lentBytes -= end - start;
    this.memoryChanged();
    return true;
  }

  /** The part that is what is left of a loan, null when all of it has been taken. */
  #partOf(loan: Loan): Uint8Array | null {
    if (loan === this.#leaving) return null;
    const isFirst = loan === this.#loans[0] && this.#first !== null && isOf(this.#first, loan);
    return isFirst ? this.#first : loan.bytes;
  }

  #replace(part: Uint8Array, by: readonly Uint8Array[]): void {
    const others = this.#others.slice(this.#next);
    if (part === this.#first) {
      this.#first = by[0]!;
      others.unshift(...by.slice(1));
    } else {
      others.splice(others.indexOf(part), 1, ...by);
    }
    this.#others = others.length === 0 ? NO_PARTS : others;
    this.#next = 0;
  }

  // Sending

  /** Takes out what is to be sent next, `most` bytes of it at the most; when that is done, `sent` is to be called. */
  take(joiner: MessageJoiner, most = MOST_WRITTEN): Uint8Array {
    const limit = Math.min(most, MOST_WRITTEN);
    if (this.#chunk !== null) this.#closeChunk();
    const first = this.#first!;
    if (first.length > limit) return this.#takePiece(first, limit);
    if (this.#isLent(first)) this.#takeLent(first, true);
    this.#first = null;
    if (this.#others === NO_PARTS) {
      this.bytes = 0;
      return first;
    }
    const others = this.#others;
    let size = first.length;
    let end = this.#next;
    while (end < others.length && size + others[end]!.length <= limit) {
      const next = others[end]!;
      if (next.length > MOST_JOINED || first.length > MOST_JOINED || this.#isLent(next)) break;
      size += next.length;
      end++;
    }
    const count = 1 + end - this.#next;
    const bytes = count === 1 ? first : joiner.join([first, ...others.slice(this.#next, end)], count, size);
    this.bytes -= size;
    this.#advance(end);
    return bytes;
  }

  /** What `take` returned has been sent. */
  sent(): void {
    this.#leaving?.end();
    this.#leaving = null;
    this.#lentInFlight = null;
  }

  clear(): void {
    this.#chunk = null;
    this.#chunkLength = 0;
    this.bytes = 0;
    this.#first = null;
    this.#others = NO_PARTS;
    this.#next = 0;
    this.sent();
    for (const loan of this.#loans) loan.end();
    this.#loans = [];
    this.#lentBytes = 0;
  }

  /** Takes a piece of the first part. */
  #takePiece(first: Uint8Array, length: number): Uint8Array {
    const piece = first.subarray(0, length);
    if (this.#isLent(first)) this.#takeLent(piece, false);
    this.#first = first.subarray(length);
    this.bytes -= length;
    return piece;
  }

  /** Whether the next part, of those not taken, to be lent is this. */
  #isLent(part: Uint8Array): boolean {
    return this.#loans.length > 0 && isOf(part, this.#loans[0]!);
  }

  /** Bytes of the first loan leave, with or without the last of them. */
  #takeLent(piece: Uint8Array, isLast: boolean): void {
    const loan = this.#loans[0]!;
    this.#lentInFlight = piece;
    if (!loan.isOrphaned) this.#lentBytes -= piece.length;
    if (!isLast) return;
    this.#loans.shift();
    this.#leaving = loan;
  }

  /** Makes the part at `next` of the others the first. */
  #advance(next: number): void {
    const others = this.#others;
    if (next === others.length) {
      this.#others = NO_PARTS;
      this.#next = 0;
      return;
    }
    this.#first = others[next]!;
    this.#next = next + 1;
    if (this.#next === others.length) {
      this.#others = NO_PARTS;
      this.#next = 0;
    } else if (this.#next >= COMPACTED && this.#next * 2 >= others.length) {
      this.#others = others.slice(this.#next);
      this.#next = 0;
    }
  }

  #add(part: Uint8Array): void {
    if (this.#first === null) this.#first = part;
    else if (this.#others === NO_PARTS) this.#others = [part];
    else this.#others.push(part);
  }

  #closeChunk(): void {
    this.#add(this.#chunk!.subarray(0, this.#chunkLength));
    this.#chunk = null;
    this.#chunkLength = 0;
  }
}

/** Whether a part, or what is left of it, is the lent one. */
function isOf(part: Uint8Array, loan: Loan): boolean {
  return part.buffer === loan.bytes.buffer;
}

/** Whether a piece of the memory of a loan has any of its bytes `from` to `to`. */
function isWithin(piece: Uint8Array, loan: Loan, from: number, to: number): boolean {
  return isOf(piece, loan) && from < piece.byteOffset + piece.length && to > piece.byteOffset;
}

/**
 * One command as it was received: `count` byte slices of one region, in place. The parser fills one reused Argv per
 * server; nothing is copied, so an Argv is valid only while its command runs. Whoever keeps arguments longer (MULTI,
 * blocking) calls `copy`.
 */
import { copyBytes, equalBytes, Region } from "./region.js";

const EMPTY = new Region(new Uint8Array(0));

/** What Buffer's toString("latin1") ends in; called for any Uint8Array it spares making a Buffer, which is most of the time. */
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
};

/** Characters of V8's longest string: less than an argument may have bytes. */
const LONGEST_TEXT = 0x1fffffe8;

/**
 * An argument so long that whoever stores it takes over the memory it lies in, instead of copying it. That memory is all of the command's
 * region and belongs to it: other arguments are in front of the long one or behind.
 */
export class LongArgument {
  isTaken = false;

  /**
   * It begins at `offset` in `region`, where the buffer has a place divisible by 8; the bytes of the buffer from `end` of the region on
   * are zero. `taken` is called when somebody has taken over the memory: nothing may be written there any more.
   */
  constructor(
    readonly region: Region,
    readonly offset: number,
    public end: number,
    private readonly taken: () => void,
  ) {}

  take(): void {
    this.isTaken = true;
    this.taken();
  }
}

export class Argv {
  source: Region = EMPTY;
  /** The argument whose memory may be taken over, if there is one. */
  long: LongArgument | null = null;
  /** Number of arguments, the command's name included. */
  count = 0;
  /** Where argument i starts in `source`. */
  offset = new Int32Array(16);
  /** Length of argument i in bytes. */
  length = new Int32Array(16);

  /** Makes room for `count` arguments, keeping those already there. */
  reserve(count: number): void {
    if (count <= this.offset.length) return;
    const capacity = Math.max(count, this.offset.length * 2);
    const offset = new Int32Array(capacity);
    const length = new Int32Array(capacity);
    offset.set(this.offset);
    length.set(this.length);
    this.offset = offset;
    this.length = length;
  }

  /** Bytes of all arguments together. */
  get totalLength(): number {
    let bytes = 0;
    for (let i = 0; i < this.count; i++) bytes += this.length[i]!;
    return bytes;
  }

  /** An argument up to its first zero byte, one character per byte: what Redis quotes in its errors. */
  cString(i: number): string {
    return this.latin1(i).split("\0", 1)[0]!;
  }

  /**
   * Argument i as a string of one character per byte, no longer than `limit`: for options, numbers and messages, never for data. What is too long
   * to be any of these ends where V8's strings do.
   */
  latin1(i: number, limit = LONGEST_TEXT): string {
    const offset = this.offset[i]!;
    return latin1Slice.call(this.source.u8, offset, offset + Math.min(this.length[i]!, limit));
  }

  /** Argument i decoded as UTF-8. */
  utf8(i: number): string {
    return Buffer.from(this.source.u8.buffer, this.source.u8.byteOffset + this.offset[i]!, this.length[i]!).toString(
      "utf8",
    );
  }

  /** A copy of argument i's bytes. */
  bytes(i: number): Uint8Array {
    return this.source.u8.slice(this.offset[i]!, this.offset[i]! + this.length[i]!);
  }

  /** True when argument i is `word` in any case; `word` is given in capitals. Allocates nothing. */
  is(i: number, word: string): boolean {
    const length = this.length[i]!;
    if (length !== word.length) return false;
    const u8 = this.source.u8;
    const offset = this.offset[i]!;
    for (let k = 0; k < length; k++) {
      let byte = u8[offset + k]!;
      if (byte >= 97 && byte <= 122) byte -= 32;
      if (byte !== word.charCodeAt(k)) return false;
    }
    return true;
  }

  /** True when two arguments are the same bytes. */
  areEqual(a: number, b: number): boolean {
    const length = this.length[a]!;
    return length === this.length[b]! && equalBytes(this.source, this.offset[a]!, this.source, this.offset[b]!, length);
  }

  /** The same arguments for somebody who keeps them: a copy, or what takes over the memory of a long one. */
  keep(): Argv {
    const { long } = this;
    if (long === null || long.isTaken) return this.copy();
    const kept = new Argv();
    kept.count = this.count;
    kept.offset = this.offset.slice(0, this.count);
    kept.length = this.length.slice(0, this.count);
    kept.source = this.source;
    kept.long = new LongArgument(long.region, long.offset, long.end, () => {});
    long.take();
    return kept;
  }

  /** A copy that owns its bytes, starting at argument `from`. */
  copy(from = 0): Argv {
    let size = 0;
    for (let i = from; i < this.count; i++) size += this.length[i]!;
    const copy = new Argv();
    copy.count = this.count - from;
    copy.offset = new Int32Array(copy.count);
    copy.length = new Int32Array(copy.count);
    copy.source = Region.allocate(size);
    let at = 0;
    for (let i = from; i < this.count; i++) {
      const offset = this.offset[i]!;
      const length = this.length[i]!;
      copyBytes(this.source, offset, copy.source, at, length);
      copy.offset[i - from] = at;
      copy.length[i - from] = length;
      at += length;
    }
    return copy;
  }

  /** An Argv of its own from strings (latin1) or bytes: for commands made by the server itself, and for tests. */
  static from(parts: readonly (string | Uint8Array)[]): Argv {
    const argv = new Argv();
    const chunks = parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part));
    argv.reserve(chunks.length);
    argv.count = chunks.length;
    let at = 0;
    chunks.forEach((chunk, i) => {
      argv.offset[i] = at;
      argv.length[i] = chunk.length;
      at += chunk.length;
    });
    const u8 = new Uint8Array(at);
    chunks.forEach((chunk, i) => u8.set(chunk, argv.offset[i]!));
    argv.source = new Region(u8);
    return argv;
  }
}

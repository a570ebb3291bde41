/**
 * Output of one client that waits for its turn, in pieces. Small ones that come while others wait are copied together into blocks, so
 * that a reader that does not keep up costs little more than its bytes; a piece alone is kept as it is, shared by all its receivers.
 */

const enum Size {
  /** Pieces from this size on are worth an object of their own. */
  LARGE = 1024,
  FIRST_BLOCK = 1024,
  LAST_BLOCK = 16384,
  /** At most so much is joined for one write. */
  JOINED = 1048576,
  /** What a piece takes besides its bytes. */
  PIECE = 96,
}

const NO_BLOCK = new Uint8Array(0);

export class OutputQueue {
  /** Bytes that wait. */
  bytes = 0;
  /** Memory they take. */
  memory = 0;
  #pieces: Uint8Array[] = [];
  /** Where small ones go, behind the pieces, and how much of it is used. */
  #block: Uint8Array = NO_BLOCK;
  #blockLength = 0;

  /** How many pieces wait. */
  get length(): number {
    return this.#pieces.length + (this.#blockLength > 0 ? 1 : 0);
  }

  /** Queues bytes that nobody will change. */
  push(bytes: Uint8Array): void {
    if (bytes.length < Size.LARGE && this.bytes > 0) {
      this.#append(bytes);
    } else {
      this.#closeBlock();
      this.#pieces.push(bytes);
      this.memory += bytes.length + Size.PIECE;
    }
    this.bytes += bytes.length;
  }

  /** Takes what can leave with one write; not to be called while empty. */
  take(): Uint8Array {
    this.#closeBlock();
    const pieces = this.#pieces;
    let size = 0;
    let count = 0;
    while (count < pieces.length && (count === 0 || size + pieces[count]!.length <= Size.JOINED)) {
      size += pieces[count++]!.length;
    }
    const taken = count === 1 ? pieces[0]! : Buffer.concat(pieces.slice(0, count), size);
    this.#pieces = count === pieces.length ? [] : pieces.slice(count);
    this.bytes -= size;
    this.memory = this.bytes + this.#pieces.length * Size.PIECE;
    return taken;
  }

  clear(): void {
    this.#pieces = [];
    this.#block = NO_BLOCK;
    this.#blockLength = 0;
    this.bytes = 0;
    this.memory = 0;
  }

  /** Copies bytes behind the last ones, into a new block when the present one has no room. */
  #append(bytes: Uint8Array): void {
    if (this.#blockLength + bytes.length > this.#block.length) {
      const size = Math.min(Size.LAST_BLOCK, Math.max(Size.FIRST_BLOCK, this.#block.length * 2));
      this.#closeBlock();
      this.#block = new Uint8Array(size);
      this.memory += size + Size.PIECE;
    }
    this.#block.set(bytes, this.#blockLength);
    this.#blockLength += bytes.length;
  }

  #closeBlock(): void {
    if (this.#blockLength > 0) this.#pieces.push(this.#block.subarray(0, this.#blockLength));
    this.#block = NO_BLOCK;
    this.#blockLength = 0;
  }
}

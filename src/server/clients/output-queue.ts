/**
 * What waits to be sent to one client.
 *
 * While nothing is on its way to the client, messages are queued as they are: one and the same buffer may be in the queues of thousands
 * of clients, and when they leave together they are joined once for all clients that got the same ones. Behind a write that the client
 * has not taken yet, short messages are copied into chunks of the client's own instead: so a slow client holds what is counted for
 * it, and not the larger blocks that short messages are cut from.
 */

/** Shorter messages share a block with others: Node cuts buffers below half of `Buffer.poolSize` from such blocks. */
const SHARED_BLOCK = 4096;
const SMALLEST_CHUNK = 1024;
const LARGEST_CHUNK = 16384;
/** At most so much is joined for one write. */
const JOINED_WRITE = 1048576;

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

export class OutputQueue {
  /** The first part: most of the time there are no others, and nothing but this object is touched. */
  #first: Uint8Array | null = null;
  #others = NO_PARTS;
  /** The chunk being filled, behind all parts. */
  #chunk: Uint8Array | null = null;
  #chunkLength = 0;
  /** Bytes to be sent. */
  bytes = 0;

  /** Memory they take. */
  get memory(): number {
    const unused = this.#chunk === null ? 0 : this.#chunk.length - this.#chunkLength;
    return this.bytes + unused + this.length * PART_BYTES;
  }

  get isEmpty(): boolean {
    return this.bytes === 0;
  }

  /** How many pieces wait. */
  get length(): number {
    return (this.#first === null ? 0 : 1) + this.#others.length + (this.#chunk === null ? 0 : 1);
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

  /** Takes out what is to be sent next. */
  take(joiner: MessageJoiner): Uint8Array {
    if (this.#chunk !== null) this.#closeChunk();
    const first = this.#first!;
    this.#first = null;
    if (this.#others === NO_PARTS) {
      this.bytes = 0;
      return first;
    }
    const parts = [first, ...this.#others];
    let size = first.length;
    let count = 1;
    while (count < parts.length && size + parts[count]!.length <= JOINED_WRITE) size += parts[count++]!.length;
    this.bytes -= size;
    this.#others = NO_PARTS;
    for (let i = count; i < parts.length; i++) this.#add(parts[i]!);
    return count === 1 ? first : joiner.join(parts, count, size);
  }

  clear(): void {
    this.#chunk = null;
    this.#chunkLength = 0;
    this.bytes = 0;
    this.#first = null;
    this.#others = NO_PARTS;
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

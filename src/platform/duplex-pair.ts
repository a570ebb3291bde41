/** Two streams, each delivering what is written to the other; `stream.duplexPair` of newer versions of Node. */
import { Duplex } from "node:stream";

class PairedDuplex extends Duplex {
  other!: PairedDuplex;
  #resume: (() => void) | null = null;

  override _read(): void {
    const resume = this.#resume;
    this.#resume = null;
    resume?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    // The reader is not to run, nor to throw, within what its writer does.
    process.nextTick(() => this.#deliver(chunk, done));
  }

  #deliver(chunk: Buffer, done: () => void): void {
    if (this.other.destroyed) return done();
    // Taken by the reader at once, or when it asks for more.
    if (this.other.push(chunk)) done();
    else this.other.#resume = done;
  }

  override _final(done: () => void): void {
    this.other.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const resume = this.#resume;
    this.#resume = null;
    // What the other side still wants to write is written into nothing.
    resume?.();
    if (!this.other.destroyed && !this.other.readableEnded) this.other.push(null);
    done(error);
  }
}

/** Makes the pair; like sockets, a side that was ended by the other ends itself. */
export function duplexPair(): [Duplex, Duplex] {
  const left = new PairedDuplex({ allowHalfOpen: false });
  const right = new PairedDuplex();
  left.other = right;
  right.other = left;
  return [left, right];
}

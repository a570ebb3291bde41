/**
 * Buffers that are longer than what they are made for, so that it can grow in place: what is never touched takes addresses and no memory.
 *
 * Their memory is WebAssembly's, which V8 takes from the system by itself. That of an ArrayBuffer comes from malloc, which `bin/redstart` tells
 * to ask for large pages; for the arena they are a gain, but to find 256 of them for one value of 512 MB takes the system 1.1 s where small
 * ones take 0.3 (Node 20.20, a virtual machine).
 */

/** The part of WebAssembly that is used; its types come with those of browsers only. */
interface WebAssemblyMemory {
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
}

const PAGE_BYTES = 65536;
/** 4 GB, all that WebAssembly can address. */
const MOST_PAGES = 65536;

/** A buffer of at least `reservedBytes`, or of the size it needs where the system has no room for that. Throws RangeError. */
export function reservedBuffer(sizeBytes: number, reservedBytes: number): ArrayBuffer {
  const { WebAssembly } = globalThis as { WebAssembly?: WebAssemblyMemory };
  const initial = Math.ceil(reservedBytes / PAGE_BYTES);
  try {
    const isFit = WebAssembly !== undefined && reservedBytes >= PAGE_BYTES && initial <= MOST_PAGES;
    return isFit ? new WebAssembly.Memory({ initial }).buffer : new ArrayBuffer(reservedBytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new ArrayBuffer(sizeBytes);
  }
}

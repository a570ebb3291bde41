/**
 * The garbage collector of JavaScript. What a server drops of its large buffers goes back to the system only when it runs, and it does not
 * run in a server that has nothing to do.
 */

/** Collects garbage when it is told to; does nothing where it cannot be had. */
export interface GarbageCollector {
  /** Begins a collection that goes on beside other work, and holds it up for a millisecond at most while the heap is small. */
  begin(): void;
  /** Collects all there is at once: some 6 ms, more with a large heap. */
  collect(): void;
}

/** V8 begins to collect when buffers have grown by 64 MB since it last did. This much more it takes for a reason whatever was dropped since. */
const PRESSURE_BYTES = 134_217_728;

export class NodeGarbageCollector implements GarbageCollector {
  #collect: (() => void) | null = null;

  /** A buffer nobody touches takes no memory, but counts. */
  begin(): void {
    try {
      void new ArrayBuffer(PRESSURE_BYTES);
    } catch {
      // A system without room for it has V8 collect by itself.
    }
  }

  collect(): void {
    this.#collect ??= exposedCollector();
    this.#collect?.();
  }
}

/**
 * `gc` as the option --expose-gc would make it global, from a context made with that option; null where it cannot be had, and where another
 * thread, which shares the option, has just taken it back.
 */
function exposedCollector(): (() => void) | null {
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  const { runInNewContext } = process.getBuiltinModule("node:vm");
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("typeof gc === 'function' ? gc : undefined");
  setFlagsFromString("--no-expose-gc");
  return typeof collect === "function" ? () => collect() : null;
}

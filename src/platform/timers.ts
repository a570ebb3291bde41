/**
 * Timers. None of them keeps the process alive: sockets do that, so a server that was closed leaves no handle open.
 */

/** A running timer. */
export interface Timer {
  /** Ends it; calling it again, or after the timer fired, does nothing. */
  cancel(): void;
}

/** Where a server gets its timers. */
export interface Timers {
  /** Calls `action` every `ms` milliseconds. */
  every(ms: number, action: () => void): Timer;
  /** Calls `action` once, after `ms` milliseconds. */
  after(ms: number, action: () => void): Timer;
  /** Calls `action` once pending input was handled: in the next turn of the event loop. Keeps the process alive. */
  soon(action: () => void): Timer;
}

/** Timers of the event loop. */
export class NodeTimers implements Timers {
  every(ms: number, action: () => void): Timer {
    const handle = setInterval(action, ms).unref();
    return { cancel: () => clearInterval(handle) };
  }

  after(ms: number, action: () => void): Timer {
    const handle = setTimeout(action, ms).unref();
    return { cancel: () => clearTimeout(handle) };
  }

  soon(action: () => void): Timer {
    const handle = setImmediate(action);
    return { cancel: () => clearImmediate(handle) };
  }
}

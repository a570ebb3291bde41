/**
 * How much of the shared reply region a client's replies need: what CLIENT LIST shows as `rbs` and `rbp`.
 *
 * Redis gives each client a reply buffer of its own and fits its size to the replies: it halves while the largest of late is less than
 * half of it, and doubles when one filled it. Here replies are written into one region for all, so nothing is allocated for it; the
 * measure is kept the same way, as it tells how large a client's replies are.
 */
import type { DebugSwitches } from "../../commands/debug-switches.js";

const enum Size {
  LEAST = 1024,
  MOST = 16384,
}

export class ReplyShare {
  /** `rbs`: bytes, between 1 and 16 KB. */
  size: number = Size.MOST;
  /** `rbp`: the most that was needed at once of late, at most `size`. */
  peak: number = Size.MOST;
  #peakSinceMs: number;

  constructor(nowMs: number) {
    this.#peakSinceMs = nowMs;
  }

  /** Notes replies that left, or waited, together. */
  note(bytes: number): void {
    if (bytes > this.peak) this.peak = Math.min(bytes, this.size);
  }

  /** Fits the size to the peak, and forgets the peak when it is old; called about once a second. */
  fit(nowMs: number, unsentBytes: number, debug: DebugSwitches): void {
    if (!debug.replyBufferResizing) return;
    const { size, peak } = this;
    if (size / 2 >= Size.LEAST && peak < size / 2) this.size = Math.max(Size.LEAST, peak + 1);
    else if (size * 2 < Size.MOST * 2 && peak === size) this.size = Math.min(Size.MOST, size * 2);
    if (debug.replyBufferPeakResetMs >= 0 && nowMs - this.#peakSinceMs > debug.replyBufferPeakResetMs) {
      this.peak = Math.min(unsentBytes, this.size);
      this.#peakSinceMs = nowMs;
    }
  }
}

/**
 * What holds replies back until what they tell of is safe: on disk, or at replicas.
 *
 * Whoever sees to that holds, and releases positions of the stream of effects (`commands/effects.ts`) as far as it has come. A reply or a
 * push waits for the position that the stream had when it was written: for what its own commands did, and for all that they may have seen.
 * With several holds the one that is least far counts. What is released leaves at the end of the turn.
 *
 *     stream of effects   | unit | unit | unit | unit |
 *     released                   ^ replies up to here leave, those to what is behind wait
 */
import type { Effects } from "../../commands/effects.js";

/** A client's output, some of which waits. */
export interface HeldOutput {
  /** Sends what may leave by now, and lets the client go on that has waited for it. */
  sendReleased(): void;
}

/** One who holds. */
class ReplyHold {
  readonly #changed: (hold: ReplyHold) => void;
  #position: number;

  /** `changed` is called with each position released. */
  constructor(position: number, changed: (hold: ReplyHold) => void) {
    this.#position = position;
    this.#changed = changed;
  }

  /** Up to where replies need not wait any more, for this one. */
  get position(): number {
    return this.#position;
  }

  /** Has come as far as `position`. May be called at any time, also while commands run. */
  release(position: number): void {
    if (position <= this.#position) return;
    this.#position = position;
    this.#changed(this);
  }

  /** Holds no longer. */
  end(): void {
    this.release(Number.POSITIVE_INFINITY);
  }
}

export class ReplyHolds {
  /** The position up to which nothing waits; infinite while nobody holds. */
  released = Number.POSITIVE_INFINITY;
  readonly #effects: Effects;
  readonly #endTurnSoon: () => void;
  readonly #holds = new Set<ReplyHold>();
  readonly #waiting = new Set<HeldOutput>();

  /** `endTurnSoon` has `send` called at the end of the turn. */
  constructor(effects: Effects, endTurnSoon: () => void) {
    this.#effects = effects;
    this.#endTurnSoon = endTurnSoon;
  }

  /** What is written now is about what was done up to here. */
  get position(): number {
    return this.#effects.position;
  }

  /** What is written now has to wait. */
  get mustWait(): boolean {
    return this.#effects.position > this.released;
  }

  /** Clients some of whose output waits. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** Holds from here on: replies to what was done before do not wait. */
  begin(): ReplyHold {
    const hold = new ReplyHold(this.#effects.position, (changed) => this.#update(changed));
    this.#holds.add(hold);
    this.released = Math.min(this.released, hold.position);
    return hold;
  }

  #update(changed: ReplyHold): void {
    if (changed.position === Number.POSITIVE_INFINITY) this.#holds.delete(changed);
    const before = this.released;
    this.released = Number.POSITIVE_INFINITY;
    for (const { position } of this.#holds) if (position < this.released) this.released = position;
    if (this.released > before && this.#waiting.size > 0) this.#endTurnSoon();
  }

  // For those who wait

  add(output: HeldOutput): void {
    this.#waiting.add(output);
  }

  remove(output: HeldOutput): void {
    this.#waiting.delete(output);
  }

  /** Sends what has been released. */
  send(): void {
    // What is sent lets clients go on, whose next replies may wait again: those come to the end of the set, and stay.
    for (const output of this.#waiting) output.sendReleased();
  }
}

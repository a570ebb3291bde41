/** CLIENT PAUSE: a gate that holds back commands, of all kinds or only those that write, until a time. */
import type { Argv } from "../../bytes/argv.js";
import type { Client } from "../../commands/client.js";
import type { CommandEntry } from "../../commands/command-entry.js";
import { CommandBit } from "../../commands/flag-bits.js";
import { declaredFlags, type Gate, GateBit, type GateSwitches, HELD, type Verdict } from "../../commands/gate.js";
import type { Clock } from "../../platform/clock.js";
import type { Timer, Timers } from "../../platform/timers.js";

interface PauseParts {
  readonly gates: GateSwitches;
  readonly clock: Clock;
  readonly timers: Timers;
  /** A pause has begun, or ended. */
  changed(isActive: boolean): void;
}

export class Pause implements Gate {
  readonly bit = GateBit.PAUSE;
  readonly #parts: PauseParts;
  /** Milliseconds since 1970 at which the pause ends; 0 when there is none. */
  #untilMs = 0;
  #mode: "all" | "write" = "write";
  #timer: Timer | null = null;

  constructor(parts: PauseParts) {
    this.#parts = parts;
  }

  get isActive(): boolean {
    return this.#untilMs > 0;
  }

  /** Starts a pause, or extends the present one; the stronger mode and the later end win. */
  begin(untilMs: number, mode: "all" | "write"): void {
    if (this.#untilMs === 0 || mode === "all") this.#mode = mode;
    this.#untilMs = Math.max(this.#untilMs, untilMs);
    const { changed, clock, gates, timers } = this.#parts;
    this.#timer?.cancel();
    this.#timer = timers.after(Math.max(0, this.#untilMs - clock.nowMs()), () => this.end());
    changed(true);
    gates.close(this.bit);
  }

  /** Ends the pause. */
  end(): void {
    if (this.#untilMs === 0) return;
    this.#untilMs = 0;
    this.#timer?.cancel();
    this.#parts.changed(false);
    this.#parts.gates.open(this.bit);
  }

  /** Ends the timer, for good. */
  stop(): void {
    this.#timer?.cancel();
  }

  concerns(): boolean {
    return true;
  }

  check(client: Client, entry: CommandEntry, _argv: Argv): Verdict {
    const mayWrite = CommandBit.WRITE | CommandBit.MAY_REPLICATE;
    return this.#mode === "all" || (declaredFlags(client, entry) & mayWrite) !== 0 ? HELD : null;
  }
}

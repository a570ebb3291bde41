/** CLIENT PAUSE: holds back commands, of all kinds or only those that write, until a time. */
import type { Argv } from "../../bytes/argv.js";
import type { CommandEntry } from "../../commands/command-entry.js";
import { CommandBit } from "../../commands/flag-bits.js";
import type { ServerClient } from "./server-client.js";

export class Pause {
  #untilMs = 0;
  #mode: "all" | "write" = "write";
  readonly #held = new Set<ServerClient>();

  constructor(private readonly changed: (untilMs: number) => void) {}

  get isActive(): boolean {
    return this.#untilMs > 0;
  }

  /** Milliseconds since 1970 at which the pause ends; 0 when there is none. */
  get untilMs(): number {
    return this.#untilMs;
  }

  get mode(): "all" | "write" {
    return this.#mode;
  }

  get heldCount(): number {
    return this.#held.size;
  }

  /** Starts a pause, or extends the present one; the stronger mode and the later end win. */
  begin(untilMs: number, mode: "all" | "write"): void {
    if (this.#untilMs === 0 || mode === "all") this.#mode = mode;
    this.#untilMs = Math.max(this.#untilMs, untilMs);
    this.changed(this.#untilMs);
  }

  /** Ends the pause and lets the held clients go on, in the order they came. */
  end(): void {
    if (this.#untilMs === 0) return;
    this.#untilMs = 0;
    this.changed(0);
    const held = [...this.#held];
    this.#held.clear();
    for (const connection of held) {
      connection.blocked = null;
      connection.unsuspend();
    }
  }

  /** True when the command has to wait. */
  holds(client: ServerClient, entry: CommandEntry, _argv: Argv): boolean {
    if (this.#mode === "all") return true;
    const mayWrite = CommandBit.WRITE | CommandBit.MAY_REPLICATE;
    if ((entry.flagBits & mayWrite) !== 0) return true;
    return (
      entry.name === "exec" &&
      (client.transaction?.queue.some(({ command }) => (command.flagBits & mayWrite) !== 0) ?? false)
    );
  }

  add(connection: ServerClient): void {
    this.#held.add(connection);
    connection.blocked = { kind: "pause", argvBytes: 0, unblock() {}, abandon() {} };
  }

  forget(connection: ServerClient): void {
    this.#held.delete(connection);
  }
}

/**
 * The gates of one server and who is held at them.
 *
 * `client-throttle` holds a client's input rather than a command, before it is taken apart, so it is none of these.
 */
import type { Argv } from "../../bytes/argv.js";
import type { Client } from "../../commands/client.js";
import type { CommandEntry } from "../../commands/command-entry.js";
import type { CommandTable } from "../../commands/command-table.js";
import { type Gate, type GateBit, type GateSwitches, HELD, type Verdict } from "../../commands/gate.js";

/** What a client must be able to do that is held. */
interface HeldClient extends Pick<Client, "blocked" | "commandCount" | "wasHeld"> {
  /** Suspends it: the command that was just taken in will be read again. */
  postpone(): void;
  unsuspend(): void;
}

/** A gate in its place, with those it holds in the order they came. */
interface Place {
  readonly gate: Gate;
  readonly held: Set<HeldClient>;
}

export class Gates implements GateSwitches {
  /** The gates that are closed for all. */
  closed = 0;
  /** By the number of their bit. */
  readonly #places: (Place | undefined)[] = [];
  readonly #commands: CommandTable;
  readonly #opened: () => void;
  /** The gate that has said HELD last. */
  #holding: Place | null = null;

  /** `opened` hears when those may try again that were held; not all of them are held here. */
  constructor(commands: CommandTable, opened: () => void) {
    this.#commands = commands;
    this.#opened = opened;
  }

  add(gate: Gate): void {
    const place = placeOf(gate.bit);
    if (this.#places[place] !== undefined) throw new Error(`gate ${place} is taken`);
    this.#places[place] = { gate, held: new Set() };
    for (const entry of this.#commands.declaredEntries()) if (gate.concerns(entry)) entry.gates |= gate.bit;
  }

  close(bit: GateBit): void {
    this.closed |= bit;
  }

  open(bit: GateBit): void {
    this.closed &= ~bit;
    this.retry(bit);
  }

  set(bit: GateBit, isClosed: boolean): void {
    if (isClosed) this.close(bit);
    else this.open(bit);
  }

  retry(bit: GateBit): void {
    const { held } = this.#places[placeOf(bit)]!;
    const clients = [...held];
    held.clear();
    for (const client of clients) {
      client.blocked = null;
      client.unsuspend();
    }
    this.#opened();
  }

  /** What the closed gates say of a command: the first that does not let it pass. */
  verdict(client: Client, entry: CommandEntry, argv: Argv): Verdict {
    const { transaction } = client;
    const concerned = transaction !== null && entry.name === "exec" ? entry.gates | transaction.gates : entry.gates;
    for (let bits = concerned & (this.closed | client.gates | client.aclUser.gates); bits !== 0; bits &= bits - 1) {
      const place = this.#places[placeOf(bits & -bits)]!;
      const verdict = place.gate.check(client, entry, argv);
      if (verdict === null) continue;
      if (verdict === HELD) this.#holding = place;
      return verdict;
    }
    return null;
  }

  /** Lets a client wait whose command has just been held. */
  hold(client: HeldClient): void {
    client.postpone();
    // It counts when it comes again.
    client.commandCount--;
    client.wasHeld = true;
    client.blocked = { kind: "gate", argvBytes: 0, unblock() {}, abandon() {} };
    this.#holding!.held.add(client);
  }

  /** A client has closed. */
  forget(client: HeldClient): void {
    for (const place of this.#places) place?.held.delete(client);
  }
}

/** The number of a bit. */
function placeOf(bit: number): number {
  return 31 - Math.clz32(bit);
}

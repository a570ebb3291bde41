/**
 * CLIENT TRACKING BCAST: who wants to hear of all keys that begin with a prefix, and which of those have changed in this turn of the
 * event loop. Nothing is kept about keys that clients have read.
 *
 * Names and prefixes are strings of one character per byte. Cost of a change: one look-up for each different length of a prefix.
 */
import type { Client } from "../../commands/client.js";

/** Somebody's prefix. */
interface Prefix {
  readonly clients: Set<Client>;
  /** Changed keys and who changed them last; null when nobody did, as when a key expires. */
  keys: Map<string, Client | null>;
}

/** What a subscription to a prefix takes besides its text, as one to a channel. */
const PREFIX_BYTES = 400;

export class Broadcasts {
  readonly #prefixes = new Map<string, Prefix>();
  /** Different lengths of prefixes, with the number of prefixes of each. */
  readonly #lengths = new Map<number, number>();
  /** Names of the prefixes under which keys have changed since `deliver`. */
  readonly #changed = new Set<string>();

  /** Whether any key has changed since `deliver`. */
  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  get prefixCount(): number {
    return this.#prefixes.size;
  }

  /** Adds a client that does not have this prefix yet. */
  add(client: Client, name: string): void {
    let prefix = this.#prefixes.get(name);
    if (prefix === undefined) {
      prefix = { clients: new Set(), keys: new Map() };
      this.#prefixes.set(name, prefix);
      this.#lengths.set(name.length, (this.#lengths.get(name.length) ?? 0) + 1);
    }
    prefix.clients.add(client);
    client.hold(PREFIX_BYTES + name.length);
  }

  remove(client: Client, name: string): void {
    const prefix = this.#prefixes.get(name);
    if (prefix === undefined || !prefix.clients.delete(client)) return;
    client.hold(-PREFIX_BYTES - name.length);
    if (prefix.clients.size > 0) return;
    this.#prefixes.delete(name);
    const others = this.#lengths.get(name.length)! - 1;
    if (others === 0) this.#lengths.delete(name.length);
    else this.#lengths.set(name.length, others);
  }

  /** A key has changed. */
  touched(key: string, by: Client | null): void {
    for (const length of this.#lengths.keys()) {
      if (length > key.length) continue;
      const name = key.slice(0, length);
      const prefix = this.#prefixes.get(name);
      if (prefix === undefined) continue;
      prefix.keys.set(key, by);
      this.#changed.add(name);
    }
  }

  /**
   * Hands out what has changed, prefix by prefix in the order of their bytes, keys too: `send` gets the keys for all clients of
   * the prefix, and for a client with NOLOOP those that it has not changed itself.
   */
  deliver(send: (clients: Iterable<Client>, keys: readonly string[]) => void): void {
    const names = [...this.#changed].sort();
    this.#changed.clear();
    for (const name of names) {
      const prefix = this.#prefixes.get(name);
      // It may have gone, and come again.
      if (prefix === undefined || prefix.keys.size === 0) continue;
      const changes = prefix.keys;
      prefix.keys = new Map();
      const keys = [...changes.keys()].sort();
      const all: Client[] = [];
      const choosy: Client[] = [];
      for (const client of prefix.clients) (client.tracking?.noLoop === true ? choosy : all).push(client);
      if (all.length > 0) send(all, keys);
      for (const client of choosy) {
        const others = keys.filter((key) => changes.get(key) !== client);
        if (others.length > 0) send([client], others);
      }
    }
  }
}

/** The patterns of a selector: an array to be gone through by checks, and beyond a few an index by their texts, so that adding is not a search. */
import type { Pattern } from "./pattern.js";

/** So many are searched one by one. */
const FEW = 16;

/** Patterns in the order they were added, one of each text. */
export class PatternList<P extends Pattern> {
  readonly items: P[];
  /** Where a text is among the items; null while they are few. */
  #places: Map<string, number> | null = null;

  constructor(items: Iterable<P> = []) {
    this.items = [...items];
  }

  find(text: string): P | null {
    const at = this.#placeOf(text);
    return at < 0 ? null : this.items[at]!;
  }

  /** Adds a pattern at the end, or in the place of the one with its text. */
  put(pattern: P): void {
    const at = this.#placeOf(pattern.text);
    if (at >= 0) {
      this.items[at] = pattern;
      return;
    }
    this.#places?.set(pattern.text, this.items.length);
    this.items.push(pattern);
  }

  copy(): PatternList<P> {
    return new PatternList(this.items);
  }

  #placeOf(text: string): number {
    if (this.items.length <= FEW) return this.items.findIndex((pattern) => pattern.text === text);
    this.#places ??= new Map(this.items.map((pattern, i) => [pattern.text, i]));
    return this.#places.get(text) ?? -1;
  }
}

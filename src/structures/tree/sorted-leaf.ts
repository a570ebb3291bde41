/** Moving the packed items of sorted-index leaves; `base` is the word of a leaf's first item. */
import { copyWords, moveWords } from "../../bytes/words.js";
import { Item } from "./element-order.js";

/** Makes room for an item at `at` of a leaf with `items` items; returns its word. */
export function openItem(u32: Uint32Array, base: number, at: number, items: number): number {
  const start = base + at * Item.WORDS;
  moveWords(u32, start, start + Item.WORDS, (items - at) * Item.WORDS);
  return start;
}

/** Takes `count` items at `at` out of a leaf with `items` items. */
export function closeItems(u32: Uint32Array, base: number, at: number, count: number, items: number): void {
  const start = base + at * Item.WORDS;
  moveWords(u32, start + count * Item.WORDS, start, (items - at - count) * Item.WORDS);
}

/** Copies items from one leaf to another, each given by the word to start at. */
export function copyItems(from: Uint32Array, fromWord: number, to: Uint32Array, toWord: number, count: number): void {
  copyWords(from, fromWord, to, toWord, count * Item.WORDS);
}

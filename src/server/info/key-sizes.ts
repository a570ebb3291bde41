import type { InfoField } from "../../commands/subsystem.js";
import { ValueType } from "../../structures/entry/entry.js";
import type { InfoSources } from "./sources.js";

/** In Redis' order. */
const LINES: readonly (readonly [type: ValueType, name: string])[] = [
  [ValueType.STRING, "distrib_strings_sizes"],
  [ValueType.LIST, "distrib_lists_items"],
  [ValueType.SET, "distrib_sets_items"],
  [ValueType.ZSET, "distrib_zsets_items"],
  [ValueType.HASH, "distrib_hashes_items"],
];

const UNITS = ["", "K", "M", "G"];

/** # Keysizes: how many keys of each type have which size, as Redis 8.0 tells it. */
export function keySizesSection({ keySizes }: InfoSources): InfoField[] {
  const fields: InfoField[] = [];
  for (const [index, bins] of keySizes.report()) {
    for (const [type, name] of LINES) {
      const counts: string[] = [];
      bins[type]!.forEach((count, bin) => {
        if (count > 0) counts.push(`${binLabel(bin)}=${count}`);
      });
      if (counts.length > 0) fields.push([`db${index}_${name}`, counts.join(",")]);
    }
  }
  return fields;
}

/** The least size of a bin as Redis writes it: 0, 1, 2, … 512, 1K, 2K … */
export function binLabel(bin: number): string {
  if (bin === 0) return "0";
  const power = bin - 1;
  return `${2 ** (power % 10)}${UNITS[Math.floor(power / 10)]}`;
}

/** Where mutants are: in which source, at which line, and what the line says then. */
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { builtFile, projectDirectory } from "../source-files.js";
import { type Mutant, mutantsOf } from "./mutate.js";

export interface Place {
  readonly source: string;
  readonly mutant: Mutant;
  /** In the source. */
  readonly line: number;
  /** The line of the built file, and with the mutant; of a change of several lines the first that differs. */
  readonly before: string;
  readonly after: string;
}

/** The folder of `src/` that a source lies in. */
export function folderOf(source: string): string {
  return source.split("/")[1] ?? "";
}

/** Tells a place apart from others, also after lines above it have changed. */
export function keyOf({ source, before, after }: Place): string {
  return `${source}\n${before}\n${after}`;
}

export function placesOf(source: string): Place[] {
  const path = join(projectDirectory, builtFile(source));
  const text = readFileSync(path, "utf8");
  const map = new SourceMap(JSON.parse(readFileSync(`${path}.map`, "utf8")));
  const lines = text.split("\n");
  return mutantsOf(text).map((mutant) => {
    const index = text.slice(0, mutant.start).split("\n").length - 1;
    const changed = (text.slice(0, mutant.start) + mutant.text + text.slice(mutant.end)).split("\n");
    const entry = map.findEntry(index, mutant.start - text.lastIndexOf("\n", mutant.start - 1) - 1);
    const line = "originalLine" in entry ? entry.originalLine + 1 : 0;
    let at = index;
    while (at < lines.length - 1 && lines[at] === changed[at]) at++;
    return { source, mutant, line, before: lines[at]!.trim(), after: changed[at]!.trim() };
  });
}

/**
 * `count` of these places, no two of one line and as many of each kind, for half of all mutants change a number or a condition. The
 * same seed chooses the same ones, as long as the files are the same.
 */
export function sample(places: readonly Place[], count: number, seed: number): Place[] {
  const left = shuffled(places, seed);
  const chosen: Place[] = [];
  const lines = new Set<string>();
  const lineOf = ({ source, line }: Place) => `${source}:${line}`;
  const kinds = [...new Set(places.map(({ mutant }) => mutant.kind))].sort();
  for (let turn = 0; chosen.length < count && kinds.length > 0; turn++) {
    const at = turn % kinds.length;
    const found = left.findIndex((place) => place.mutant.kind === kinds[at] && !lines.has(lineOf(place)));
    if (found < 0) {
      kinds.splice(at, 1);
      continue;
    }
    lines.add(lineOf(left[found]!));
    chosen.push(...left.splice(found, 1));
  }
  return chosen;
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const out = [...items];
  let state = (seed ^ 0x9e3779b9) >>> 0;
  for (let i = out.length - 1; i > 0; i--) {
    // xorshift, George Marsaglia 2003
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    const other = state % (i + 1);
    [out[i], out[other]] = [out[other]!, out[i]!];
  }
  return out;
}

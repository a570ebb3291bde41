/** What of each built file a test runs, from the reports that V8 writes. Kept as sorted [start, end) pairs of character offsets. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Ranges of each file that ran, by the file's address. */
export type Reached = Record<string, number[]>;

interface FunctionCoverage {
  readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
}

/** Adds up the reports of all the processes that wrote to `directory`. `prefix` begins the addresses of the files that matter. */
export function reachedBy(directory: string, prefix: string): Reached {
  const reached: Reached = {};
  for (const name of readdirSync(directory)) {
    const report = JSON.parse(readFileSync(join(directory, name), "utf8"));
    for (const { url, functions } of report.result as { url: string; functions: readonly FunctionCoverage[] }[]) {
      if (!url.startsWith(prefix)) continue;
      const file = url.slice(prefix.length);
      reached[file] = union(reached[file] ?? [], rangesThatRan(functions));
    }
  }
  return reached;
}

export function isReached(ranges: readonly number[] | undefined, offset: number): boolean {
  if (ranges === undefined) return false;
  for (let i = 0; i < ranges.length; i += 2) if (offset >= ranges[i]! && offset < ranges[i + 1]!) return true;
  return false;
}

/** Ranges nest, functions in functions and blocks in those; the innermost one says how often its text ran. */
export function rangesThatRan(functions: readonly FunctionCoverage[]): number[] {
  const ranges = functions
    .flatMap((each) => each.ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const ran: number[] = [];
  const open: (typeof ranges)[number][] = [];
  let at = 0;
  const goTo = (offset: number) => {
    if (offset > at && (open.at(-1)?.count ?? 0) > 0) ran.push(at, offset);
    at = Math.max(at, offset);
  };
  const closeUntil = (offset: number) => {
    while (open.length > 0 && open.at(-1)!.endOffset <= offset) {
      goTo(open.at(-1)!.endOffset);
      open.pop();
    }
  };
  for (const range of ranges) {
    closeUntil(range.startOffset);
    goTo(range.startOffset);
    open.push(range);
  }
  closeUntil(Number.POSITIVE_INFINITY);
  return joined(ran);
}

export function union(a: readonly number[], b: readonly number[]): number[] {
  const pairs: [number, number][] = [];
  for (const list of [a, b]) for (let i = 0; i < list.length; i += 2) pairs.push([list[i]!, list[i + 1]!]);
  return joined(pairs.sort((x, y) => x[0] - y[0]).flat());
}

/** Joins the ranges of a sorted list that touch. */
function joined(list: readonly number[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < list.length; i += 2) {
    const [start, end] = [list[i]!, list[i + 1]!];
    if (out.length > 0 && start <= out.at(-1)!) out[out.length - 1] = Math.max(out.at(-1)!, end);
    else out.push(start, end);
  }
  return out;
}

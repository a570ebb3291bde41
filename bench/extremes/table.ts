/** Judges the results of `npm run extremes` and prints them as Markdown. */
import type { Figures, Result } from "./case.js";

/** What is still as it should be, beside redis-server. */
const TIMES = 2;
/** Below it a ratio says nothing. */
const LEAST_MS = 20;
const WAIT_MS = 20;
const MEMORY_TIMES = 1.3;
/** What code, garbage and the socket's buffers take with any command. */
const MEMORY_BYTES = 24 << 20;
/** What nothing should take that redis-server does not know. */
const ALONE_MS = 1000;
const ALONE_WAIT_MS = 50;
/** Of the greater number of arguments to the smaller, over the ratio of the two: 1 is linear. */
const GROWTH_TIMES = 3;
const LEAST_GROWN_MS = 50;

export type Mark = "time" | "wait" | "memory" | "growth";

/** What is wrong with a result. Without redis-server beside it, against nothing. */
export function marksOf({ reference, candidate }: Result): Mark[] {
  const marks: Mark[] = [];
  if (isSlower(candidate, reference)) marks.push("time");
  if (candidate.waitMs > (reference === null ? ALONE_WAIT_MS : reference.waitMs + WAIT_MS)) marks.push("wait");
  if (candidate.peakBytes > MEMORY_TIMES * Math.max(0, candidate.usedBytes) + MEMORY_BYTES) marks.push("memory");
  return marks;
}

/** Whether the time of a case grows faster than its arguments, from its first variant to its last, and not so in redis-server. */
export function growsFaster(results: readonly Result[], times: number): boolean {
  const growth = (of: (result: Result) => Figures | null): number => {
    const [first, last] = [of(results[0]!), of(results.at(-1)!)];
    if (first === null || last === null || last.ms < LEAST_GROWN_MS) return 0;
    const ratio = last.ms / first.ms;
    return (Number.isNaN(last.cpuMs) ? ratio : Math.min(ratio, last.cpuMs / first.cpuMs)) / times;
  };
  const own = growth(({ candidate }) => candidate);
  return own > GROWTH_TIMES && own > TIMES * growth(({ reference }) => reference);
}

/** The better of two measurements of the same: what disturbed one is not in both. */
export function leastOf(a: Figures, b: Figures): Figures {
  const { min } = Math;
  return {
    ms: min(a.ms, b.ms),
    cpuMs: min(a.cpuMs, b.cpuMs),
    waitMs: min(a.waitMs, b.waitMs),
    peakBytes: min(a.peakBytes, b.peakBytes),
    usedBytes: Math.max(a.usedBytes, b.usedBytes),
    error: b.error,
  };
}

const heading = [
  "| | | Time (processor), ms | | | Longest wait, ms | | Memory, MB: peak / used_memory | | |",
  "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
  "| | | Redis | Redstart | times | Redis | Redstart | Redis | Redstart | |",
];

export function formatTable(rows: readonly { result: Result; marks: readonly Mark[] }[]): string {
  return [...heading, ...rows.map(({ result, marks }) => formatRow(result, marks))].join("\n");
}

export function formatRow({ case: { name }, variant, reference, candidate }: Result, marks: readonly Mark[]): string {
  const cells = [
    name.replaceAll("|", "\\|"),
    variant.label,
    reference === null ? "" : both(reference),
    both(candidate),
    reference === null ? "" : times(candidate.ms / reference.ms),
    reference === null ? "" : time(reference.waitMs),
    time(candidate.waitMs),
    reference === null ? "" : memory(reference),
    memory(candidate),
    [...marks.map((mark) => `**${mark}**`), errors(reference, candidate)].filter((text) => text !== "").join(", "),
  ];
  return `| ${cells.join(" | ")} |`;
}

function errors(reference: Figures | null, candidate: Figures): string {
  const short = (text: string): string => (text === "" ? "a reply" : text.slice(0, 40).replaceAll("|", "\\|"));
  if (reference === null || reference.error === candidate.error)
    return candidate.error === "" ? "" : short(candidate.error);
  return `Redis: ${short(reference.error)}; Redstart: ${short(candidate.error)}`;
}

/** In time, and where it is known in processor time as well, which other processes do not add to. */
function isSlower(candidate: Figures, reference: Figures | null): boolean {
  if (reference === null) return candidate.ms > ALONE_MS;
  const exceeds = (own: number, other: number): boolean => own > other * TIMES && own > other + LEAST_MS;
  const knowsCpu = !Number.isNaN(candidate.cpuMs) && !Number.isNaN(reference.cpuMs);
  return exceeds(candidate.ms, reference.ms) && (!knowsCpu || exceeds(candidate.cpuMs, reference.cpuMs));
}

function time(ms: number): string {
  if (Number.isNaN(ms)) return "?";
  if (ms === Number.POSITIVE_INFINITY) return "too long";
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}

const both = ({ ms, cpuMs }: Figures): string => (Number.isNaN(cpuMs) ? time(ms) : `${time(ms)} (${time(cpuMs)})`);
const times = (ratio: number): string => (Number.isFinite(ratio) ? ratio.toFixed(2) : "?");
const megabytes = (bytes: number): string =>
  Number.isNaN(bytes) ? "?" : String(Math.max(0, Math.round(bytes / 2 ** 20)));
const memory = ({ peakBytes, usedBytes }: Figures): string => `${megabytes(peakBytes)} / ${megabytes(usedBytes)}`;

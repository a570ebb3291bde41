/** Turns the samples of a race into Markdown. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { projectDirectory } from "../tools/source-files.js";

/** One measurement of one workload. */
export interface Sample {
  /** Requests per second. */
  readonly rate: number;
  /** The server's CPU time for one request in µs, where it is known. */
  readonly cpuUs: number | null;
}

/** A server and what was measured of it. Workloads are named "command:pipeline". */
export interface Contender {
  readonly program: string;
  readonly samples: Map<string, Sample[]>;
  readonly startMs: number[];
  readonly residentMb: number[];
}

interface Conditions {
  readonly keys: number;
  readonly bytes: number;
  readonly slices: number;
  readonly pinned: boolean;
}

/** The middle of some numbers; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Two tables and the conditions under which they were measured. */
export function formatReport(reference: Contender, candidate: Contender, measured: Conditions): string {
  const names = `${reference.program} | ${candidate.program}`;
  const lines = [
    `${conditions(reference.program, candidate.program)} redis-benchmark with 50 connections, ${measured.keys.toLocaleString("en")} random ` +
      `keys, values of ${measured.bytes} bytes${measured.pinned ? ", server and load on a core each" : ""}; medians of ` +
      `${measured.slices} short slices that alternate between the two, "times" of the ratios.`,
    "",
    `| Command | Pipeline | ${names} | Times | ${reference.program} CPU | ${candidate.program} CPU | Times |`,
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
  ];
  for (const workload of reference.samples.keys()) lines.push(formatRow(workload, reference, candidate));
  const start = [median(reference.startMs), median(candidate.startMs)] as const;
  const memory = [median(reference.residentMb), median(candidate.residentMb)] as const;
  lines.push(
    "",
    `| | ${names} |`,
    "| --- | ---: | ---: |",
    `| Memory with the keys loaded (RSS) | ${unit(memory[0], "MB")} | ${unit(memory[1], "MB")} |`,
    `| From start to ready | ${unit(start[0], "ms")} | ${unit(start[1], "ms")} |`,
  );
  return `${lines.join("\n")}\n`;
}

/** The row of one workload. Sample i of both was measured one after the other, so their ratios are what compares. */
export function formatRow(workload: string, reference: Contender, candidate: Contender): string {
  const [command, pipeline] = workload.split(":") as [string, string];
  const samples = reference.samples.get(workload) ?? [];
  const others = candidate.samples.get(workload) ?? [];
  const pairs = samples.slice(0, others.length).map((sample, i) => [sample, others[i]!] as const);
  const faster = median(pairs.map(([a, b]) => b.rate / a.rate));
  const cheaper = median(pairs.flatMap(([a, b]) => (a.cpuUs === null || b.cpuUs === null ? [] : [b.cpuUs / a.cpuUs])));
  const rate = (of: readonly Sample[]): string => perSecond(median(of.map(({ rate }) => rate)));
  return (
    `| ${command.toUpperCase()} | ${pipeline} | ${rate(samples)} | ${rate(others)} | ${ratio(faster)} | ` +
    `${microseconds(cpu(samples))} | ${microseconds(cpu(others))} | ${ratio(cheaper)} |`
  );
}

/** Where, when and of which programs something was measured: two sentences. */
export function conditions(reference = "redis-server", candidate = "redstart"): string {
  return (
    `Measured on ${new Date().toISOString().slice(0, 10)}, ${machine()}. ` +
    `${version(reference)} and ${version(candidate)}.`
  );
}

/** `text` with what stands between `<!-- name -->` and `<!-- /name -->` replaced by `content`; unchanged without them. */
export function withBlock(text: string, name: string, content: string): string {
  const open = `<!-- ${name} -->`;
  const start = text.indexOf(open);
  const end = text.indexOf(`<!-- /${name} -->`, start);
  if (start < 0 || end < 0) return text;
  return `${text.slice(0, start + open.length)}\n${content}${text.slice(end)}`;
}

function cpu(samples: readonly Sample[]): number {
  return median(samples.flatMap(({ cpuUs }) => (cpuUs === null ? [] : [cpuUs])));
}

const perSecond = (rate: number): string => (Number.isNaN(rate) ? "?" : `${Math.round(rate / 1000)} K/s`);
const microseconds = (us: number): string => (Number.isNaN(us) ? "?" : `${us.toFixed(2)} µs`);
const ratio = (value: number): string => (Number.isNaN(value) ? "?" : value.toFixed(2));
const unit = (value: number, name: string): string => (Number.isNaN(value) ? "?" : `${Math.round(value)} ${name}`);

function machine(): string {
  const all = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${all.length} × ${all[0]?.model.trim() ?? "unknown CPU"}, ${memory} GB, ${process.platform} ${process.arch}`;
}

function version(program: string): string {
  if (program === "redis-server") {
    const text = execFileSync("redis-server", ["--version"], { encoding: "utf8" });
    return `Redis ${/v=(\S+)/.exec(text)?.[1] ?? "?"}`;
  }
  const { version: own } = JSON.parse(readFileSync(join(projectDirectory, "package.json"), "utf8")) as {
    version: string;
  };
  return `Redstart ${own} on Node ${process.versions.node}`;
}

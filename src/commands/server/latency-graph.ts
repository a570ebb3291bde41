import type { LatencySample, LatencySeries } from "../observation-context.js";
import { defineCommand, string } from "../spec.js";

const COLUMNS = 80;
const ROWS = 4;
/** What a row shows of a sample that ends in it: its lower, middle and upper third. */
const LEVELS = "_o#";

/** LATENCY GRAPH: the spikes of an event as bars, with how long ago they were. */
export const latencyGraph = defineCommand(
  {
    name: "GRAPH",
    group: "server",
    since: "2.8.13",
    summary: "Returns a latency graph for an event.",
    complexity: "O(1)",
    flags: ["admin", "noscript", "loading", "stale"],
    tips: ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
    args: [string("event")],
  },
  ({ latency, nowMs, reply }, argv) => {
    const series = latency.series(argv.latin1(2));
    if (series === null) return reply.error(`ERR No samples available for event '${argv.cString(2)}'`);
    reply.verbatim("txt", drawSeries(series, Math.floor(nowMs / 1000)));
  },
);

/** The graph: a heading, then blocks of up to 80 samples, each four rows of bars above labels that read downwards. */
export function drawSeries({ event, samples, maxMs }: LatencySeries, nowSeconds: number): string {
  const times = samples.map(({ ms }) => ms);
  const high = Math.max(...times);
  const low = Math.min(...times);
  const blocks: string[] = [];
  for (let i = 0; i < samples.length; i += COLUMNS) {
    blocks.push(drawBlock(samples.slice(i, i + COLUMNS), low, high, nowSeconds));
  }
  const heading = `${event} - high ${high} ms, low ${low} ms (all time high ${maxMs} ms)`;
  return `${heading}\n${"-".repeat(COLUMNS)}\n${blocks.join("\n")}`;
}

function drawBlock(samples: readonly LatencySample[], low: number, high: number, nowSeconds: number): string {
  const steps = LEVELS.length * ROWS;
  const range = high === low ? 1 : high - low;
  const heights = samples.map(({ ms }) => Math.min(Math.floor(((ms - low) * steps) / range), steps - 1));
  const labels = samples.map(({ timeSeconds }) => elapsedText(nowSeconds - timeSeconds));
  const lines: string[] = [];
  for (let row = 0; row < ROWS; row++) {
    const below = (ROWS - row - 1) * LEVELS.length;
    lines.push(heights.map((height) => bar(height - below)).join(""));
  }
  lines.push(" ".repeat(samples.length));
  const longest = Math.max(...labels.map((label) => label.length));
  for (let i = 0; i < longest; i++) lines.push(labels.map((label) => label[i] ?? " ").join(""));
  return `${lines.join("\n")}\n`;
}

function bar(height: number): string {
  if (height < 0) return " ";
  return LEVELS[height] ?? "|";
}

function elapsedText(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

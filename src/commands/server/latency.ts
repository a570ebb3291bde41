import { defineContainer } from "../spec.js";
import { latencyDoctor } from "./latency-doctor.js";
import { latencyGraph } from "./latency-graph.js";
import { latencyHelp } from "./latency-help.js";
import { latencyHistogram } from "./latency-histogram.js";
import { latencyHistory } from "./latency-history.js";
import { latencyLatest } from "./latency-latest.js";
import { latencyReset } from "./latency-reset.js";

/** LATENCY: what took long, and how long commands take. */
export const latency = defineContainer({
  name: "LATENCY",
  group: "server",
  since: "2.8.13",
  summary: "A container for latency diagnostics commands.",
  complexity: "Depends on subcommand.",
  flags: [],
  subcommands: [
    latencyDoctor,
    latencyGraph,
    latencyHelp,
    latencyHistogram,
    latencyHistory,
    latencyLatest,
    latencyReset,
  ],
});

import type { InfoField } from "../../commands/subsystem.js";
import { LogLinearHistogram } from "../observation/latency-histogram.js";
import { type InfoSources, safeName } from "./sources.js";

/** # Latencystats: percentiles of the time each command took, in microseconds. */
export function latencyStatsSection({ commands, config }: InfoSources): InfoField[] {
  if (!config.flag("latency-tracking")) return [];
  const percentiles = config
    .text("latency-tracking-info-percentiles")
    .split(" ")
    .filter((text) => text !== "");
  const fields: InfoField[] = [];
  for (const { name, histogram } of commands.entries()) {
    if (!(histogram instanceof LogLinearHistogram)) continue;
    const values = percentiles.map((text) => `p${text}=${(histogram.percentileNs(Number(text)) / 1000).toFixed(3)}`);
    fields.push([`latency_percentiles_usec_${safeName(name)}`, values.join(",")]);
  }
  return fields;
}

import type { ServiceContext } from "../context.js";
import type { LatencySeries } from "../observation-context.js";
import { defineCommand } from "../spec.js";

const DISABLED =
  "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis instance. You may use " +
  '"CONFIG SET latency-monitor-threshold <milliseconds>." in order to enable it. ' +
  "If we weren't in a deep space mission I'd suggest to take a look at https://redis.io/topics/latency-monitor.\n";
const NONE =
  "Dave, no latency spike was observed during the lifetime of this Redis instance, not in the slightest bit. I " +
  "honestly think you ought to sit down calmly, take a stress pill, and think things over.\n";

/** LATENCY DOCTOR: what the spikes look like and what to do about them, in the voice Redis gives it. */
export const latencyDoctor = defineCommand(
  {
    name: "DOCTOR",
    group: "server",
    since: "2.8.13",
    summary: "Returns a human-readable latency analysis report.",
    complexity: "O(1)",
    flags: ["admin", "noscript", "loading", "stale"],
    tips: ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
  },
  (ctx) => ctx.reply.verbatim("txt", report(ctx)),
);

function report(ctx: ServiceContext): string {
  const all = ctx.latency.all();
  if (all.length === 0) return ctx.config.number("latency-monitor-threshold") === 0 ? DISABLED : NONE;
  const nowSeconds = Math.floor(ctx.nowMs / 1000);
  const lines = all.map((series, i) => `${i + 1}. ${describe(series, nowSeconds)}\n`);
  const events = new Set(all.map(({ event }) => event));
  const advice = adviceFor(events, ctx).map((text) => `- ${text}\n`);
  return (
    "Dave, I have observed latency spikes in this Redis instance. You don't mind talking about it, do you Dave?\n\n" +
    `${lines.join("")}\nI have a few advices for you:\n\n${advice.join("")}`
  );
}

function describe({ event, samples, maxMs }: LatencySeries, nowSeconds: number): string {
  const count = samples.length;
  const average = Math.floor(samples.reduce((sum, { ms }) => sum + ms, 0) / count);
  const deviation = Math.floor(samples.reduce((sum, { ms }) => sum + Math.abs(average - ms), 0) / count);
  const seconds = Math.max(1, nowSeconds - samples[0]!.timeSeconds);
  return (
    `${event}: ${count} latency spikes (average ${average}ms, mean deviation ${deviation}ms, ` +
    `period ${(seconds / count).toFixed(2)} sec). Worst all time event ${maxMs}ms.`
  );
}

function adviceFor(events: ReadonlySet<string>, { config }: Pick<ServiceContext, "config">): string[] {
  const advice: string[] = [];
  const thresholdMs = config.number("latency-monitor-threshold");
  const slowerThanUs = config.number("slowlog-log-slower-than");
  if (events.has("command")) {
    if (slowerThanUs < 0 || config.number("slowlog-max-len") === 0) {
      advice.push(
        "There are latency issues with potentially slow commands you are using. Try to enable the Slow Log Redis feature " +
          `using the command 'CONFIG SET slowlog-log-slower-than ${thresholdMs * 1000}'. If the Slow log is disabled ` +
          "Redis is not able to log slow commands execution for you.",
      );
    } else if (Math.floor(slowerThanUs / 1000) > thresholdMs) {
      advice.push(
        "Your current Slow Log configuration only logs events that are slower than your configured latency monitor " +
          `threshold. Please use 'CONFIG SET slowlog-log-slower-than ${thresholdMs * 1000}'.`,
      );
    }
    advice.push(
      "Check your Slow Log to understand what are the commands you are running which are too slow to execute. Please " +
        "check https://redis.io/commands/slowlog for more information.",
    );
  }
  if (events.has("fast-command")) {
    advice.push(
      "Commands that are quick by themselves took long, so something kept the process from running: other load on the " +
        "system, a noisy neighbour, too little memory, or in this server's case long pauses of Node's garbage collector, " +
        "which come from the JavaScript of a process that embeds it.",
    );
  }
  if (events.has("expire-cycle") && config.number("hz") < 100) {
    advice.push(
      "In order to make the Redis keys expiring process more incremental, try to set the 'hz' configuration parameter to " +
        "100 using 'CONFIG SET hz 100'.",
    );
  }
  if (events.has("eviction-cycle")) {
    advice.push(
      "Sudden changes to the 'maxmemory' setting via 'CONFIG SET', or large objects made by STORE commands, may create " +
        "sudden memory pressure forcing the server to block trying to evict keys.",
    );
  }
  return advice;
}

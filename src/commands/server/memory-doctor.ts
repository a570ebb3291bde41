import type { ServiceContext } from "../context.js";
import { defineCommand } from "../spec.js";

const MB = 1024 * 1024;

const EMPTY =
  "Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used in these " +
  "conditions. Please, leave for your mission on Earth and fill it with some data. The new Sam and I will be back to " +
  "our programming as soon as I finished rebooting.\n";
const HEALTHY =
  "Hi Sam, I can't find any memory issue in your instance. I can only account for what occurs on this base.\n";

/** MEMORY DOCTOR: advice, in the voice Redis gives it. */
export const memoryDoctor = defineCommand(
  {
    name: "DOCTOR",
    group: "server",
    since: "4.0.0",
    summary: "Outputs a memory problems report.",
    complexity: "O(1)",
    flags: [],
    tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
  },
  (ctx) => ctx.reply.verbatim("txt", report(ctx)),
);

function report({ clients, memory }: Pick<ServiceContext, "clients" | "memory">): string {
  const figures = memory.figures();
  const { used, resident } = figures;
  if (used < 5 * MB) return EMPTY;
  const issues: string[] = [];
  if (figures.peak > used * 1.5) {
    issues.push(
      "Peak memory: In the past this instance used more than 150% the memory that is currently using. MEMORY PURGE " +
        "gives back what is not needed any more.",
    );
  }
  if (resident > used * 1.4 && resident - used > 10 * MB) {
    issues.push(
      "High total RSS: The resident set size of the process is more than 1.4 times the memory it accounts for. After a " +
        "large peak this is no issue; otherwise look at the JavaScript heap of the process that embeds this server.",
    );
  }
  if (figures.normalClients / Math.max(1, clients.count) > 200 * 1024) {
    issues.push(
      "Big client buffers: The clients' output buffers are greater than 200K per client on average. Use the CLIENT LIST " +
        "command to find clients that do not read their replies or messages fast enough.",
    );
  }
  if (issues.length === 0) return HEALTHY;
  const list = issues.map((issue) => ` * ${issue}\n\n`).join("");
  return (
    `Sam, I detected a few issues in this Redis instance memory implants:\n\n${list}` +
    "I'm here to keep you safe, Sam. I want to help you.\n"
  );
}

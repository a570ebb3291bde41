/** The long run: `node dist/test/sim/run-clients.js [--seeds N] [--from N]`. Prints each seed that finds something. */
import { parseArgs } from "node:util";
import { simulateClients } from "./clients.js";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "1000" }, from: { type: "string", default: "1" } },
});
let failed = 0;
const from = Number(values.from);
for (let seed = from; seed < from + Number(values.seeds); seed++) {
  const problems = await simulateClients(seed);
  if (problems.length === 0) continue;
  failed++;
  console.log(`seed ${seed}:\n  ${problems.slice(0, 1).join("\n  ")}`);
}
console.log(`${values.seeds} seeds, ${failed} with problems`);
if (failed > 0) process.exitCode = 1;

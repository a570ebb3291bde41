/** The long run of the snapshots' oracle: `node dist/test/snapshot/run.js [--rounds N] [--seed N]`. */
import { parseArgs } from "node:util";
import { checkSnapshots } from "./oracle.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "1000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
  },
});
console.log(`Seed ${values.seed}`);
const outcome = checkSnapshots({ rounds: Number(values.rounds), seed: Number(values.seed) });
for (const problem of outcome.problems) console.log(`Difference: ${problem}`);
console.log(`${outcome.rounds} rounds, ${outcome.commands} commands, ${outcome.keys} keys, ${outcome.slices} slices`);
if (outcome.problems.length > 0) process.exitCode = 1;

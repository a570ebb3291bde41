/** The long run of the replay: `node dist/test/effects/run.js [--commands N] [--seed N] [--groups string,hash]`. */
import { parseArgs } from "node:util";
import { groupNames } from "../differential/generate.js";
import { replay } from "./replay.js";

const { values } = parseArgs({
  options: {
    commands: { type: "string", default: "200000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    groups: { type: "string", default: groupNames.join(",") },
    every: { type: "string", default: "500" },
  },
});
console.log(`Seed ${values.seed}`);
const outcome = replay({
  commands: Number(values.commands),
  seed: Number(values.seed),
  groups: values.groups.split(","),
  every: Number(values.every),
});
for (const problem of outcome.problems) console.log(`Difference: ${problem}`);
console.log(`${outcome.commands} commands, ${outcome.effects} effects, ${outcome.keysCompared} keys compared`);
if (outcome.problems.length > 0) process.exitCode = 1;

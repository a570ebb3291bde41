/**
 * `npm run extremes`: whether a command is quadratic, hides memory or stops the others. Every command that takes a list is run with 10 000
 * and 100 000 arguments, every command that takes a number with the extremes of numbers, and large values and replies come and go, while
 * another process sends a PING every millisecond. Measured beside redis-server: time, the longest wait, how far the resident memory grew
 * and how much of that `used_memory` saw. The tables go into docs/extremes.md.
 *
 *     node dist/bench/extremes.js [--sections lists,counts,values] [--only 'ZUNION|MSET'] [--quick] [--marked] [--tries 3] [--limit 30]
 *                                 [--any-core] [--programs redis-server,redstart] [--no-write]
 *
 * `--only` takes the cases whose name matches, and writes nothing; `--quick` makes everything smaller; `--marked` prints only what is
 * marked: what takes more than twice redis-server's time, lets the others wait 20 ms longer than it does, whose memory grows by more than
 * 1.3 times what `used_memory` saw and 24 MB, or whose time grows faster than its arguments. What is marked is run again, `--tries` times
 * in all, and of each figure the least counts, as a busy machine only adds to them. `--limit`: seconds after which a command is given up.
 * On Linux with taskset the server has a core to itself, unless `--any-core` is given.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Program, programPath } from "../test/support/servers.js";
import { projectDirectory } from "../tools/source-files.js";
import { type Case, type Figures, fullScale, quickScale, type Result, type Section } from "./extremes/case.js";
import { countCases } from "./extremes/counts.js";
import { listCases } from "./extremes/lists.js";
import { measureCase } from "./extremes/measure.js";
import { formatRow, formatTable, growsFaster, leastOf, type Mark, marksOf } from "./extremes/table.js";
import { valueCases } from "./extremes/values.js";
import { moveTo } from "./process-figures.js";
import { conditions, withBlock } from "./report.js";

const { values: options } = parseArgs({
  options: {
    sections: { type: "string", default: "lists,counts,values" },
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    marked: { type: "boolean", default: false },
    tries: { type: "string", default: "3" },
    limit: { type: "string", default: "30" },
    "any-core": { type: "boolean", default: false },
    programs: { type: "string", default: "redis-server,redstart" },
    "no-write": { type: "boolean", default: false },
  },
});
const limitMs = Number(options.limit) * 1000;
const isPinned = !options["any-core"];
const scale = options.quick ? quickScale : fullScale;
const makers: Readonly<Record<Section, () => Case[]>> = {
  lists: () => listCases(scale),
  counts: () => countCases(scale),
  values: () => valueCases(scale),
};

interface Row {
  readonly result: Result;
  readonly marks: readonly Mark[];
}

/** Measures a case, again while something is marked. */
async function rowsOf(subject: Case, hasReference: boolean): Promise<Row[]> {
  let reference: Figures[] | null = null;
  let candidate: Figures[] | null = null;
  let rows: Row[] = [];
  const better = (old: Figures[] | null, now: Figures[]): Figures[] =>
    old === null ? now : now.map((figures, i) => leastOf(old[i]!, figures));
  for (let attempt = 0; attempt < Number(options.tries); attempt++) {
    if (hasReference && subject.isNewer !== true)
      reference = better(reference, await measureCase("redis-server", subject, limitMs, isPinned, reference ?? []));
    candidate = better(candidate, await measureCase("redstart", subject, limitMs, isPinned, candidate ?? []));
    rows = judge(subject, reference, candidate);
    if (rows.every(({ marks }) => marks.length === 0)) break;
  }
  return rows;
}

function judge(subject: Case, reference: readonly Figures[] | null, candidate: readonly Figures[]): Row[] {
  const results = subject.variants.map(
    (variant, i): Result => ({ case: subject, variant, reference: reference?.[i] ?? null, candidate: candidate[i]! }),
  );
  const rows = results.map((result) => ({ result, marks: marksOf(result) }));
  const [less, more] = scale.counts as [number, number];
  if (subject.section === "lists" && growsFaster(results, more / less)) rows.at(-1)!.marks.push("growth");
  return rows;
}

/** What the table keeps of a case: the largest of lists and values, the slowest of counts, and what is marked. */
function kept(rows: readonly Row[]): Row[] {
  const { section } = rows[0]!.result.case;
  const slowest = rows.reduce((a, b) => (b.result.candidate.ms > a.result.candidate.ms ? b : a));
  const representative = section === "counts" ? slowest : rows.at(-1)!;
  return rows.filter((row) => row === representative || section === "values" || row.marks.length > 0);
}

async function section(name: Section, hasReference: boolean): Promise<string> {
  const cases = makers[name]().filter((one) => options.only === undefined || new RegExp(options.only).test(one.name));
  const rows: Row[] = [];
  for (const subject of cases) {
    const measured = await rowsOf(subject, hasReference);
    for (const row of options.only === undefined ? kept(measured) : measured) {
      if (!options.marked || row.marks.length > 0) console.log(formatRow(row.result, row.marks));
    }
    rows.push(...kept(measured));
  }
  return formatTable(rows);
}

async function main(): Promise<void> {
  // Each server that is started looks out for the end of this process.
  process.setMaxListeners(0);
  if (isPinned) moveTo(1);
  const programs = options.programs.split(",") as Program[];
  const hasReference = programs.includes("redis-server") && programPath("redis-server") !== null;
  const page = join(projectDirectory, "docs/extremes.md");
  for (const name of options.sections.split(",") as Section[]) {
    const table = await section(name, hasReference);
    if (options["no-write"] || options.only !== undefined || options.quick) continue;
    writeFileSync(page, withBlock(readFileSync(page, "utf8"), name, `${conditions()}\n\n${table}\n`));
  }
}

await main();

/**
 * Asks what the tests hold: `npm run mutants -- [--count N] [--seed N] [--jobs N] [--seconds N] [--again] [word ...]`.
 *
 * Makes one small change at a time to a copy of what was built, and runs the tests that reach the changed place until one fails: the one
 * beside the file first, then those of like names and the quickest, until their usual times make up N seconds. A change that no test
 * notices has "survived". Prints the survivors, and for each folder of `src/` how many of a random sample of N changes were caught. Words
 * choose the files. `--again` repeats the survivors of the last run.
 *
 * Which test reaches what is measured first (some minutes), and kept in `dist/mutants/`. That is why this is not StrykerJS: it sees what
 * a test's own process runs, and half of these tests talk to a server in a process of its own.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { folderOf, keyOf, type Place, placesOf, sample } from "./mutation/places.js";
import { type MeasuredTest, measure, reaches } from "./mutation/reach.js";
import { WorkCopy } from "./mutation/work-copy.js";
import { projectDirectory, sourceFiles } from "./source-files.js";

const STATE = join(projectDirectory, "dist", "mutants");
const REACH = join(STATE, "reach.json");
const SURVIVORS = join(STATE, "survivors.json");
const FOLDERS = ["keyspace", "datatypes", "server", "commands", "structures", "memory"];
/** What a test may take: so many times its usual time, and as much more as a busy machine may cost. */
const TIMES_USUAL = 4;
const GRACE_MS = 15_000;

interface Outcome {
  readonly place: Place;
  /** The test that noticed, or null. */
  readonly caughtBy: string | null;
}

async function main(args: string[]): Promise<void> {
  let count = 50;
  let seed = Date.now() % 1_000_000;
  let jobs = 1;
  let seconds = 60;
  let isAgain = false;
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--count") count = Number(args[++i]);
    else if (args[i] === "--seed") seed = Number(args[++i]);
    else if (args[i] === "--jobs") jobs = Number(args[++i]);
    else if (args[i] === "--seconds") seconds = Number(args[++i]);
    else if (args[i] === "--again") isAgain = true;
    else words.push(args[i]!);
  }
  const files = sourceFiles(projectDirectory, ["src"], ".ts").filter(
    (file) =>
      !/\.(?:test|fuzz|bench)\.ts$|-verify\.ts$/.test(file) &&
      FOLDERS.includes(folderOf(file)) &&
      (words.length === 0 || words.some((word) => file.includes(word))),
  );
  const places = isAgain ? survivorsOfLastRun(files) : samples(files, count, seed);
  console.log(`${places.length} mutants of ${files.length} files${isAgain ? "" : `, seed ${seed}`}`);

  setPriority(10);
  mkdirSync(STATE, { recursive: true });
  const copies = Array.from({ length: jobs }, () => new WorkCopy());
  process.once("exit", () => copies.forEach((copy) => copy.remove()));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
  const known = (readOrNull(REACH) as MeasuredTest[] | null) ?? [];
  const tests = await measure(copies, known, (all) => writeFileSync(REACH, JSON.stringify(all)));
  for (const { file } of tests.filter(({ passes }) => !passes)) console.log(`left out, fails in the copy: ${file}`);

  const outcomes: Outcome[] = [];
  const queue = [...places];
  const catches = new Map<string, number>();
  const work = async (copy: WorkCopy) => {
    for (let place = queue.shift(); place !== undefined; place = queue.shift()) {
      const caughtBy = await catchIn(copy, place, inOrder(place, tests, catches), seconds * 1000);
      if (caughtBy !== null) catches.set(caughtBy, (catches.get(caughtBy) ?? 0) + 1);
      outcomes.push({ place, caughtBy });
      console.log(describe({ place, caughtBy }));
    }
  };
  await Promise.all(copies.map(work));
  const others = knownSurvivors().filter(({ source }) => !files.includes(source));
  writeFileSync(SURVIVORS, JSON.stringify([...others, ...outcomes.filter(survived).map(({ place }) => place)]));
  report(outcomes);
}

/** The tests that can notice a change, those first that are about the same by their names, or have noticed much in little time. */
function inOrder(
  place: Place,
  tests: readonly MeasuredTest[],
  catches: ReadonlyMap<string, number>,
): readonly MeasuredTest[] {
  const beside = place.source.replace(/ts$/, "");
  const about = wordsOf(place.source);
  const rank = ({ file, ms }: MeasuredTest) => {
    if (file.startsWith(beside)) return 0;
    const common = wordsOf(file.replace(/^test.*\//, "")).filter((word) =>
      about.some((other) => word.startsWith(other) || other.startsWith(word)),
    );
    return ms / (1 + (catches.get(file) ?? 0)) / 4 ** common.length;
  };
  return tests.filter((test) => test.passes && reaches(test, place)).sort((a, b) => rank(a) - rank(b));
}

/** What a path says a file is about: "acl", "permission". */
function wordsOf(path: string): string[] {
  const words = path.replace(/\.\w+$/, "").split(/[/.-]/);
  return words.filter((word) => word.length > 2 && !/^(?:src|test|fuzz|server|commands)$/.test(word));
}

/** The first of `tests` that notices the change, or null. */
async function catchIn(
  copy: WorkCopy,
  place: Place,
  tests: readonly MeasuredTest[],
  shareMs: number,
): Promise<string | null> {
  return await copy.changed(place.source, place.mutant, async () => {
    let usedMs = 0;
    for (const { file, ms } of tests) {
      usedMs += ms;
      if (usedMs > shareMs) break;
      const limitMs = GRACE_MS + TIMES_USUAL * ms;
      if ((await copy.run(file, limitMs)) === "passed") continue;
      // Tests with servers of their own may fail for other reasons.
      if (file.startsWith("test/") && (await copy.run(file, limitMs)) === "passed") continue;
      return file;
    }
    return null;
  });
}

function samples(files: readonly string[], count: number, seed: number): Place[] {
  return FOLDERS.flatMap((folder) =>
    sample(files.filter((file) => folderOf(file) === folder).flatMap(placesOf), count, seed),
  );
}

/** Where they are now, those whose line still says the same. */
function survivorsOfLastRun(files: readonly string[]): Place[] {
  const places = new Map(files.flatMap(placesOf).map((place) => [keyOf(place), place]));
  return knownSurvivors().flatMap((place) => places.get(keyOf(place)) ?? []);
}

function knownSurvivors(): Place[] {
  return (readOrNull(SURVIVORS) as Place[] | null) ?? [];
}

function readOrNull(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function report(outcomes: readonly Outcome[]): void {
  const survivors = outcomes.filter(survived).sort((a, b) => (a.place.source < b.place.source ? -1 : 1));
  console.log(`\n${survivors.length} survived:`);
  for (const outcome of survivors) console.log(describe(outcome));
  console.log();
  for (const folder of FOLDERS) {
    const here = outcomes.filter(({ place }) => folderOf(place.source) === folder);
    if (here.length === 0) continue;
    const caught = here.filter((outcome) => !survived(outcome)).length;
    console.log(
      `${folder.padEnd(12)} ${caught} of ${here.length} caught, ${Math.round((100 * caught) / here.length)} %`,
    );
  }
}

function survived({ caughtBy }: Outcome): boolean {
  return caughtBy === null;
}

function describe({ place, caughtBy }: Outcome): string {
  const where = `${place.source}:${place.line} ${place.mutant.kind}`;
  if (caughtBy !== null) return `caught   ${where}, by ${caughtBy}`;
  return `SURVIVED ${where}\n    - ${place.before}\n    + ${place.after}`;
}

await main(process.argv.slice(2));

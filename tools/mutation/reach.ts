/**
 * Which test reaches which place, measured by running each test once with V8's coverage. What was measured is kept, each test's for as
 * long as the test is the same. Of a file that has changed since, a test that reached some of it is taken to reach all of it.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { builtFile, projectDirectory, sourceFiles } from "../source-files.js";
import { isReached } from "./coverage.js";
import type { Place } from "./places.js";
import type { WorkCopy } from "./work-copy.js";

const LIMIT_MS = 120_000;
/** They are about the bundle, which the copy has not. */
const LEFT_OUT = ["test/server/start.test.ts"];

export interface MeasuredTest {
  readonly file: string;
  readonly hash: string;
  /** What it usually takes. */
  readonly ms: number;
  /** False when it fails in the copy without a change. */
  readonly passes: boolean;
  /** Of each source, what it was and what ran of it. */
  readonly reached: Readonly<Record<string, { readonly hash: string; readonly ranges: readonly number[] }>>;
}

/** Measures the tests that are not among `known`, or failed; `progress` gets all that is known each time that is more. */
export async function measure(
  copies: readonly WorkCopy[],
  known: readonly MeasuredTest[],
  progress: (tests: readonly MeasuredTest[]) => void,
): Promise<MeasuredTest[]> {
  const files = sourceFiles(projectDirectory, ["src", "test"], ".ts").filter(
    (file) => /\.(?:test|fuzz)\.ts$/.test(file) && !LEFT_OUT.includes(file),
  );
  const tests = known.filter(({ file, hash, passes }) => passes && files.includes(file) && hash === hashOf(file));
  const missing = files.filter((file) => !tests.some((test) => test.file === file));
  if (missing.length > 0) console.log(`measuring what ${missing.length} tests reach`);
  const work = async (copy: WorkCopy) => {
    for (let file = missing.shift(); file !== undefined; file = missing.shift()) {
      tests.push(await measured(copy, file));
      progress(tests);
    }
  };
  await Promise.all(copies.map(work));
  return tests;
}

async function measured(copy: WorkCopy, file: string): Promise<MeasuredTest> {
  const { ending, reached } = await copy.reachOf(file, LIMIT_MS);
  const started = performance.now();
  const passes = ending !== "late" && (await copy.run(file, LIMIT_MS)) === "passed";
  const ms = Math.round(performance.now() - started);
  const withHashes = Object.entries(reached).map(([name, ranges]) => {
    const source = `src/${name.replace(/\.js$/, ".ts")}`;
    return [source, { hash: hashOf(source), ranges }] as const;
  });
  return { file, hash: hashOf(file), ms, passes, reached: Object.fromEntries(withHashes) };
}

/** Whether a change at a place can show in a test. */
export function reaches(test: MeasuredTest, { source, mutant }: Place): boolean {
  const known = test.reached[source];
  if (known === undefined) return false;
  return known.hash !== hashOf(source) || isReached(known.ranges, mutant.start);
}

const hashes = new Map<string, string>();

/** Tells what was built of a source from what was built of it before. */
function hashOf(source: string): string {
  let hash = hashes.get(source);
  if (hash === undefined) {
    hash = createHash("sha1")
      .update(readFileSync(join(projectDirectory, builtFile(source))))
      .digest("hex");
    hashes.set(source, hash);
  }
  return hash;
}

/** Sends the same random commands to two servers and compares every reply, and in the end all their data. */
import { anyOrder, exact, within } from "./comparison.js";
import { groupNames, nextSteps, shortLived } from "./generate.js";
import { lastLook } from "./groups/sorted-set.js";
import { typedKeys } from "./groups/types.js";
import { type Difference, Pair } from "./pair.js";
import { Random } from "./random.js";
import type { Step } from "./step.js";
import { allKeys } from "./values.js";

interface Plan {
  /** Port of the server that is right. */
  readonly expected: number;
  /** Port of the server under test. */
  readonly actual: number;
  readonly commands: number;
  readonly seed: number;
  readonly groups?: readonly string[];
  /** Ends after this many differences; both servers start afresh after each. */
  readonly maxDifferences?: number;
  /** Called with each difference, ready to print. */
  readonly report?: (text: string) => void;
  /** Called now and then with the number of commands sent. */
  readonly progress?: (commands: number) => void;
}

interface Outcome {
  readonly commands: number;
  readonly differences: number;
  /** Keys compared at the end and on the way. */
  readonly keysCompared: number;
}

const LARGEST_BATCH = 250;
const COMMANDS_BETWEEN_DATA_CHECKS = 20_000;
const SHORT_LIFE_MS = 8;
const CONTEXT = 12;
/** Commands that show a value, each of its type. */
const LOOKS: readonly [string, ...string[]][] = [
  ["TYPE"],
  ["GET"],
  ["HGETALL"],
  ["LRANGE", "0", "-1"],
  ["SMEMBERS"],
  ["ZRANGE", "0", "-1", "WITHSCORES"],
  ["XRANGE", "-", "+"],
];

export async function compareServers(plan: Plan): Promise<Outcome> {
  const run = new Run(plan, [
    await Pair.connect(plan.expected, plan.actual, 2),
    await Pair.connect(plan.expected, plan.actual, 3),
    await Pair.connect(plan.expected, plan.actual, 2),
    await Pair.connect(plan.expected, plan.actual, 3),
  ]);
  try {
    return await run.all();
  } finally {
    await run.close();
  }
}

class Run {
  readonly #random: Random;
  readonly #history: Step[] = [];
  #commands = 0;
  #differences = 0;
  #keysCompared = 0;

  constructor(
    readonly plan: Plan,
    readonly pairs: readonly Pair[],
  ) {
    this.#random = new Random(plan.seed);
  }

  async all(): Promise<Outcome> {
    const maxDifferences = this.plan.maxDifferences ?? 1;
    let nextDataCheck = COMMANDS_BETWEEN_DATA_CHECKS;
    while (this.#commands < this.plan.commands && this.#differences < maxDifferences) {
      await this.#batch();
      if (this.#commands >= nextDataCheck || this.#commands >= this.plan.commands) {
        nextDataCheck += COMMANDS_BETWEEN_DATA_CHECKS;
        await this.#compareData();
        this.plan.progress?.(this.#commands);
      }
    }
    return { commands: this.#commands, differences: this.#differences, keysCompared: this.#keysCompared };
  }

  async close(): Promise<void> {
    await Promise.all(this.pairs.map((pair) => pair.close()));
  }

  async #batch(): Promise<void> {
    const r = this.#random;
    const pair = r.pick(this.pairs);
    if (!pair.inTransaction && r.oneIn(6)) {
      await this.#exchange(pair, [shortLived(r)]);
      await new Promise((resolve) => setTimeout(resolve, SHORT_LIFE_MS));
      return;
    }
    const steps: Step[] = [];
    const size = Math.min(r.integer(1, LARGEST_BATCH), this.plan.commands - this.#commands);
    let inTransaction = pair.inTransaction;
    while (steps.length < size) {
      for (const step of nextSteps(r, this.plan.groups ?? groupNames, inTransaction)) {
        const name = step.args[0]!.toUpperCase();
        if (name === "MULTI") inTransaction = true;
        else if (name === "EXEC" || name === "DISCARD" || name === "RESET") inTransaction = false;
        steps.push(step);
      }
    }
    await this.#exchange(pair, steps);
  }

  async #exchange(pair: Pair, steps: readonly Step[]): Promise<void> {
    const difference = await pair.exchange(steps);
    this.#commands += steps.length;
    const sent = difference === null ? steps : steps.slice(0, difference.index);
    this.#history.push(...sent);
    this.#history.splice(0, Math.max(0, this.#history.length - 2000));
    if (difference === null) return;
    this.#report(pair, difference);
    await this.#reportValues(pair, difference.step);
    await this.#startAfresh();
  }

  async #startAfresh(): Promise<void> {
    for (const pair of this.pairs) await pair.reset();
    await this.pairs[0]!.expected.send(["FLUSHALL"]);
    await this.pairs[0]!.actual.send(["FLUSHALL"]);
    this.#history.length = 0;
  }

  #report(pair: Pair, { step, expected, actual }: Difference): void {
    this.#differences++;
    const keys = new Set(step.args.slice(1).filter((arg) => allKeys.includes(arg) || typedKeys.includes(arg)));
    const related = this.#history.filter(({ args }) => args.slice(1).some((arg) => keys.has(arg)));
    const lines = [
      `Difference ${this.#differences}, after ${this.#commands} commands of seed ${this.plan.seed}, RESP${pair.resp}:`,
      `  ${show(step)}`,
      `  expected ${shorten(expected)}`,
      `  actual   ${shorten(actual)}`,
      "  before it:",
      ...this.#history.slice(-4).map((each) => `    ${show(each)}`),
      "  before it, with a key in common:",
      ...related.slice(-CONTEXT).map((each) => `    ${show(each)}`),
    ];
    this.plan.report?.(lines.join("\n"));
  }

  /** Shows what the keys of a command hold where that differs, except in its order. */
  async #reportValues(pair: Pair, step: Step): Promise<void> {
    for (const key of new Set(step.args.slice(1).filter((arg) => arg.length < 20))) {
      for (const [command, ...more] of LOOKS) {
        const [expected, actual] = await Promise.all(
          [pair.expected, pair.actual].map((server) => server.send([command, key, ...more])),
        );
        const isLike =
          expected!.bytes.toString("latin1").split("\r\n").sort().join() ===
          actual!.bytes.toString("latin1").split("\r\n").sort().join();
        if (isLike || (expected!.isError && actual!.isError)) continue;
        this.plan.report?.(
          `  ${command} ${show({ args: [key], compare: exact })}: expected ${expected} actual ${actual}`,
        );
      }
    }
  }

  /** Compares the keys of every database, and of each key its value, encoding and expiry. */
  async #compareData(): Promise<void> {
    const pair = await Pair.connect(this.plan.expected, this.plan.actual, 2);
    try {
      // What has expired goes first: EXISTS makes it (KEYS only hides it), a digest would count it.
      const everywhere = Array.from({ length: 16 }, (_, database) => [
        { args: ["SELECT", String(database)], compare: exact },
        { args: ["EXISTS", ...allKeys, ...typedKeys], compare: exact },
        { args: ["KEYS", "*"], compare: anyOrder },
      ]).flat();
      let unlike = await pair.exchange(everywhere);
      if (unlike !== null) this.#report(pair, unlike);
      for (let database = 0; database < 16; database++) await this.#compareSortedSets(pair, database);
      unlike = await pair.exchange([{ args: ["DEBUG", "DIGEST"], compare: exact }]);
      if (unlike !== null) this.#report(pair, unlike);
      for (let database = 0; database < 16; database++) {
        await pair.exchange([{ args: ["SELECT", String(database)], compare: exact }]);
        const keys = (await pair.expected.call("KEYS", "*")) as string[];
        this.#keysCompared += keys.length;
        for (const key of keys) {
          const unequal = await pair.exchange([
            { args: ["TYPE", key], compare: exact },
            { args: ["GET", key], compare: exact },
            { args: ["OBJECT", "ENCODING", key], compare: exact },
            { args: ["PEXPIRETIME", key], compare: within(2000) },
          ]);
          if (unequal !== null) this.#report(pair, unequal);
        }
      }
    } finally {
      await pair.close();
    }
  }

  async #compareSortedSets(pair: Pair, database: number): Promise<void> {
    await pair.exchange([{ args: ["SELECT", String(database)], compare: exact }]);
    for (const key of (await pair.expected.call("KEYS", "*")) as string[]) {
      if ((await pair.expected.call("TYPE", key)) !== "zset") continue;
      this.#keysCompared++;
      const unlike = await pair.exchange(lastLook(key));
      if (unlike !== null) this.#report(pair, unlike);
    }
  }
}

function show(step: Step): string {
  return step.args
    .map((arg) => (/^[\w:.*?+-]+$/.test(arg) && arg.length < 80 ? arg : shorten(JSON.stringify(arg))))
    .join(" ");
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 200)} … ${text.slice(-60)} (${text.length})` : text;
}

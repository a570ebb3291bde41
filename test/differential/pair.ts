/**
 * One connection to each of two servers, which are told the same. Knows enough of MULTI to compare the parts of EXEC's
 * reply as the queued commands want them compared.
 */
import type { Reply } from "../support/reply-parser.js";
import { encodeCommand, RespConnection } from "../support/resp-connection.js";
import { elements, exact } from "./comparison.js";
import { knownDifference } from "./known-differences.js";
import type { Step } from "./step.js";

const ANSWER_LIMIT_MS = 60_000;

/** A command that the two servers answered differently. */
export interface Difference {
  readonly step: Step;
  /** Its place among the steps of the batch. */
  readonly index: number;
  readonly expected: string;
  readonly actual: string;
}

export class Pair {
  #queued: Step[] = [];
  #inTransaction = false;

  private constructor(
    readonly resp: 2 | 3,
    readonly expected: RespConnection,
    readonly actual: RespConnection,
  ) {}

  static async connect(expectedPort: number, actualPort: number, resp: 2 | 3): Promise<Pair> {
    const expected = await RespConnection.connect(expectedPort, { resp });
    const actual = await RespConnection.connect(actualPort, { resp });
    return new Pair(resp, expected, actual);
  }

  /** True between MULTI and EXEC. */
  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  /** Sends all steps to both servers at once and compares the replies. Resolves with the first difference, or null. */
  async exchange(steps: readonly Step[]): Promise<Difference | null> {
    const bytes = Buffer.concat(steps.map((step) => encodeCommand(step.args)));
    const [expected, actual] = await Promise.all([
      answers(this.expected, bytes, steps.length),
      answers(this.actual, bytes, steps.length),
    ]);
    let difference: Difference | null = null;
    for (let index = 0; index < steps.length; index++) {
      const step = steps[index]!;
      const left = expected[index];
      const right = actual[index];
      if (left === undefined || right === undefined) {
        const show = (reply: Reply | undefined) => reply?.toString() ?? "(no reply: closed or silent)";
        return difference ?? { step, index, expected: show(left), actual: show(right) };
      }
      const unlike = this.#compare(step, left, right);
      if (unlike !== null) difference ??= { ...unlike, index };
    }
    return difference;
  }

  /** Brings both connections back to a common start: no transaction, database 0, the pair's protocol. */
  async reset(): Promise<void> {
    for (const connection of [this.expected, this.actual]) {
      for (const args of [["DISCARD"], ["RESET"], ["HELLO", this.resp]]) await connection.send(args);
    }
    this.#queued = [];
    this.#inTransaction = false;
  }

  async close(): Promise<void> {
    await Promise.all([this.expected.close(), this.actual.close()]);
  }

  /** What differs: the step, or the queued one whose part of EXEC's reply it is. */
  #compare(step: Step, expected: Reply, actual: Reply): Omit<Difference, "index"> | null {
    const name = step.args[0]!.toUpperCase();
    const status = expected.bytes.toString("latin1", 0, 9);
    if (status === "+QUEUED\r\n") {
      this.#queued.push(step);
      return exact(expected, actual) ? null : differing(step, expected, actual);
    }
    if (name === "MULTI" && status.startsWith("+OK")) this.#inTransaction = true;
    const left = elements(expected);
    const right = elements(actual);
    let unlike = agree(step, expected, actual) ? null : differing(step, expected, actual);
    if (name === "EXEC" && this.#inTransaction && left !== null && left.length === right?.length) {
      const queued = this.#queued;
      const i = left.findIndex((part, index) => !agree(queued[index]!, part, right[index]!));
      unlike = i < 0 ? null : differing(queued[i]!, left[i]!, right[i]!);
    }
    const ends = name === "EXEC" || name === "DISCARD" || name === "RESET";
    if (ends && (!expected.isError || status.startsWith("-EXECABO"))) {
      this.#inTransaction = false;
      this.#queued = [];
    }
    return unlike;
  }
}

function differing(step: Step, expected: Reply, actual: Reply): Omit<Difference, "index"> {
  return { step, expected: expected.toString(), actual: actual.toString() };
}

function agree(step: Step, expected: Reply, actual: Reply): boolean {
  return step.compare(expected, actual) || knownDifference(step.args, expected, actual) !== null;
}

/** Writes `bytes` and reads up to `count` replies: fewer when the server closes the connection or falls silent. */
async function answers(connection: RespConnection, bytes: Buffer, count: number): Promise<Reply[]> {
  const replies: Reply[] = [];
  let limit: NodeJS.Timeout | undefined;
  const silence = new Promise<null>((resolve) => {
    limit = setTimeout(resolve, ANSWER_LIMIT_MS, null);
  });
  connection.write(bytes);
  const all = (async () => {
    while (replies.length < count) replies.push(await connection.nextReply());
  })();
  await Promise.race([all.catch(() => null), silence]);
  clearTimeout(limit);
  return replies;
}

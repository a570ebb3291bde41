/**
 * Whether a snapshot says what was there when it began. Random commands run on a server in this process, on simulated time; again and again all
 * data is noted, a snapshot begins, and more commands run between its slices, with expiry, freeing in slices and flushes. In the end what its
 * records say is compared with what was noted. A seed repeats a run.
 */
import type { Region } from "../../src/bytes/region.js";
import { ExpireCycle } from "../../src/keyspace/expire-cycle.js";
import type { Keyspace } from "../../src/keyspace/keyspace.js";
import type { SnapshotSink } from "../../src/keyspace/snapshot/record-writer.js";
import { groupNames, nextSteps } from "../differential/generate.js";
import { Random } from "../differential/random.js";
import { type LocalClient, LocalServer } from "../effects/local-server.js";
import { encodeCommand } from "../support/resp-connection.js";
import { SimulatedTime } from "../support/simulated-time.js";
import { keySpaceText, withExpired } from "./key-space-text.js";
import { filling, hugeString, largeStep } from "./large-steps.js";
import { recordsText } from "./records-text.js";

interface OraclePlan {
  readonly seed: number;
  readonly rounds: number;
}

interface OracleOutcome {
  readonly rounds: number;
  readonly commands: number;
  /** Keys that were compared. */
  readonly keys: number;
  /** Slices that wrote something, of those the commands ran between. */
  readonly slices: number;
  readonly problems: readonly string[];
}

const START_MS = 1_700_000_000_000;
/** Not sent: they would end the server or keep the client waiting. */
const LEFT_OUT = /^(SHUTDOWN|DEBUG|MONITOR|SUBSCRIBE|PSUBSCRIBE|SSUBSCRIBE|CLIENT|CONFIG|AUTH|ACL|HELLO|QUIT)$/i;
const MOST_SLICES = 100_000;

export function checkSnapshots(plan: OraclePlan): OracleOutcome {
  return new Oracle(plan).run();
}

class Oracle implements SnapshotSink {
  readonly #plan: OraclePlan;
  readonly #random: Random;
  readonly #time = new SimulatedTime();
  readonly #server: LocalServer;
  readonly #keyspace: Keyspace;
  readonly #expireCycle: ExpireCycle;
  #client: LocalClient;
  readonly #chunks: (readonly [Region, number])[] = [];
  #commands = 0;
  #keys = 0;
  #slices = 0;
  #recent: string[] = [];
  isFull = false;

  constructor(plan: OraclePlan) {
    this.#plan = plan;
    this.#random = new Random(plan.seed);
    this.#time.nowMs = START_MS;
    this.#server = new LocalServer(this.#time);
    this.#keyspace = this.#server.server.context.keyspace;
    this.#expireCycle = new ExpireCycle(this.#keyspace);
    this.#client = this.#server.connect();
  }

  take(chunk: Region, length: number): Region | null {
    this.#chunks.push([chunk, length]);
    return null;
  }

  run(): OracleOutcome {
    const problems: string[] = [];
    let rounds = 0;
    for (; rounds < this.#plan.rounds && problems.length === 0; rounds++) {
      this.#prepare();
      const problem = this.#round();
      if (problem !== null) problems.push(`round ${rounds}: ${problem}`);
    }
    return { rounds, commands: this.#commands, keys: this.#keys, slices: this.#slices, problems };
  }

  #prepare(): void {
    const r = this.#random;
    if (r.oneIn(2)) this.#send(filling(r));
    if (r.oneIn(40)) this.#send([hugeString(r)]);
    this.#change(r.integer(1, 40));
    this.#recent = [];
  }

  /** One snapshot; says what is wrong with it. */
  #round(): string | null {
    const r = this.#random;
    const { snapshot, types } = this.#keyspace;
    const expected = keySpaceText(this.#keyspace);
    this.#chunks.length = 0;
    snapshot.begin(this);
    const perSlice = r.pick([1, 3, 20, 200]);
    for (let slice = 0; snapshot.isRunning; slice++) {
      if (slice > MOST_SLICES) return "it never ends";
      if (slice < 400) this.#change(r.integer(0, 6));
      this.isFull = r.oneIn(10);
      let left = perSlice;
      snapshot.walk(() => --left > 0);
      this.#slices++;
      if (r.oneIn(3) || slice > 400) this.#passTime();
    }
    let actual: Map<string, string>;
    try {
      actual = withExpired(this.#keyspace, () => recordsText(this.#chunks, types));
    } catch (error) {
      return `${(error as Error).stack}\n${this.#recent.join("\n")}`;
    }
    this.#keys += expected.size;
    const difference = firstDifference(expected, actual);
    if (difference !== null) return `${difference}\n${this.#recent.join("\n")}`;
    if (!r.oneIn(10)) return null;
    const broken = this.#keyspace.arena.verify(this.#keyspace.liveBlocks());
    return broken.length === 0 ? null : broken.slice(0, 5).join("\n");
  }

  /** What the cron does, which does not run here: a random part of it. */
  #passTime(): void {
    const r = this.#random;
    this.#time.passTo(this.#time.nowMs + r.integer(1, 30));
    this.#keyspace.setNow(this.#time.nowMs);
    let pages = r.integer(1, 20);
    this.#expireCycle.run(() => --pages > 0);
    this.#keyspace.lazyFree.freeSome(r.integer(1, 1000));
  }

  /** Runs about so many random commands. */
  #change(count: number): void {
    const r = this.#random;
    const steps: (readonly string[])[] = [];
    while (steps.length < count) {
      if (r.oneIn(2)) steps.push(largeStep(r));
      else for (const { args } of nextSteps(r, groupNames, r.oneIn(4))) if (!LEFT_OUT.test(args[0]!)) steps.push(args);
    }
    this.#send(steps);
  }

  #send(steps: readonly (readonly string[])[]): void {
    this.#commands += steps.length;
    for (const args of steps) this.#recent.push(args.join(" ").slice(0, 150));
    this.#client.send(Buffer.concat(steps.map((args) => encodeCommand(args))));
    if (this.#client.isClosed) this.#client = this.#server.connect();
  }
}

function firstDifference(expected: ReadonlyMap<string, string>, actual: ReadonlyMap<string, string>): string | null {
  for (const [key, text] of expected) {
    const other = actual.get(key);
    if (other === undefined) return `${key} is missing, which was ${text.slice(0, 300)}`;
    if (other !== text) return `${key} ${unlike(text, other)}`;
  }
  for (const key of actual.keys()) if (!expected.has(key)) return `${key} was not there`;
  return null;
}

/** Where two texts part. */
function unlike(expected: string, actual: string): string {
  let at = 0;
  while (expected[at] === actual[at]) at++;
  const around = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 60), at + 120));
  return `at ${at}: was ${around(expected)}, is said to be ${around(actual)}; begins ${expected.slice(0, 60)}`;
}

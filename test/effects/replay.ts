/**
 * Runs random commands on one server and what its stream of effects says on another, and compares all their data: values, expiries,
 * encodings, consumer groups. What differs was not said, or not exactly. All in one process on simulated time, so a seed repeats a run.
 */
import type { EffectListener } from "../../src/commands/effects.js";
import { Expiry } from "../../src/keyspace/expiry.js";
import { InternalClient } from "../../src/server/clients/internal-client.js";
import { groupNames, nextSteps, shortLived } from "../differential/generate.js";
import { typedKeys } from "../differential/groups/types.js";
import { Random } from "../differential/random.js";
import { allKeys } from "../differential/values.js";
import { ReplyParser, RespError, type RespValue } from "../support/reply-parser.js";
import { encodeCommand } from "../support/resp-connection.js";
import { SimulatedTime } from "../support/simulated-time.js";
import { type LocalClient, LocalServer } from "./local-server.js";

interface ReplayPlan {
  readonly commands: number;
  readonly seed: number;
  readonly groups?: readonly string[];
  /** Commands between comparisons. */
  readonly every?: number;
}

interface ReplayOutcome {
  readonly commands: number;
  /** Commands that the stream repeated. */
  readonly effects: number;
  readonly keysCompared: number;
  /** What differed, in words; empty when nothing did. */
  readonly problems: readonly string[];
}

const CLIENTS = 3;
const LARGEST_BATCH = 20;
const SHORT_LIFE_MS = 8;
const START_MS = 1_700_000_000_000;
/** Not sent: they would end the server, make the two differ by design, or keep the client waiting. */
const LEFT_OUT = /^(SHUTDOWN|DEBUG|MONITOR|SUBSCRIBE|PSUBSCRIBE|SSUBSCRIBE|CLIENT|CONFIG|AUTH|ACL|HELLO|QUIT)$/i;
/** Commands remembered, and shown of them. */
const RECENT = 2000;
const RELATED = 40;

export function replay(plan: ReplayPlan): ReplayOutcome {
  return new Replay(plan).run();
}

class Replay {
  readonly #plan: ReplayPlan;
  readonly #random: Random;
  readonly #time = new SimulatedTime();
  readonly #primary: LocalServer;
  readonly #replica: LocalServer;
  readonly #clients: LocalClient[];
  readonly #inspector: LocalClient;
  readonly #applier: InternalClient;
  readonly #answers = new ReplyParser();
  readonly #applied: LocalClient;
  readonly #stream: Buffer[] = [];
  readonly #recent: string[] = [];
  readonly #problems: string[] = [];
  #effects = 0;
  #keysCompared = 0;

  constructor(plan: ReplayPlan) {
    this.#plan = plan;
    this.#random = new Random(plan.seed);
    this.#time.nowMs = START_MS;
    this.#primary = new LocalServer(this.#time);
    this.#replica = new LocalServer(this.#time);
    this.#replica.server.context.keyspace.setExpiry(Expiry.KEPT);
    this.#clients = Array.from({ length: CLIENTS }, () => this.#primary.connect());
    this.#inspector = this.#primary.connect();
    const { host, context } = this.#replica.server;
    const receiver = (bytes: Uint8Array): void => this.#answers.feed(Buffer.from(bytes));
    this.#applier = new InternalClient(host, context.keyspace.database(0), this.#time.nowMs, receiver);
    this.#applied = this.#replica.connect();
    const listener: EffectListener = {
      receive: (region, length) => void this.#stream.push(Buffer.from(region.u8.subarray(0, length))),
    };
    this.#primary.server.effects.listen(listener);
  }

  run(): ReplayOutcome {
    const every = this.#plan.every ?? 500;
    let commands = 0;
    for (let next = every; commands < this.#plan.commands && this.#problems.length === 0; ) {
      commands += this.#batch();
      this.#apply();
      if (commands < next) continue;
      next += every;
      this.#compare();
    }
    return { commands, effects: this.#effects, keysCompared: this.#keysCompared, problems: this.#problems };
  }

  #batch(): number {
    const r = this.#random;
    if (r.oneIn(6)) {
      this.#send(0, [shortLived(r).args]);
      this.#time.passTo(this.#time.nowMs + SHORT_LIFE_MS);
      return 1;
    }
    const steps: (readonly string[])[] = [];
    const size = r.integer(1, LARGEST_BATCH);
    while (steps.length < size) {
      for (const { args } of nextSteps(r, this.#plan.groups ?? groupNames, r.oneIn(2))) {
        if (!LEFT_OUT.test(args[0]!)) steps.push(args);
      }
    }
    this.#send(r.integer(0, CLIENTS - 1), steps);
    if (r.oneIn(3)) this.#time.passTo(this.#time.nowMs + r.integer(1, 30));
    return steps.length;
  }

  #send(index: number, steps: readonly (readonly string[])[]): void {
    for (const args of steps) {
      this.#recent.push(args.map(shown).join(" "));
      if (this.#recent.length > RECENT) this.#recent.shift();
    }
    const client = this.#clients[index]!;
    client.send(Buffer.concat(steps.map((args) => encodeCommand(args))));
    if (client.isClosed) this.#clients[index] = this.#primary.connect();
  }

  /** Gives the replica what the stream has; an error there is a problem. */
  #apply(): void {
    this.#primary.server.effects.deliver();
    if (this.#stream.length === 0) return;
    const bytes = Buffer.concat(this.#stream);
    this.#stream.length = 0;
    this.#applier.feed(bytes);
    for (let reply = this.#answers.next(); reply !== null; reply = this.#answers.next()) {
      this.#effects++;
      if (holdsError(reply.value)) this.#report(`the stream was answered ${reply}`, bytes.toString("latin1"));
    }
  }

  #compare(): void {
    for (let database = 0; database < 16 && this.#problems.length === 0; database++) {
      for (const client of [this.#inspector, this.#applied]) client.call("SELECT", database);
      // What has expired goes now, and says so.
      this.#inspector.call("EXISTS", ...allKeys, ...typedKeys);
      for (const key of typedKeys) this.#inspector.call("HLEN", key);
      this.#apply();
      for (const [command, ...args] of [["DBSIZE"], ["KEYS", "*"]] as const) {
        this.#compareReplies(command, args, true);
      }
      const keys = (this.#inspector.call("KEYS", "*")!.value as string[]).sort();
      this.#keysCompared += keys.length;
      for (const key of keys) this.#compareKey(key);
    }
  }

  #compareKey(key: string): void {
    const type = this.#inspector.call("TYPE", key)!.toString();
    this.#compareReplies("TYPE", [key]);
    this.#compareReplies("PEXPIRETIME", [key]);
    // How a string or a list lies in memory may follow from commands that changed nothing in the end.
    if (/hash|[^z]set/.test(type)) this.#compareReplies("OBJECT", ["ENCODING", key]);
    if (type.includes("stream"))
      this.#compareReplies("XINFO", ["STREAM", key, "FULL", "COUNT", "0"], false, withoutTimes);
    else this.#compareReplies("DEBUG", ["DIGEST-VALUE", key]);
    if (!type.includes("hash")) return;
    const fields = this.#inspector.call("HKEYS", key)!.value as string[];
    if (fields.length > 0) this.#compareReplies("HPEXPIRETIME", [key, "FIELDS", String(fields.length), ...fields]);
  }

  #compareReplies(command: string, args: readonly string[], inAnyOrder = false, shows = (text: string) => text): void {
    const text = (client: LocalClient): string => {
      const bytes = client.call(command, ...args)!.bytes.toString("latin1");
      return inAnyOrder ? bytes.split("\r\n").sort().join("\r\n") : shows(bytes);
    };
    const expected = text(this.#inspector);
    const actual = text(this.#applied);
    if (expected !== actual) this.#report(`${[command, ...args].map(shown).join(" ")}`, unlike(expected, actual));
  }

  #report(what: string, more: string): void {
    if (this.#problems.length > 5) return;
    const words = what.split(" ");
    const related = this.#recent.filter((line) =>
      line
        .split(" ")
        .slice(1)
        .some((word) => words.includes(word)),
    );
    const recent = (related.length > 0 ? related : this.#recent).slice(-RELATED);
    this.#problems.push(`${what}\n  ${more.slice(0, 3000)}\n  before it:\n    ${recent.join("\n    ")}`);
  }
}

/** Where two texts part. */
function unlike(expected: string, actual: string): string {
  const left = expected.split("\r\n");
  const right = actual.split("\r\n");
  const at = left.findIndex((line, i) => line !== right[i]);
  const around = (lines: string[]): string => lines.slice(Math.max(0, at - 8), at + 8).join(" ");
  return `line ${at}: ${around(left)}\n  replayed: ${around(right)}`;
}

function holdsError(value: RespValue): boolean {
  return value instanceof RespError || (Array.isArray(value) && value.some(holdsError));
}

/** When a consumer was seen is no matter of the data; nor how a stream lies in memory. */
function withoutTimes(text: string): string {
  return text.replace(/(seen|active)-time\r\n:-?\d+/g, "$1-time").replace(/(radix-tree-(?:keys|nodes))\r\n:\d+/g, "$1");
}

function shown(arg: string): string {
  return /^[\w:.*?+>$@-]+$/.test(arg) && arg.length < 60 ? arg : JSON.stringify(arg).slice(0, 100);
}

/**
 * Compares the stream of effects with what a real server sends its replicas for the same commands, one command at a time:
 * `node dist/test/effects/beside-redis.js [--commands N] [--seed N] [--groups string] [--server redis-server]`.
 * Prints each kind of difference with an example and how often it came. Both begin anew after each, so that none follows from another.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { groupNames, nextSteps } from "../differential/generate.js";
import { Random } from "../differential/random.js";
import { freePort } from "../support/ports.js";
import { RespConnection } from "../support/resp-connection.js";
import { SimulatedTime } from "../support/simulated-time.js";
import { type LocalClient, LocalServer } from "./local-server.js";
import { parseCommands, ReplicaLink } from "./replica-link.js";

const { values } = parseArgs({
  options: {
    commands: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    groups: { type: "string", default: groupNames.join(",") },
    server: { type: "string", default: "redis-server" },
  },
});

/** Not sent: what chooses by chance or by its own clock, ends the server or the connection, or is not there on both sides. */
const LEFT_OUT =
  /^(SHUTDOWN|DEBUG|MONITOR|P?SUBSCRIBE|SSUBSCRIBE|CLIENT|CONFIG|AUTH|ACL|HELLO|QUIT|RESET|SPOP|COMMAND|HP?EXPIRE|HP?EXPIREAT|HP?TTL|HP?EXPIRETIME|HPERSIST|HGETEX|HSETEX|HGETDEL|PFDEBUG|WAIT|REPLICAOF|SLAVEOF|PUBLISH|SPUBLISH)$/i;
const WITH_TIME = /^(SETEX|PSETEX|P?EXPIRE|P?EXPIREAT|GETEX|RESTORE)$/i;

class Side {
  readonly time = new SimulatedTime();
  readonly local: LocalServer;
  #client: LocalClient;
  #stream: Buffer[] = [];

  constructor() {
    this.time.nowMs = Date.now();
    this.local = new LocalServer(this.time);
    this.#client = this.local.connect();
    this.local.server.effects.listen({
      receive: (region, length) => void this.#stream.push(Buffer.from(region.u8.subarray(0, length))),
    });
  }

  call(args: readonly string[]): string[][] {
    this.time.passTo(Date.now());
    if (this.#client.isClosed) this.#client = this.local.connect();
    this.#client.call(...args);
    this.local.server.effects.deliver();
    const { commands } = parseCommands(Buffer.concat(this.#stream));
    this.#stream = [];
    return commands;
  }
}

function shows(commands: readonly string[][]): string {
  return commands
    .map((words) => words.map((word) => (word.length > 50 ? `${word.slice(0, 40)}…${word.length}` : word)).join(" "))
    .join(" | ");
}

/** Times of the moment are alike, other words must be the same; SELECT is compared by what it selects. */
function areAlike(expected: readonly string[][], actual: readonly string[][]): boolean {
  if (expected.length !== actual.length) return false;
  return expected.every((words, i) => {
    const other = actual[i]!;
    return words.length === other.length && words.every((word, k) => isSameWord(word, other[k]!, k));
  });
}

/** The name of a command may be in any case. */
function isSameWord(word: string, other: string, place: number): boolean {
  return word === other || isSameMoment(word, other) || (place === 0 && word.toUpperCase() === other.toUpperCase());
}

function isSameMoment(a: string, b: string): boolean {
  return /^\d{13}$/.test(a) && /^\d{13}$/.test(b) && Math.abs(Number(a) - Number(b)) < 5000;
}

const port = await freePort();
const dir = mkdtempSync(join(tmpdir(), "beside-"));
const server = spawn(
  values.server,
  [
    "--port",
    String(port),
    "--save",
    "",
    "--dir",
    dir,
    "--repl-diskless-sync-delay",
    "0",
    "--enable-debug-command",
    "yes",
  ],
  { stdio: "ignore" },
);
try {
  let link: ReplicaLink | null = null;
  for (let i = 0; i < 50 && link === null; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const probe = await RespConnection.connect(port).catch(() => null);
    if (probe === null) continue;
    await probe.close();
    link = await ReplicaLink.open(port);
  }
  if (link === null) throw new Error(`${values.server} did not start`);
  const client = await RespConnection.connect(port);
  const marker = await RespConnection.connect(port);
  const ours = new Side();
  const random = new Random(Number(values.seed));
  const kinds = new Map<string, { count: number; example: string }>();
  const recent: string[] = [];
  let marks = 0;
  let compared = 0;
  let effects = 0;
  const theirs = async (args: readonly string[]): Promise<string[][]> => {
    if (process.env["TRACE"]) console.error(args);
    await client.send([...args]);
    await marker.send(["SELECT", "9"]);
    await marker.send(["SET", `mark${++marks}`, "1"]);
    return (await link!.until(`mark${marks}`)).filter(
      (words, i, all) => !(words[0] === "SELECT" && i === all.length - 1),
    );
  };
  const startAfresh = async (): Promise<void> => {
    for (const args of [["DISCARD"], ["UNWATCH"], ["SELECT", "0"], ["FLUSHALL"]]) {
      await theirs(args);
      ours.call(args);
    }
  };
  await startAfresh();
  const groups = values.groups.split(",");
  while (compared < Number(values.commands)) {
    for (const { args } of nextSteps(random, groups, random.oneIn(2))) {
      const name = args[0]!.toUpperCase();
      if (
        LEFT_OUT.test(name) ||
        args.some((arg) => arg === "*" || /^BLOCK$/i.test(arg)) ||
        (/^B/.test(name) && !/^BIT/.test(name))
      )
        continue;
      // Some numbers of milliseconds pass before the other side has seen them.
      if (WITH_TIME.test(name) && args.some((arg) => /^-?\d{1,5}$/.test(arg))) continue;
      if (name === "SET" && args.some((arg, i) => i > 3 && /^-?\d{1,5}$/.test(arg))) continue;
      const expected = await theirs(args);
      const actual = ours.call(args).filter((words, i, all) => !(words[0] === "SELECT" && i === all.length - 1));
      // Each mark leaves the other database selected there.
      const plain = (commands: string[][]) => commands.filter(([word]) => word !== "SELECT");
      compared++;
      effects += expected.length > 0 ? 1 : 0;
      recent.push(args.join(" ").slice(0, 100));
      if (recent.length > 12) recent.shift();
      if (areAlike(plain(expected), plain(actual))) continue;
      const kind = `${name} ${expected.map(([word]) => word).join("+")} / ${actual.map(([word]) => word).join("+")}`;
      const known = kinds.get(kind);
      if (known !== undefined) known.count++;
      else
        kinds.set(kind, {
          count: 1,
          example: `${args.join(" ").slice(0, 200)}\n    redis: ${shows(expected)}\n    ours:  ${shows(actual)}\n    after: ${recent.slice(0, -1).join("; ")}`,
        });
      await startAfresh();
    }
  }
  for (const [kind, { count, example }] of kinds) console.log(`${count} × ${kind}\n    ${example}`);
  console.log(`${compared} commands, ${effects} with effects, ${kinds.size} kinds of difference`);
  link.close();
  await client.close();
  await marker.close();
} finally {
  server.kill();
  await new Promise((resolve) => server.once("exit", resolve));
  rmSync(dir, { recursive: true });
}

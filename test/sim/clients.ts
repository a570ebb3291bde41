/**
 * Clients of one server on a bad network: they pipeline, read late, close half, vanish in the middle of a command and come back. What must hold:
 *
 * - whatever a client receives is the beginning of what its commands must answer, in their order;
 * - one that sends all and closes its half gets all, if the network lets it;
 * - after a broken connection what is held is what some number of its commands made it, all those answered among them;
 * - a job that was pushed is taken by one client at most, and lost only with a client that broke;
 * - when all have gone nothing of them is left: no client, no byte accounted, no block leaked.
 */
import { Region } from "../../src/bytes/region.js";
import type { StreamHandler } from "../../src/platform/network.js";
import type { Server } from "../../src/server/server.js";
import type { Random } from "../differential/random.js";
import { encodeCommand } from "../support/resp-connection.js";
import { type Expected, type Holdings, inspect, inspected, nextCommands, nothing } from "./client-model.js";
import { CALM, type LinkFaults, type SimulatedStream } from "./network.js";
import { World } from "./world.js";

const CLIENTS = 4;
const WORKERS = 2;
const ROUNDS = 12;
/** Enough for all that is on the way to arrive. */
const QUIET_MS = 5000;

/** Runs one simulation; returns what went wrong, in words. */
export async function simulateClients(seed: number): Promise<string[]> {
  const world = new World(seed);
  const server = await world.start("server");
  const problems: string[] = [];
  const clients = Array.from({ length: CLIENTS }, (_, i) => new Client(world, `client${i}`, problems));
  const jobs = new Jobs(world, problems);
  for (let round = 0; round < ROUNDS && problems.length === 0; round++) {
    world.network.faults = faults(world.random);
    if (world.random.oneIn(6)) world.network.cut("server", `client${world.random.integer(0, CLIENTS - 1)}`);
    for (const client of clients) client.act();
    jobs.act();
    await world.run(world.random.integer(0, 40));
    world.network.heal();
  }
  world.network.faults = CALM;
  await world.run(QUIET_MS);
  for (const client of clients) await client.settle();
  if (problems.length > 0) return problems;
  await jobs.settle();
  await world.run(QUIET_MS);
  problems.push(...remains(server));
  await server.close();
  return problems;
}

function faults(random: Random): LinkFaults {
  return {
    delayMs: [0, random.pick([0, 1, 10])],
    largestPacket: random.pick([1, 3, 20, 1000, 100_000]),
    resetOneIn: random.pick([0, 0, 0, 200, 2000]),
    window: random.pick([100, 5000, 1 << 20]),
  };
}

/** What is left of clients that have gone. */
function remains(server: Server): string[] {
  const { keyspace } = server.context;
  const problems = keyspace.arena.verify(keyspace.liveBlocks());
  if (server.clients.count > 0) problems.push(`${server.clients.count} clients are left`);
  const { memoryBytes, queryBytes, outputBytes } = server.host;
  if (memoryBytes + queryBytes + outputBytes !== 0) {
    problems.push(`bytes are accounted to nobody: ${memoryBytes}, input ${queryBytes}, output ${outputBytes}`);
  }
  return problems;
}

/** A connection as its client sees it. */
class Link implements StreamHandler {
  received = "";
  hasEnded = false;
  error: string | null = null;
  isClosed = false;
  /** Bytes that the system has not taken yet. */
  #unsent: Uint8Array[] = [];
  #isWriting = false;
  #finishes = false;

  private constructor(readonly stream: SimulatedStream) {}

  static open(world: World, machine: string): Link | null {
    const input = Region.allocate(65536);
    const stream = world.network.open(machine, input, "server", 6379);
    if (stream === null) return null;
    const link = new Link(stream);
    stream.handler = link;
    stream.resumeReading();
    return link;
  }

  send(commands: readonly (readonly string[])[]): void {
    this.#unsent.push(...commands.map((args) => encodeCommand(args)));
    this.#write();
  }

  sendBytes(bytes: Uint8Array): void {
    this.#unsent.push(bytes);
    this.#write();
  }

  /** Sends no more after what there is. */
  finish(): void {
    this.#finishes = true;
    this.#write();
  }

  onData(length: number): void {
    this.received += Buffer.from(this.stream.input.u8.subarray(0, length)).toString("latin1");
  }

  onDrain(): void {
    this.#isWriting = false;
    this.#write();
  }

  onEnd(): void {
    this.hasEnded = true;
    this.stream.end();
  }

  onClose(error: string | null): void {
    this.error = error;
    this.isClosed = true;
  }

  #write(): void {
    while (!this.#isWriting && !this.isClosed && this.#unsent.length > 0) {
      this.#isWriting = !this.stream.write(this.#unsent.shift()!);
    }
    if (this.#finishes && !this.#isWriting && this.#unsent.length === 0 && !this.isClosed) {
      this.#finishes = false;
      this.stream.finish();
    }
  }
}

class Client {
  readonly #world: World;
  readonly #name: string;
  readonly #keys: readonly string[];
  readonly #problems: string[];
  #link: Link | null = null;
  /** What was sent on this link, and what it must be answered. */
  #sent: Expected[] = [];
  #expected = "";
  #checked = 0;
  #holdings: Holdings = nothing();
  /** What was held when this link began. */
  #first: Holdings = nothing();
  /** What may be held since a connection broke; null while that is known. */
  #possible: Holdings[] | null = null;
  /** The connection has ended, and what may be held was noted. */
  #isBroken = false;
  #isInspecting = false;
  #isFinishing = false;

  constructor(world: World, name: string, problems: string[]) {
    this.#world = world;
    this.#name = name;
    this.#keys = [0, 1, 2, 3].map((i) => `${name}:${i}`);
    this.#problems = problems;
  }

  act(): void {
    if (!this.#isReady()) return;
    const { random } = this.#world;
    if (random.oneIn(9)) this.#link!.stream.pauseReading();
    else this.#link!.stream.resumeReading();
    if (this.#isFinishing) return;
    this.#sendSome(random.integer(0, 30));
    const end = random.integer(1, 14);
    if (end === 1) this.#vanish();
    else if (end === 2) this.#finish();
  }

  /** Ends on a network that does no harm. */
  async settle(): Promise<void> {
    for (let attempt = 0; attempt < 5 && (!this.#isReady() || this.#isFinishing); attempt++) {
      this.#link?.stream.resumeReading();
      await this.#world.run(QUIET_MS);
    }
    if (!this.#isReady()) return this.#report("is not served");
    const link = this.#link!;
    link.stream.resumeReading();
    this.#sendSome(20);
    this.#finish();
    await this.#world.run(QUIET_MS);
    if (link.received !== this.#expected)
      this.#report(`has finished and received ${link.received.length} of ${this.#expected.length} bytes`);
    if (!link.isClosed) this.#report("has finished and is not closed");
  }

  /** Looks at what came; true when there is a connection that can be worked on. */
  #isReady(): boolean {
    if (this.#problems.length > 0) return false;
    if (this.#link !== null && !this.#isBroken) {
      if (!this.#check(this.#link)) return false;
      if (this.#link.isClosed) this.#noteBreak(this.#link);
    }
    // What the server still has of a broken connection may run; only then is known what is held.
    if (this.#link !== null && this.#link.isClosed && this.#link.stream.peer.isOpen) return false;
    if (this.#link === null || this.#link.isClosed) {
      this.#link = Link.open(this.#world, this.#name);
      this.#isBroken = false;
      this.#isInspecting = false;
      this.#isFinishing = false;
    }
    return this.#link !== null && (this.#possible === null || this.#inspect(this.#link));
  }

  /** Compares what came with what must. */
  #check(link: Link): boolean {
    if (this.#isInspecting) return true;
    const { received } = link;
    const isRight = this.#expected.startsWith(received.slice(this.#checked), this.#checked);
    if (!isRight) this.#report(`received ${JSON.stringify(received.slice(this.#checked, this.#checked + 200))}`);
    this.#checked = received.length;
    return isRight;
  }

  /** Any number of commands may have run, those that were answered for certain. */
  #noteBreak(link: Link): void {
    this.#isBroken = true;
    if (this.#isFinishing && link.error === null && link.received !== this.#expected)
      this.#report(`has finished and received ${link.received.length} of ${this.#expected.length} bytes`);
    if (this.#sent.length === 0) return;
    let answered = 0;
    for (let bytes = 0; answered < this.#sent.length; answered++) {
      bytes += this.#sent[answered]!.reply.length;
      if (bytes > link.received.length) break;
    }
    const before = answered === 0 ? this.#first : this.#sent[answered - 1]!.after;
    this.#possible = [before, ...this.#sent.slice(answered).map(({ after }) => after)];
    this.#sent = [];
    this.#expected = "";
    this.#checked = 0;
  }

  /** Asks what is held, alone on its connection; true when the answer is one that is possible. */
  #inspect(link: Link): boolean {
    if (!this.#isInspecting) {
      this.#isInspecting = true;
      link.stream.resumeReading();
      link.send(inspect(this.#keys));
      return false;
    }
    const answers = this.#possible!.map((holdings) => inspected(this.#keys, holdings));
    const found = answers.indexOf(link.received);
    if (found < 0) {
      const isLate = answers.some((answer) => answer.startsWith(link.received));
      if (!isLate)
        this.#report(`holds what no number of its commands makes: ${JSON.stringify(link.received.slice(0, 300))}`);
      return false;
    }
    this.#holdings = this.#possible![found]!;
    this.#first = this.#holdings;
    this.#possible = null;
    this.#isInspecting = false;
    this.#expected = link.received;
    this.#checked = link.received.length;
    // Counted with what is sent next, so that it is known what was answered.
    this.#sent = [{ args: ["(inspection)"], reply: link.received, after: this.#holdings }];
    return true;
  }

  #sendSome(count: number): void {
    const { random } = this.#world;
    const commands: Expected[] = [];
    while (commands.length < count) {
      const next = nextCommands(random, `${this.#name}:`, this.#holdings);
      this.#holdings = next.at(-1)!.after;
      commands.push(...next);
    }
    this.#sent.push(...commands);
    this.#expected += commands.map(({ reply }) => reply).join("");
    this.#link!.send(commands.map(({ args }) => args));
  }

  /** Breaks the connection, maybe in the middle of a command. */
  #vanish(): void {
    if (this.#world.random.oneIn(2)) this.#link!.sendBytes(Buffer.from("*3\r\n$3\r\nSET\r\n$8\r\nunfin"));
    this.#link!.stream.destroy();
  }

  #finish(): void {
    this.#isFinishing = true;
    // Half a command, as of a program that ended in the middle of it.
    if (this.#world.random.oneIn(3)) this.#link!.sendBytes(Buffer.from("*2\r\n$3\r\nGET\r\n$5\r\nab"));
    this.#link!.finish();
  }

  #report(problem: string): void {
    const last = this.#sent.slice(-5).map(({ args }) => args.join(" ").slice(0, 60));
    const expected = JSON.stringify(this.#expected.slice(this.#checked, this.#checked + 200));
    this.#problems.push(`${this.#name} ${problem}; expected ${expected}; sent last ${last.join(" | ")}`);
  }
}

/** Pushes jobs and takes them, waiting for them; no job may be taken twice. */
class Jobs {
  readonly #world: World;
  readonly #problems: string[];
  #pusher: Link | null = null;
  readonly #workers: (Link | null)[] = new Array(WORKERS).fill(null);
  #pushed = 0;
  readonly #taken = new Map<string, number>();
  #hasBroken = false;

  constructor(world: World, problems: string[]) {
    this.#world = world;
    this.#problems = problems;
  }

  act(): void {
    const { random } = this.#world;
    this.#collect();
    if (this.#pusher === null || this.#pusher.isClosed) this.#pusher = Link.open(this.#world, "pusher");
    this.#pusher?.send(Array.from({ length: random.integer(0, 5) }, () => ["RPUSH", "jobs", `job${this.#pushed++}`]));
    for (let i = 0; i < WORKERS; i++) {
      const worker = this.#workers[i] ?? null;
      if (worker === null || worker.isClosed) this.#workers[i] = Link.open(this.#world, `worker${i}`);
      this.#workers[i]?.send(
        Array.from({ length: random.integer(0, 3) }, () => ["BLPOP", "jobs", random.pick(["0.02", "1"])]),
      );
      if (!random.oneIn(15)) continue;
      this.#hasBroken = true;
      this.#workers[i]?.stream.destroy();
    }
  }

  async settle(): Promise<void> {
    await this.#world.run(QUIET_MS);
    this.#collect();
    for (const link of [this.#pusher, ...this.#workers]) link?.stream.destroy();
    for (const [job, times] of this.#taken) if (times > 1) this.#problems.push(`${job} was taken ${times} times`);
    if (this.#hasBroken || this.#resets > 0) return;
    const link = Link.open(this.#world, "auditor")!;
    link.send([["LLEN", "jobs"]]);
    await this.#world.run(QUIET_MS);
    const left = Number(link.received.slice(1));
    link.stream.destroy();
    if (left + this.#taken.size !== this.#pushed)
      this.#problems.push(`${this.#pushed} jobs pushed, ${this.#taken.size} taken, ${left} left`);
  }

  #resets = 0;

  #collect(): void {
    if (this.#pusher?.isClosed) this.#resets++;
    for (const worker of this.#workers) {
      if (worker === null) continue;
      let end = 0;
      for (const match of worker.received.matchAll(/\*-1\r\n|\*2\r\n\$4\r\njobs\r\n\$\d+\r\n(job\d+)\r\n/g)) {
        end = match.index + match[0].length;
        const job = match[1];
        if (job !== undefined) this.#taken.set(job, (this.#taken.get(job) ?? 0) + 1);
      }
      worker.received = worker.received.slice(end);
      if (worker.isClosed) this.#resets++;
    }
  }
}

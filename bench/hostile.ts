/**
 * `npm run hostile`: what hostile clients cost a server and the others it serves, beside redis-server.
 *
 *     node dist/bench/hostile.js [--connections 10000] [--seconds 5] [--programs redis-server,redstart] [--attacks drip,guess]
 *
 * For each attack both servers are started anew. A well-behaved client sends a GET every millisecond, first alone, then while the attack
 * goes on from a process of its own; its 50th and 99th percentile and its longest wait are printed, with the server's resident memory and
 * share of a core. `idle`, `drip`, `announce` use all connections, the others, which send as fast as they can, 50.
 *
 * On Linux with taskset the server has a core to itself. The attackers share the other with the well-behaved client, as far behind it as
 * priorities go (those of root only in one direction), so that its waits are the server's.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Attack, type AttackName, attack } from "../test/support/hostile-clients.js";
import { RespConnection } from "../test/support/resp-connection.js";
import { type Program, type RunningServer, startServer } from "../test/support/servers.js";
import { moveTo, onCore, residentMegabytes } from "./process-figures.js";

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "10000" },
    seconds: { type: "string", default: "5" },
    programs: { type: "string", default: "redis-server,redstart" },
    attacks: { type: "string", default: "idle,drip,announce,inline,deaf,guess" },
    attacker: { type: "string" },
  },
});
const seconds = Number(values.seconds);
const PASSWORD = "well-behaved";
const FULL_SPEED_CONNECTIONS = 50;

/** What the process of the attackers tells. */
interface Report {
  open: number;
  closed: number;
  granted: number;
  sentBytes: number;
}

function connectionsFor(name: AttackName): number {
  return name === "idle" || name === "drip" || name === "announce"
    ? Number(values.connections)
    : FULL_SPEED_CONNECTIONS;
}

interface Waits {
  p50: number;
  p99: number;
  longest: number;
}

/** A GET every millisecond for some seconds. */
async function waits(connection: RespConnection): Promise<Waits> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const sent = performance.now();
    await connection.call("GET", "key");
    times.push(performance.now() - sent);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  times.sort((a, b) => a - b);
  return { p50: at(times, 0.5), p99: at(times, 0.99), longest: times.at(-1)! };
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)]!;
}

function cpuSeconds(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ")[0]) / 1e9;
}

/** Puts this process before the attackers, where it may. */
function hurry(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGHEST);
  } catch {
    // The attackers have the lowest there is.
  }
}

async function report(child: ChildProcess): Promise<Report> {
  child.send("report");
  return (await once(child, "message"))[0] as Report;
}

async function measure(name: AttackName, program: Program, server: RunningServer): Promise<void> {
  const connection = await RespConnection.connect(server.port);
  await connection.call("AUTH", PASSWORD);
  await connection.call("SET", "key", "value");
  await connection.call("SET", "hostile:big", "x".repeat(100_000));
  if (name !== "guess") await connection.call("CONFIG", "SET", "requirepass", "");
  const alone = await waits(connection);
  const before = residentMegabytes(server.pid) ?? Number.NaN;
  const child = fork(fileURLToPath(import.meta.url), ["--attacker", `${name}:${server.port}:${connectionsFor(name)}`]);
  await once(child, "message");
  const cpuBefore = cpuSeconds(server.pid);
  const attacked = await waits(connection);
  const cpu = (cpuSeconds(server.pid) - cpuBefore) / seconds;
  const { open, closed, granted, sentBytes } = await report(child);
  const memory = residentMegabytes(server.pid) ?? Number.NaN;
  child.kill();
  await connection.close();
  const each =
    name === "idle" || name === "drip" || name === "announce"
      ? ` (${Math.round(((memory - before) * 1024) / open)} KB each)`
      : "";
  const row = [
    name.padEnd(9),
    program.padEnd(13),
    show(alone),
    show(attacked),
    `${memory.toFixed(0)} MB${each}`.padEnd(18),
    `${(cpu * 100).toFixed(0)} %`.padStart(6),
    `  ${open} open, ${closed} closed, ${(sentBytes / 1e6).toFixed(0)} MB sent${name === "guess" ? `, ${granted} let in` : ""}`,
  ];
  console.log(row.join(" "));
}

function show({ p50, p99, longest }: Waits): string {
  return `${p50.toFixed(2)} / ${p99.toFixed(2)} / ${longest.toFixed(1)}`.padEnd(21);
}

/** The process of the attackers: attacks until it is killed. */
async function attackerProcess(argument: string): Promise<void> {
  const [name, port, count] = argument.split(":");
  setPriority(constants.priority.PRIORITY_LOW);
  const running: Attack = await attack(name as AttackName, Number(port), Number(count));
  process.on("message", () => {
    const { open, closed, granted, sentBytes } = running;
    process.send!({ open, closed, granted, sentBytes } satisfies Report);
  });
  process.send!("started");
}

async function main(): Promise<void> {
  // Each server that is started looks out for the end of this process.
  process.setMaxListeners(0);
  moveTo(1);
  hurry();
  console.log(
    "attack    server        alone p50/p99/max ms  attacked              memory               core  attackers",
  );
  for (const name of values.attacks.split(",") as AttackName[]) {
    for (const program of values.programs.split(",") as Program[]) {
      const server = await startServer({
        program,
        args: ["--maxclients", String(connectionsFor(name) + 1000), "--requirepass", PASSWORD, "--save", ""],
        wrapper: onCore(0),
      });
      try {
        await measure(name, program, server);
      } finally {
        await server.stop();
      }
    }
  }
}

await (values.attacker === undefined ? main() : attackerProcess(values.attacker));

/**
 * `npm run weak-spots`: what Redis does in linear time and Redstart does not, measured beside it: elements in the middle of a list of a
 * million, ranks in a sorted set of a million, the middle of a stream of a million. And whole collections of 100 000 elements.
 *
 * Each call waits for its reply; figures are medians in µs, the round trip (PING) included.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { RespConnection } from "../test/support/resp-connection.js";
import { type Program, programPath, startServer } from "../test/support/servers.js";
import { median } from "./report.js";

const COUNT = 1_000_000;
/** Enough for the compiler of Node to have seen them. */
const CALLS = 3000;
const SLOW_CALLS = 60;

type Call = (i: number) => string[];

const spots: readonly (readonly [name: string, call: Call])[] = [
  ["PING", () => ["PING"]],
  ["LINDEX in the middle of 1 M", (i) => ["LINDEX", "list", String(COUNT / 2 + i)]],
  ["LSET in the middle of 1 M", (i) => ["LSET", "list", String(COUNT / 2 + i), `set:${i}`]],
  ["LRANGE of 10 in the middle of 1 M", (i) => ["LRANGE", "list", String(COUNT / 2 + i), String(COUNT / 2 + i + 9)]],
  ["LINSERT in the middle of 1 M", (i) => ["LINSERT", "list", "BEFORE", `element:${COUNT / 2 + 100 + i}`, "new"]],
  ["ZRANK in 1 M", (i) => ["ZRANK", "zset", `member:${(i * 7919) % COUNT}`]],
  ["ZRANGE of 10 by rank in 1 M", (i) => ["ZRANGE", "zset", String(COUNT / 2 + i), String(COUNT / 2 + i + 9)]],
  ["XRANGE of 10 in the middle of 1 M", (i) => ["XRANGE", "stream", `${COUNT / 2 + i}-0`, "+", "COUNT", "10"]],
];

/** Collections that are replied whole. */
const WHOLE = 100_000;
const WHOLE_CALLS = 40;
const wholes: readonly string[][] = [
  ["SMEMBERS", "set"],
  ["HGETALL", "hash"],
];

/** Elements that one command brings, or commands that one write does. */
const BATCH = 1000;

async function load(connection: RespConnection): Promise<void> {
  const fill = async (count: number, command: string[], make: (i: number) => string[]): Promise<void> => {
    for (let from = 0; from < count; from += BATCH) {
      const args = [...command];
      for (let i = from; i < from + BATCH; i++) args.push(...make(i));
      await connection.call(...args);
    }
  };
  await fill(COUNT, ["RPUSH", "list"], (i) => [`element:${i}`]);
  await fill(COUNT, ["ZADD", "zset"], (i) => [String(i * 1.5), `member:${i}`]);
  await fill(WHOLE, ["SADD", "set"], (i) => [`member:${i}`]);
  await fill(WHOLE, ["HSET", "hash"], (i) => [`field:${i}`, `value:${i}`]);
  for (let from = 0; from < COUNT; from += BATCH) {
    let text = "";
    for (let i = from; i < from + BATCH; i++) text += `XADD stream ${i + 1}-1 field ${i}\r\n`;
    connection.write(text);
    for (let i = 0; i < BATCH; i++) await connection.nextReply();
  }
}

/** Microseconds until the last byte of each reply to a command is there; nothing looks at the bytes before it. */
async function wholeReplies(port: number, command: string[]): Promise<number[]> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const end = Buffer.from("+PONG\r\n");
  const times: number[] = [];
  for (let i = 0; i < WHOLE_CALLS; i++) {
    const start = performance.now();
    socket.write(`${command.join(" ")}\r\nPING\r\n`);
    let tail = Buffer.alloc(0);
    while (!tail.equals(end)) {
      const [chunk] = (await once(socket, "data")) as [Buffer];
      tail = Buffer.concat([tail, chunk.subarray(-end.length)]).subarray(-end.length);
    }
    times.push((performance.now() - start) * 1000);
  }
  socket.destroy();
  return times;
}

async function measure(program: Program): Promise<number[]> {
  const server = await startServer({ program });
  try {
    const connection = await RespConnection.connect(server.port);
    await load(connection);
    const medians: number[] = [];
    for (const [name, call] of spots) {
      const times: number[] = [];
      for (let i = 0; i < (name.startsWith("LINSERT") ? SLOW_CALLS : CALLS); i++) {
        const start = performance.now();
        await connection.send(call(i));
        times.push((performance.now() - start) * 1000);
      }
      medians.push(median(times));
    }
    for (const command of wholes) medians.push(median(await wholeReplies(server.port, command)));
    await connection.close();
    return medians;
  } finally {
    await server.stop();
  }
}

const programs: Program[] = programPath("redis-server") === null ? ["redstart"] : ["redis-server", "redstart"];
const results: number[][] = [];
for (const program of programs) results.push(await measure(program));
console.log(`| median of the calls, µs | ${programs.join(" | ")} |`);
console.log(`| --- |${programs.map(() => " ---: |").join("")}`);
const names = [...spots.map(([name]) => name), ...wholes.map(([command]) => `${command} of 100 000`)];
for (const [i, name] of names.entries()) {
  console.log(`| ${name} | ${results.map((medians) => Math.round(medians[i]!)).join(" | ")} |`);
}

/** Redis' own tools, redis-cli and redis-benchmark. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { type RunningServer, skipWithout, startServer } from "../support/servers.js";

/** Runs a program to its end with `input`; resolves with all it printed. Rejects when it fails. */
function run(program: string, args: readonly string[], input = ""): Promise<string> {
  const child = spawn(program, args, { timeout: 60_000 });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
  }
  // A program that does not read may be gone by now.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(output) : reject(new Error(`${program}: ${code}\n${output}`))));
  });
}

describe("redis-cli", { skip: skipWithout("redis-cli") }, () => {
  let server: RunningServer;
  const cli = (...args: string[]) => run("redis-cli", ["-p", String(server.port), ...args]);
  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  test("runs single commands on RESP2 and RESP3", async () => {
    assert.equal(await cli("SET", "k", "v w"), "OK\n");
    assert.equal(await cli("GET", "k"), "v w\n");
    assert.equal(await cli("-3", "GET", "none"), "\n");
    assert.match(await cli("INCR", "k"), /^ERR value is not an integer/);
    assert.match(await cli("INFO", "server"), /redis_version:7\.\d+\.\d+/);
  });

  test("runs a script of commands from its input, transactions included", async () => {
    const output = await run(
      "redis-cli",
      ["-p", String(server.port)],
      'SET n 1\nMULTI\nINCR n\nINCR n\nEXEC\nSELECT 2\nDBSIZE\nGET "quo\\"ted"\n',
    );
    assert.equal(output, "OK\nOK\nQUEUED\nQUEUED\n2\n3\nOK\n0\n\n");
  });

  test("loads with --pipe", async () => {
    let protocol = "";
    for (let i = 0; i < 10_000; i++) protocol += `*3\r\n$3\r\nSET\r\n$7\r\np:${10_000 + i}\r\n$5\r\nvalue\r\n`;
    const output = await run("redis-cli", ["-p", String(server.port), "--pipe"], protocol);
    assert.match(output, /errors: 0, replies: 10000/);
  });

  test("scans", async () => {
    await cli("MSET", "scan:1", "a", "scan:2", "b");
    const keys = await cli("--scan", "--pattern", "scan:*");
    assert.deepEqual(keys.trim().split("\n").sort(), ["scan:1", "scan:2"]);
  });
});

describe("redis-benchmark", { skip: skipWithout("redis-benchmark") }, () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  for (const pipeline of ["1", "16"]) {
    test(`runs its tests with a pipeline of ${pipeline}`, async () => {
      const output = await run("redis-benchmark", [
        ...[
          "-p",
          String(server.port),
          "-t",
          "ping,set,get,incr,mset,lpush,rpush,lpop,rpop,sadd,spop,hset,zadd,zpopmin,lrange_100",
          "-n",
          "5000",
          "-r",
          "1000",
          "-P",
          pipeline,
          "-q",
        ],
      ]);
      const lines = output.split(/[\r\n]+/).filter((line) => line.includes("requests per second"));
      assert.equal(lines.length, 17, output);
      assert.doesNotMatch(output, /Error/);
    });
  }
});

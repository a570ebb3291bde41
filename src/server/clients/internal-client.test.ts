import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ReplyParser, type RespError, RespStatus } from "../../../test/support/reply-parser.js";
import { encodeCommand } from "../../../test/support/resp-connection.js";
import { type SimulatedClient, SimulatedServer } from "../../../test/support/simulated-server.js";
import { Expiry } from "../../keyspace/expiry.js";
import type { ServerOptions } from "../config/options.js";
import { InternalClient } from "./internal-client.js";

/** A server with a client of its own, whose replies are collected. */
class Bench extends SimulatedServer {
  replies = "";
  readonly internal: InternalClient;
  readonly #other: SimulatedClient;

  constructor(options: ServerOptions = {}) {
    super({ "enable-debug-command": "yes", ...options });
    const { host, context } = this.server;
    this.#other = this.open();
    this.internal = new InternalClient(host, context.keyspace.database(0), this.time.nowMs, (bytes) => {
      this.replies += Buffer.from(bytes).toString("latin1");
    });
  }

  /** Feeds commands; returns what they were answered. */
  feed(...commands: string[]): string {
    this.replies = "";
    this.internal.feed(streamOf(commands));
    return this.replies;
  }

  /** The reply to a client that is connected. */
  call(command: string): string {
    return this.#other.say(command);
  }
}

function streamOf(commands: readonly string[]): Buffer {
  return Buffer.concat(commands.map((command) => encodeCommand(command.split(" "))));
}

/** Values, expiries and databases of a key space. */
function contents(bench: Bench): unknown {
  const keys = ["string", "list", "hash", "set", "zset", "stream", "gone"];
  const expiries = keys.map((key) => bench.call(`PEXPIRETIME ${key}`));
  return [bench.call("DEBUG DIGEST"), bench.call("INFO keyspace"), expiries];
}

const STREAM = [
  "SELECT 0",
  "SET string value PXAT 9999999999999",
  "MULTI",
  "RPUSH list a b c",
  "LPOP list",
  "SELECT 3",
  "HSET hash field 1 other 2",
  "EXEC",
  "HPEXPIREAT hash 9999999999999 FIELDS 1 field",
  "SELECT 0",
  "SET gone value PXAT 1",
  "APPEND gone more",
  "SADD set 1 2 3 x",
  "ZADD zset 1.5 a 2 b",
  "XADD stream 5-1 field value",
  "MULTI",
  "DEL string",
  "EXEC",
];

describe("a client without a connection", () => {
  test("does with the key space what one with a connection does, however its stream is cut", () => {
    const usual = new Bench();
    usual.server.context.keyspace.setExpiry(Expiry.KEPT);
    const client = usual.open();
    client.say(...STREAM);
    const expected = contents(usual);
    const stream = streamOf(STREAM);
    for (const size of [1, 7, 100, stream.length]) {
      const bench = new Bench();
      bench.server.context.keyspace.setExpiry(Expiry.KEPT);
      for (let at = 0; at < stream.length; at += size) bench.internal.feed(stream.subarray(at, at + size));
      assert.equal(bench.internal.position, stream.length);
      assert.deepEqual(contents(bench), expected, `${size} bytes at once`);
      assert.equal(bench.call("STRLEN gone"), ":9\r\n");
    }
  });

  test("has done all when it has been fed, however much that was and long the arguments are", () => {
    const bench = new Bench();
    bench.server.host.leastLongArgument = 100_000;
    const long = "x".repeat(300_000);
    const commands = Array.from({ length: 20_000 }, (_, i) => `APPEND k${i % 10} value`);
    bench.feed(...commands, `SET long ${long}`, "SET after 1", `APPEND long ${long}`, "INCR after");
    assert.equal(bench.call("STRLEN k9"), ":10000\r\n");
    assert.equal(bench.call("STRLEN long"), ":600000\r\n");
    assert.equal(bench.call("GET after"), "$1\r\n2\r\n");
  });

  test("takes as long as it needs, and has no turns", () => {
    const bench = new Bench();
    const { clock } = bench.time;
    let us = 0;
    clock.monotonicUs = () => (us += 10_000);
    const stream = streamOf(["SETRANGE huge 34000000 x", `APPEND huge ${"x".repeat(9_000_000)}`, "STRLEN huge"]);
    bench.internal.feed(stream);
    assert.ok(bench.replies.endsWith(":43000001\r\n"));
    bench.feed(...Array.from({ length: 1000 }, () => "INCR n"));
    assert.ok(bench.replies.endsWith(":1000\r\n"));
    assert.equal(bench.server.host.waitingTurns, 0);
    // Whose memory is not lent any longer than it is read.
    bench.feed("GET huge");
    assert.ok(bench.replies.length > 43_000_001);
    const { arena } = bench.server.context.keyspace;
    assert.ok(arena.segments.every((segment) => !segment?.loanCount));
  });

  test("hands on its replies, or drops them", () => {
    const bench = new Bench();
    const value = "x".repeat(3_000_000);
    const replies = bench.feed(`SET k ${value}`, "GET k", "PING", "GET k", "NOSUCH command");
    const parser = new ReplyParser();
    parser.feed(Buffer.from(replies, "latin1"));
    const got = Array.from({ length: 5 }, () => parser.next()!.value);
    assert.ok(got[1] === value && got[3] === value);
    assert.deepEqual([got[0], got[2]], [new RespStatus("OK"), new RespStatus("PONG")]);
    assert.match(String((got[4] as RespError).message), /unknown command/);
    const silent = new InternalClient(bench.server.host, bench.server.context.keyspace.database(0), 0);
    silent.feed(streamOf(["GET k", "INCR n"]));
    assert.equal(bench.call("GET n"), "$1\r\n1\r\n");
    assert.equal(bench.server.host.outputBytes, 0);
  });

  test("does not wait: its commands are answered as inside MULTI", () => {
    const bench = new Bench();
    const blocking = [
      "BLPOP list 0",
      "BLMOVE list other LEFT LEFT 0",
      "BZPOPMIN zset 0",
      "XREAD BLOCK 0 STREAMS stream $",
      "WAIT 1 0",
    ];
    const answers = bench.feed(...blocking, "PING");
    const inMulti = bench.open().say("MULTI", ...blocking, "EXEC");
    assert.equal(`+OK\r\n${"+QUEUED\r\n".repeat(5)}*5\r\n${answers}`, `${inMulti}+PONG\r\n`);
    assert.equal(bench.internal.suspension, null);
    assert.equal(bench.info("blocked_clients"), "0");
  });

  test("serves those who wait, with replies of their own", () => {
    const bench = new Bench();
    const waiting = bench.open();
    assert.equal(waiting.say("BLPOP list 0"), "");
    assert.equal(bench.feed("PING", "RPUSH list a b", "LLEN list"), "+PONG\r\n:2\r\n:1\r\n");
    assert.equal(waiting.received(), "*2\r\n$4\r\nlist\r\n$1\r\na\r\n");
  });

  test("is seen by nobody, and ended by nobody", () => {
    const bench = new Bench({ maxclients: 31, "maxmemory-clients": "50kb" });
    bench.feed("CLIENT SETNAME me", "SET k v");
    assert.doesNotMatch(bench.call("CLIENT LIST"), /name=me|id=0 /);
    assert.equal(bench.info("connected_clients"), "1");
    bench.call("CLIENT KILL ID 0");
    bench.call("CLIENT KILL TYPE normal");
    bench.internal.feed(Buffer.from("*2\r\n$4\r\nECHO\r\n$90000\r\n"));
    bench.internal.feed(Buffer.alloc(89_000));
    assert.equal(bench.call("PING"), "+PONG\r\n");
    const others = Array.from({ length: 30 }, () => bench.open());
    assert.equal(bench.info("rejected_connections"), "0");
    for (const each of others) each.say("PING");
    assert.ok(others.some(({ stream }) => stream.isClosed));
    assert.equal(bench.internal.closed, false);
  });

  test("is not refused, held or slowed down", () => {
    const bench = new Bench({
      maxmemory: 1,
      "min-replicas-to-write": 1,
      "enable-debug-command": "no",
      "client-throttle": "class normal commands 1",
    });
    assert.match(bench.call("SET a b"), /^-OOM/);
    bench.pass(5000);
    assert.equal(bench.call("CLIENT PAUSE 100000"), "+OK\r\n");
    const replies = bench.feed("SET k v", "MULTI", "SET k w", "DEBUG SLEEP 0", "EXEC", "GET k");
    assert.equal(replies, "+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n+OK\r\n$1\r\nw\r\n");
  });

  test("counts its memory with the others', until it is closed", () => {
    const bench = new Bench();
    const { host } = bench.server;
    const before = host.memoryBytes;
    bench.internal.feed(Buffer.from("*2\r\n$4\r\nECHO\r\n$50000\r\n"));
    bench.internal.feed(Buffer.alloc(40_000));
    assert.ok(host.memoryBytes >= before + 40_000);
    assert.ok(host.queryBytes >= 40_000);
    bench.internal.feed(Buffer.alloc(10_002));
    bench.feed("MULTI", `SET k ${"x".repeat(30_000)}`);
    assert.ok(host.memoryBytes >= before + 30_000);
    bench.internal.close("done");
    assert.equal(host.memoryBytes, before - bench.internal.overheadBytes);
    assert.equal(host.queryBytes, 0);
  });

  test("runs nothing behind what is no command, and says what is wrong", () => {
    const bench = new Bench();
    bench.feed("SET k 1");
    const { position } = bench.internal;
    assert.equal(bench.internal.error, "");
    bench.internal.feed(Buffer.from("*1\r\n!oops\r\n"));
    assert.match(bench.internal.error, /Protocol error: expected '\$'/);
    bench.feed("SET k 2");
    assert.equal(bench.call("GET k"), "$1\r\n1\r\n");
    assert.ok(bench.internal.position >= position);
  });
});

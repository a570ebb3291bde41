/**
 * Flow control, both ways, on streams where the test decides what a packet is and when the peer reads: what arrives may be cut and
 * merged anywhere, who does not read is not read from, and nobody's work holds up the others.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NodeClock } from "../../src/platform/clock.js";
import { until } from "../support/embedded.js";
import { SeededRandom } from "../support/fuzzing.js";
import { commands, ManualServer, settled } from "../support/manual-server.js";
import type { ManualStream } from "../support/manual-stream.js";
import { encodeCommand } from "../support/resp-connection.js";

const MB = 1024 * 1024;

describe("packets", () => {
  /** Commands of all forms and states, ended by QUIT. */
  const mixed = Buffer.concat([
    commands(["SET", "k", "a\r\n\0b"], ["GET", "k"], ["APPEND", "k", "x".repeat(40)]),
    Buffer.from('PING\r\n\r\n  ECHO "a\\x00b" \nSTRLEN k\r\n*0\r\n*-1\r\n'),
    commands(
      ["MULTI"],
      ["INCR", "n"],
      ["NOPE"],
      ["EXEC"],
      ["MULTI"],
      ["INCR", "n"],
      ["LPUSH", "l", "1", "2"],
      ["EXEC"],
    ),
    commands(["SUBSCRIBE", "c", "d"], ["PING", "x"], ["GET", "k"], ["UNSUBSCRIBE"], ["GET"], ["SET", "k", "v", "PX"]),
    commands(["CLIENT", "REPLY", "SKIP"], ["INCR", "n"], ["HELLO", "3"], ["HGETALL", "none"], ["BLPOP", "l", "0"]),
    commands(
      ["SUBSCRIBE", "c"],
      ["PUBLISH", "c", "message"],
      ["LRANGE", "l", "0", "-1"],
      ["RESET"],
      ["SETRANGE", "s", "5", ""],
    ),
    commands(["QUIT"], ["INCR", "never"]),
  ]);

  /** What a client is told when the bytes come in packets that end at `cuts`. */
  async function answer(world: ManualServer, cuts: readonly number[]): Promise<string> {
    await world.call("FLUSHALL");
    const stream = world.open();
    let from = 0;
    for (const cut of [...cuts, mixed.length]) {
      stream.deliver(mixed.subarray(from, cut));
      from = cut;
    }
    await until("the server closes", () => stream.isClosed);
    assert.equal(await world.call("EXISTS", "never"), ":0\r\n");
    return stream.text.replace(/id\r\n:\d+/, "id");
  }

  test("cut anywhere give the replies of the whole", async (t) => {
    const world = new ManualServer(t);
    const whole = await answer(world, []);
    assert.match(
      whole,
      /^\+OK\r\n\$5\r\na\r\n\0b\r\n:45\r\n\+PONG\r\n\$3\r\na\0b\r\n:45\r\n\+OK\r\n\+QUEUED\r\n-ERR unknown/,
    );
    assert.match(whole, /EXECABORT[^\n]*\n\+OK\r\n\+QUEUED\r\n\+QUEUED\r\n\*2\r\n:1\r\n:2\r\n\*3\r\n\$9\r\nsubscribe/);
    assert.match(whole, />3\r\n\$7\r\nmessage\r\n\$1\r\nc\r\n\$7\r\nmessage\r\n.*\+RESET\r\n:0\r\n\+OK\r\n$/s);
    for (let cut = 1; cut < mixed.length; cut++) assert.equal(await answer(world, [cut]), whole, `cut at ${cut}`);
  });

  test("of one byte each, and cut at several places, too", async (t) => {
    const world = new ManualServer(t);
    const whole = await answer(world, []);
    const every = Array.from({ length: mixed.length - 1 }, (_, i) => i + 1);
    assert.equal(await answer(world, every), whole);
    const random = new SeededRandom(11);
    for (let i = 0; i < 200; i++) {
      const cuts = every.filter(() => random.chance(0.02 + 0.3 * (i % 2)));
      assert.equal(await answer(world, cuts), whole, `cut at ${cuts}`);
    }
  });

  test("that hold many clients' worth of commands, and half of one, lose nothing", async (t) => {
    const world = new ManualServer(t);
    const big = "y".repeat(200_000);
    const bytes = commands(
      ["SET", "big", big],
      ["STRLEN", "big"],
      ["ECHO", "z".repeat(70_000)],
      ["GET", "big"],
      ["PING"],
    );
    const expected = `+OK\r\n:200000\r\n$70000\r\n${"z".repeat(70_000)}\r\n$200000\r\n${big}\r\n+PONG\r\n`;
    for (let size = 997; size < bytes.length; size = Math.floor(size * 1.7)) {
      const stream = world.open();
      for (let from = 0; from < bytes.length; from += size) stream.deliver(bytes.subarray(from, from + size));
      await until("all is answered", () => stream.sentBytes >= expected.length);
      assert.ok(stream.text === expected, `packets of ${size}`);
      stream.destroy();
    }
  });
});

describe("a client that reads slowly", () => {
  test("gets every byte in order, however few it takes at a time", async (t) => {
    const world = new ManualServer(t);
    await world.call("SET", "large", "L".repeat(100_000));
    await world.call("SET", "middle", "M".repeat(3000));
    const pipeline = commands(
      ["HELLO", "3"],
      ["SUBSCRIBE", "news"],
      ["GET", "middle"],
      ["PUBLISH", "news", "own"],
      ["GET", "large"],
      ...Array.from({ length: 20 }, (_, i) => ["ECHO", `number ${i}`]),
      ["GET", "middle"],
      ["GET", "large"],
    );
    const run = async (size: number): Promise<string> => {
      const stream = world.open();
      stream.takes = size;
      stream.deliver(pipeline);
      await until("all have run", () => world.lastConnection.commandCount === 27);
      assert.equal(await world.call("PUBLISH", "news", "others'"), ":1\r\n");
      stream.deliver(encodeCommand(["ECHO", "the end"]));
      for (let turns = 0; !stream.text.endsWith("the end\r\n"); turns++) {
        if (stream.isStuck) for (let i = 0; i < 500 && stream.isStuck; i++) stream.take(size);
        else await new Promise((resolve) => setImmediate(resolve));
        assert.ok(turns < 100_000);
        if (turns % 50 === 0 && stream.sent.length > 1)
          stream.sent.splice(0, stream.sent.length, Buffer.concat(stream.sent));
      }
      stream.destroy();
      return stream.text.replace(/id\r\n:\d+/, "id");
    };
    const expected = await run(Number.POSITIVE_INFINITY);
    assert.match(expected, /others'/);
    for (const size of [1, 7, 100, 1000, 16_384, 65_537, 150_000]) {
      assert.ok((await run(size)) === expected, `taking ${size} bytes at a time`);
    }
  });

  /** A client that has sent packets of GETs and reads nothing; resolves when the server reads no more. */
  async function stuck(
    world: ManualServer,
    valueBytes: number,
    packets: number,
    perPacket: number,
  ): Promise<ManualStream> {
    await world.call("SET", "big", "x".repeat(valueBytes));
    const stream = world.open();
    stream.takes = 0;
    stream.keepsSent = false;
    const packet = commands(...Array.from({ length: perPacket }, () => ["GET", "big"]));
    for (let i = 0; i < packets; i++) stream.deliver(packet);
    await until("the server stops", () => !stream.isReading && world.bufferBytes > 64 * MB);
    await settled(stream);
    return stream;
  }

  async function readAll(stream: ManualStream, bytes: number): Promise<void> {
    while (stream.sentBytes < bytes) {
      stream.take(3 * MB);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await settled(stream);
    assert.equal(stream.sentBytes, bytes);
    assert.ok(stream.isReading && stream.unreadBytes === 0);
  }

  test("is not read from while 64 MB wait, and goes on when it reads", async (t) => {
    const world = new ManualServer(t);
    const stream = await stuck(world, 100_000, 300, 10);
    assert.ok(world.bufferBytes < 67 * MB, `${world.bufferBytes} bytes`);
    assert.ok(stream.unreadBytes > 0);
    await readAll(stream, 3000 * (100_000 + "$100000\r\n\r\n".length));
  });

  test("has no commands run that were read before, either", async (t) => {
    const world = new ManualServer(t);
    const stream = await stuck(world, 1_000_000, 1, 1000);
    assert.ok(world.bufferBytes < 67 * MB, `${world.bufferBytes} bytes`);
    await readAll(stream, 1000 * (1_000_000 + "$1000000\r\n\r\n".length));
  });

  test("neither when its commands come one by one, by client-throttle", async (t) => {
    const world = new ManualServer(t);
    await world.call("CONFIG", "SET", "client-throttle", "class normal commands 190");
    const stream = await stuck(world, 400_000, 1, 250);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(world.bufferBytes < 66 * MB, `${world.bufferBytes} bytes`);
    await readAll(stream, 250 * (400_000 + "$400000\r\n\r\n".length));
  });

  test("a pipeline larger than all buffers passes, in both directions", async (t) => {
    const world = new ManualServer(t);
    const stream = world.open();
    stream.keepsSent = false;
    stream.takes = 0;
    const count = 50_000;
    const argument = "e".repeat(2000);
    const packet = commands(...Array.from({ length: 100 }, () => ["ECHO", argument]));
    for (let i = 0; i < count / 100; i++) stream.deliver(packet);
    let most = 0;
    const total = count * (2000 + "$2000\r\n\r\n".length);
    while (stream.sentBytes < total) {
      most = Math.max(most, world.bufferBytes);
      stream.take(MB);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(stream.sentBytes, total);
    assert.ok(most < 67 * MB, `${most} bytes`);
  });
});

describe("a client whose commands have to wait", () => {
  for (const kind of ["BLPOP", "CLIENT PAUSE"]) {
    test(`for ${kind} is read from up to a megabyte, and all is run in order afterwards`, async (t) => {
      const world = new ManualServer(t);
      const stream = world.open();
      if (kind === "BLPOP") stream.deliver(encodeCommand(["BLPOP", "list", "0"]));
      else await world.call("CLIENT", "PAUSE", "100000", "WRITE");
      const count = 100_000;
      const value = "v".repeat(20);
      for (let i = 0; i < count; i += 1000) {
        stream.deliver(commands(...Array.from({ length: 1000 }, (_, j) => ["RPUSH", "log", `${i + j}${value}`])));
      }
      await settled(stream);
      assert.ok(!stream.isReading);
      assert.ok(stream.unreadBytes > 3 * MB, `${stream.unreadBytes} bytes`);
      assert.ok(world.bufferBytes < 3 * MB, `${world.bufferBytes} bytes`);
      if (kind === "BLPOP") await world.call("RPUSH", "list", "go");
      else await world.call("CLIENT", "UNPAUSE");
      const first = kind === "BLPOP" ? "*2\r\n$4\r\nlist\r\n$2\r\ngo\r\n" : "";
      await until("all have run", () => stream.text.endsWith(`:${count}\r\n`));
      assert.ok(stream.text === first + Array.from({ length: count }, (_, i) => `:${i + 1}\r\n`).join(""));
      assert.equal(await world.call("LINDEX", "log", "54321"), `$25\r\n54321${value}\r\n`);
    });
  }
});

test("memory for a huge argument grows as it comes, not as it was announced", async (t) => {
  const world = new ManualServer(t);
  const stream = world.open();
  stream.deliver(Buffer.from(`*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$${500 * MB}\r\n`));
  const packet = Buffer.alloc(8192, "x");
  for (let received = packet.length; received <= 24 * MB; received += packet.length) {
    stream.deliver(packet);
    assert.ok(world.bufferBytes < 4 * received + 2 * MB, `${world.bufferBytes} bytes for ${received}`);
  }
  assert.equal(await world.call("PING"), "+PONG\r\n");
  stream.destroy();
});

describe("a client that is to be closed", () => {
  test("for a line too long is refused where the line lies, with no buffer for it", async (t) => {
    const world = new ManualServer(t);
    const stream = world.open();
    const connection = world.lastConnection;
    const unused = connection.memoryBytes;
    let most = 0;
    const { pauseReading } = stream;
    stream.pauseReading = () => {
      most = Math.max(most, connection.memoryBytes);
      pauseReading.call(stream);
    };
    stream.deliver(Buffer.alloc(MB, "x"));
    assert.ok(stream.isClosed);
    assert.equal(stream.text, "-ERR Protocol error: too big inline request\r\n");
    assert.ok(most <= unused, `${most - unused} bytes`);
  });

  test("is not read from any more while its last reply waits", async (t) => {
    const world = new ManualServer(t);
    const stream = world.open();
    stream.takes = 0;
    stream.deliver(commands(["QUIT"]));
    assert.ok(stream.isStuck);
    const packet = Buffer.alloc(65_536, "x");
    for (let i = 0; i < 10; i++) stream.deliver(packet);
    await settled(stream);
    assert.equal(stream.unreadBytes, 10 * packet.length);
    stream.take(100);
    assert.ok(stream.isClosed);
    assert.equal(stream.text, "+OK\r\n");
  });

  test("has its last reply, though what follows would have had another turn", async (t) => {
    let us = 0;
    const clock = Object.assign(new NodeClock(), { monotonicUs: () => (us += 5000) });
    // Replies to a client with a hard limit are held from turn to turn.
    const world = new ManualServer(t, { clientOutputBufferLimit: "normal 1mb 0 0" }, clock);
    const stream = world.open();
    stream.deliver(commands(["QUIT"], ["PING"]));
    assert.ok(stream.isClosed);
    assert.equal(stream.text, "+OK\r\n");
  });

  test("for guessing passwords has no more guesses than replies it may have", async (t) => {
    // Without time no turn ends for having been long.
    const clock = Object.assign(new NodeClock(), { monotonicUs: () => 0 });
    const world = new ManualServer(t, { requirepass: "secret" }, clock);
    const stream = world.open();
    stream.deliver(Buffer.concat(new Array(1300).fill(encodeCommand(["AUTH", "wrong"]))));
    assert.ok(stream.isClosed);
    const control = world.open();
    control.deliver(commands(["AUTH", "secret"], ["INFO", "commandstats"]));
    const guesses = Number(/cmdstat_auth:calls=(\d+)/.exec(control.text)![1]);
    assert.ok(guesses < 300, `${guesses} guesses`);
  });
});

describe("a pipeline of slow commands", () => {
  const slow = encodeCommand(["DEBUG", "SLEEP", "0.003"]);

  /** How many of a stream's commands are answered. */
  const answered = (stream: ManualStream): number => {
    assert.doesNotMatch(stream.text, /-ERR/);
    return stream.text.split("+OK").length - 1;
  };

  test("lets others have a turn after a millisecond, or a command that takes longer", async (t) => {
    const world = new ManualServer(t, { enableDebugCommand: "yes" });
    const stream = world.open();
    stream.deliver(Buffer.concat(new Array(60).fill(slow)));
    // Every turn of the loop runs one.
    const others = world.open();
    for (let done = 0; answered(stream) < 60; done = answered(stream)) {
      others.deliver(Buffer.from("PING\r\n"));
      await new Promise((resolve) => setImmediate(resolve));
      assert.ok(answered(stream) - done <= 2, `${answered(stream) - done} at once`);
    }
    assert.match(others.text, /^(\+PONG\r\n){25,}$/);
  });

  test("the same after quick ones, and when quick ones are among them", async (t) => {
    const world = new ManualServer(t, { enableDebugCommand: "yes" });
    const stream = world.open();
    stream.deliver(Buffer.from("PING\r\n".repeat(1000)));
    await settled(stream);
    stream.sent.length = 0;
    stream.deliver(Buffer.concat(new Array(40).fill(slow)));
    await until("some are done", () => answered(stream) > 0);
    assert.ok(answered(stream) <= 2, `${answered(stream)} at first`);
    stream.deliver(Buffer.concat(new Array(20).fill(Buffer.concat([slow, Buffer.from("PING\r\n".repeat(10))]))));
    for (let done = answered(stream); answered(stream) < 60; done = answered(stream)) {
      await new Promise((resolve) => setImmediate(resolve));
      assert.ok(answered(stream) - done <= 3, `${answered(stream) - done} at once`);
    }
  });

  test("is cut the shorter, the more clients have had a long one in this turn of the loop", async (t) => {
    // Time passes by being asked for.
    let us = 0;
    const clock = Object.assign(new NodeClock(), { monotonicUs: () => (us += 10) });
    const world = new ManualServer(t, {}, clock);
    const pings = Buffer.from("PING\r\n".repeat(1000));
    const streams: ManualStream[] = [];
    const answers = (stream: ManualStream): number => stream.sentBytes / "+PONG\r\n".length;
    const answeredAtOnce = (): number => {
      const stream = world.open();
      streams.push(stream);
      stream.deliver(pings);
      return answers(stream);
    };
    const counts = Array.from({ length: 10 }, answeredAtOnce);
    assert.equal(counts[0], 1000);
    assert.ok(counts[9]! < 400, `${counts}`);
    await until("all have had their turns", () => streams.every((stream) => answers(stream) === 1000));
    assert.equal(answeredAtOnce(), 1000);
  });
});

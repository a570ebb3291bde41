/** When the replies to pipelines leave: at the end of the loop's turn, at once, or when the peer has read those before; and how they count. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeCommand } from "../support/resp-connection.js";
import { type SimulatedClient, SimulatedServer } from "../support/simulated-server.js";

const MB = 1024 * 1024;

/** Sends commands in one packet; returns what has come by the end of the batch, before the loop's turn ends. */
function atOnce(client: SimulatedClient, ...commands: string[]): string {
  const before = client.stream.text.length;
  client.stream.deliver(Buffer.concat(commands.map((each) => encodeCommand(each.split(" ")))));
  return client.stream.text.slice(before);
}

describe("the replies to a pipeline", () => {
  test("of four commands wait for the end of the turn, those to fewer do not", () => {
    const world = new SimulatedServer();
    const client = world.open();
    assert.equal(atOnce(client, "PING", "PING", "PING"), "+PONG\r\n".repeat(3));
    assert.equal(atOnce(client, "PING", "PING", "PING", "ECHO 4"), "");
    assert.equal(client.received(), `${"+PONG\r\n".repeat(6)}$1\r\n4\r\n`);
  });

  test("of more than a kilobyte do not wait", () => {
    const client = new SimulatedServer().open();
    const [fits, exceeds] = ["x".repeat(1024 - 3 * 7 - 8), "x".repeat(1024 - 3 * 7 - 7)];
    assert.equal(atOnce(client, "PING", "PING", "PING", `ECHO ${fits}`), "");
    client.received();
    assert.notEqual(atOnce(client, "PING", "PING", "PING", `ECHO ${exceeds}`), "");
  });

  test("that wait leave before what the same client is answered or told next in that turn", () => {
    const world = new SimulatedServer();
    const [client, other] = [world.open(), world.open()];
    client.say("HELLO 3", "SUBSCRIBE news");
    const four = (from: number) => [0, 1, 2, 3].map((i) => `ECHO ${from + i}`);
    const replies = (from: number) => [0, 1, 2, 3].map((i) => `$1\r\n${from + i}\r\n`).join("");
    assert.equal(atOnce(client, ...four(0)), "");
    assert.equal(atOnce(client, ...four(4)), replies(0) + replies(4));
    assert.equal(atOnce(client, ...four(0)), "");
    assert.equal(atOnce(client, "PING"), `${replies(0)}+PONG\r\n`);
    assert.equal(atOnce(client, ...four(0)), "");
    other.stream.deliver(encodeCommand(["PUBLISH", "news", "now"]));
    const message = ">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$3\r\nnow\r\n";
    assert.ok(client.stream.text.endsWith(replies(0) + message));
    assert.equal(atOnce(client, "PING"), "+PONG\r\n");
    assert.equal(client.connection.outputBytes, 0);
  });

  test("do not wait when others are told something by it", () => {
    const world = new SimulatedServer();
    const [client, other] = [world.open(), world.open()];
    other.say("SUBSCRIBE news");
    assert.equal(atOnce(client, "PING", "PING", "PING", "PUBLISH news now"), `${"+PONG\r\n".repeat(3)}:1\r\n`);
    assert.equal(atOnce(client, "PING", "PING", "PING", "PUBLISH olds now"), "");
    client.received();
    assert.equal(client.connection.outputBytes, 0);
  });

  test("come behind those that the peer has still to read", () => {
    const world = new SimulatedServer();
    const client = world.open();
    world.open().say(["SET", "big", "x".repeat(10_000)]);
    client.stream.takes = 100;
    assert.equal(atOnce(client, "GET big").length, 100);
    assert.equal(atOnce(client, "PING", "PING", "PING", "ECHO end"), "");
    world.pass();
    // What is in flight counts until all of it is taken.
    assert.equal(client.connection.outputBytes, "$10000\r\n\r\n".length + 10_000 + 3 * 7 + 9);
    client.stream.take(Number.POSITIVE_INFINITY);
    assert.equal(client.received(), `$10000\r\n${"x".repeat(10_000)}\r\n${"+PONG\r\n".repeat(3)}$3\r\nend\r\n`);
  });

  test("that wait and are not taken whole are in flight, and count until they are", () => {
    const world = new SimulatedServer();
    const client = world.open();
    const before = world.server.host.outputBytes;
    client.stream.takes = 10;
    atOnce(client, "PING", "PING", "PING", "ECHO end");
    world.pass();
    assert.equal(client.stream.text, "+PONG\r\n+PO");
    assert.equal(client.connection.outputBytes, 30);
    assert.match(client.connection.events, /w/);
    assert.equal(world.server.host.outputBytes, before + client.connection.outputMemory);
    assert.ok(client.connection.outputMemory >= 30);
    // Others' replies do not take their memory meanwhile.
    const other = world.open();
    assert.equal(other.say("ECHO a", "ECHO b", "ECHO c", "ECHO d").length, 4 * 7);
    client.stream.take(1000);
    assert.equal(client.received(), `${"+PONG\r\n".repeat(3)}$3\r\nend\r\n`);
    assert.equal(world.server.host.outputBytes, before);
    assert.doesNotMatch(client.connection.events, /w/);
  });

  test("of a client that closes meanwhile go to nobody, and the others' leave", () => {
    const world = new SimulatedServer();
    const [gone, stays] = [world.open(), world.open()];
    for (const client of [gone, stays]) atOnce(client, "PING", "PING", "PING", "ECHO end");
    gone.close();
    assert.equal(gone.received(), "");
    assert.equal(stays.received(), `${"+PONG\r\n".repeat(3)}$3\r\nend\r\n`);
  });

  test("leave at once when the pipeline ends the connection", () => {
    const world = new SimulatedServer();
    const client = world.open();
    assert.equal(atOnce(client, "PING", "PING", "PING", "QUIT", "PING"), `${"+PONG\r\n".repeat(3)}+OK\r\n`);
    assert.ok(client.stream.isClosed);
    const wrong = world.open();
    wrong.stream.deliver(Buffer.from(`${"PING\r\n".repeat(5)}*x\r\n`));
    assert.match(wrong.stream.text, /^(\+PONG\r\n){5}-ERR Protocol error: invalid multibulk length\r\n$/);
    assert.ok(wrong.stream.isClosed);
  });

  test("are counted as sent, once, when they leave the client", () => {
    const world = new SimulatedServer();
    const client = world.open();
    const figures = () => ["total_net_output_bytes", "total_writes_processed"].map((name) => Number(world.info(name)));
    const [bytes, writes] = figures() as [number, number];
    client.say("PING", "PING", "PING", "PING");
    assert.deepEqual(figures(), [bytes + 28, writes + 1]);
    client.say("PING");
    assert.deepEqual(figures(), [bytes + 35, writes + 2]);
    assert.equal(client.connection.netOutputBytes, 35);
    assert.equal(client.connection.repliedBytes, 35);
  });
});

test("the most that left at once is remembered for replies that waited for the end of the turn, too", async () => {
  const world = new SimulatedServer({ port: 0 });
  await world.server.listen(false);
  const client = world.open();
  // What a client begins with is forgotten after some seconds.
  world.pass(8000);
  assert.equal(client.connection.replyBufferPeak, 0);
  client.say("PING");
  assert.equal(client.connection.replyBufferPeak, 7);
  client.say("PING", "PING", "PING", "PING", "PING");
  assert.equal(client.connection.replyBufferPeak, 35);
});

describe("replies that wait for their reader", () => {
  /** A client that reads nothing, has asked for so many megabytes, and has had its turns. */
  function asking(world: SimulatedServer, megabytes: number): SimulatedClient {
    const client = world.open();
    client.stream.takes = 0;
    client.stream.keepsSent = false;
    const commands = Array.from({ length: megabytes }, () => encodeCommand(["GET", "big"]));
    client.stream.deliver(Buffer.concat([...commands, encodeCommand(["SET", "done", "1"])]));
    world.pass();
    return client;
  }

  const LIMITS: readonly [limit: string, megabytes: number, fate: "all" | "held" | "closed"][] = [
    ["0 0 0", 63, "all"],
    ["0 0 0", 68, "held"],
    ["90mb 0 0", 65, "all"],
    ["90mb 0 0", 89, "all"],
    ["90mb 0 0", 94, "closed"],
    ["20mb 0 0", 19, "all"],
    ["20mb 0 0", 24, "closed"],
  ];
  for (const [limit, megabytes, fate] of LIMITS) {
    test(`of ${megabytes} MB under "${limit}": ${fate}`, () => {
      const world = new SimulatedServer({ "client-output-buffer-limit": `normal ${limit}` });
      const observer = world.open();
      observer.say(`SETRANGE big ${MB - "$1048564\r\n\r\n".length - 1} x`);
      const client = asking(world, megabytes);
      assert.equal(client.stream.isClosed, fate === "closed");
      assert.equal(client.connection.suspension, fate === "held" ? "draining" : null);
      assert.equal(observer.say("EXISTS done"), fate === "all" ? ":1\r\n" : ":0\r\n");
      if (fate !== "held") return;
      // A little is not enough to go on, but below the limit it does.
      client.stream.take(1000);
      world.pass();
      assert.equal(client.connection.suspension, "draining");
      client.stream.take(5 * MB);
      world.pass();
      assert.equal(client.connection.suspension, null);
      assert.equal(observer.say("EXISTS done"), ":1\r\n");
    });
  }
});

describe("a soft limit", () => {
  /** A subscriber that reads nothing, under "0 100000 10", and one who publishes so many bytes. */
  function subscribed(): { world: SimulatedServer; reader: SimulatedClient; publish: (bytes: number) => void } {
    const world = new SimulatedServer({ "client-output-buffer-limit": "pubsub 0 100000 10", port: 0 });
    const [reader, publisher] = [world.open(), world.open()];
    reader.say("SUBSCRIBE news");
    reader.stream.takes = 0;
    // The first message is on its way, the others wait.
    const publish = (bytes: number) => void publisher.say(`PUBLISH news ${"x".repeat(bytes)}`);
    publish(1);
    return { world, reader, publish };
  }

  test("ends a client when its time is over, and not before", () => {
    for (const [ms, isClosed] of [
      [10_000, false],
      [10_001, true],
    ] as const) {
      const { world, reader, publish } = subscribed();
      for (let i = 0; i < 3; i++) publish(50_000);
      world.pass(ms);
      publish(1);
      assert.equal(reader.stream.isClosed, isClosed, `after ${ms} ms`);
      assert.equal(world.info("client_output_buffer_limit_disconnections"), isClosed ? "1" : "0");
    }
  });

  test("counts from when it was passed last", () => {
    const { world, reader, publish } = subscribed();
    for (let i = 0; i < 3; i++) publish(50_000);
    world.pass(9000);
    // Enough to be below it.
    reader.stream.take(60_000 + 2 * 50_000);
    world.pass();
    for (let i = 0; i < 3; i++) publish(50_000);
    world.pass(9000);
    publish(1);
    assert.ok(!reader.stream.isClosed);
    world.pass(1001);
    publish(1);
    assert.ok(reader.stream.isClosed);
  });

  test("is looked at while nobody writes, by the cron", async () => {
    const { world, reader, publish } = subscribed();
    await world.server.listen(false);
    for (let i = 0; i < 3; i++) publish(50_000);
    world.pass(9900);
    assert.ok(!reader.stream.isClosed);
    world.pass(1300);
    assert.ok(reader.stream.isClosed);
  });
});

test("a client that sent its end while it was paused ends when it has read all its replies", () => {
  const world = new SimulatedServer();
  const owner = world.open();
  owner.say(`SETRANGE big ${MB - 1} x`, "CLIENT PAUSE 1000 WRITE");
  const client = world.open();
  client.stream.takes = 0;
  client.stream.keepsSent = false;
  const commands = Array.from({ length: 66 }, () => encodeCommand(["GET", "big"]));
  client.stream.deliver(Buffer.concat([encodeCommand(["SET", "paused", "1"]), ...commands]));
  client.stream.finish();
  world.pass(1001);
  assert.equal(client.connection.suspension, "draining");
  for (let i = 0; i < 70 && !client.stream.isClosed; i++) {
    client.stream.take(MB);
    world.pass();
  }
  assert.ok(client.stream.isClosed);
  assert.equal(client.stream.sentBytes, "+OK\r\n".length + 66 * (MB + "$1048576\r\n\r\n".length));
  assert.equal(owner.say("GET paused"), "$1\r\n1\r\n");
});

test("who was held because all replies together were many goes on when the others' are gone", async () => {
  const world = new SimulatedServer({ maxmemory: 8 * MB, port: 0 });
  await world.server.listen(false);
  const owner = world.open();
  owner.say(`SETRANGE big ${MB - 1} x`);
  const [many, few] = [world.open(), world.open()];
  for (const client of [many, few]) {
    client.stream.takes = 0;
    client.stream.keepsSent = false;
  }
  many.stream.deliver(Buffer.concat(Array.from({ length: 5 }, () => encodeCommand(["GET", "big"]))));
  few.stream.deliver(Buffer.concat([encodeCommand(["GET", "big"]), encodeCommand(["SETRANGE", "done", "1", "x"])]));
  world.pass();
  few.stream.deliver(encodeCommand(["SETRANGE", "done", "1", "x"]));
  world.pass();
  assert.equal(few.connection.suspension, "draining");
  many.close();
  assert.equal(owner.say("EXISTS done"), ":0\r\n");
  world.pass(1500);
  assert.equal(few.connection.suspension, null);
  assert.equal(owner.say("EXISTS done"), ":1\r\n");
});

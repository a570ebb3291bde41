/** How clients end: what the log says of it, and that nothing of them is left, also when the server ran out of memory in their command. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Region } from "../../src/bytes/region.js";
import { encodeCommand } from "../support/resp-connection.js";
import { type SimulatedClient, SimulatedServer } from "../support/simulated-server.js";

describe("the log tells at level verbose why a client ended", () => {
  const ends: Record<string, [end: (client: SimulatedClient) => void, line: RegExp]> = {
    "it hung up": [({ stream }) => stream.finish(), /^- Client closed connection id=\d+ addr=127\.0\.0\.1:1 /],
    "its network failed": [
      ({ connection }) => connection.onClose("ECONNRESET"),
      /^- Reading from client: ECONNRESET id=\d+ /,
    ],
    "it was idle": [({ world }) => world.pass(62_000), /^- Closing idle client$/],
    "it was killed": [
      ({ world, connection }) => void world.open().say(`CLIENT KILL ID ${connection.id}`),
      /^- Closed connection \(.+\) id=\d+ /,
    ],
    "it sent an HTTP request": [
      ({ stream }) => stream.deliver(Buffer.from("POST /\r\n")),
      /^- Closed connection \(HTTP request\) id=\d+ /,
    ],
    "its handshake failed": [
      ({ connection }) => connection.onClose("handshake: no certificate"),
      /^# Error accepting a client connection: no certificate \(addr=127\.0\.0\.1:1 laddr=127\.0\.0\.1:2\)$/,
    ],
  };
  for (const [why, [end, line]] of Object.entries(ends)) {
    test(why, async () => {
      const world = new SimulatedServer({ loglevel: "verbose", timeout: 60, port: 0 });
      // With it the cron starts.
      await world.server.listen(false);
      const client = world.open();
      client.say("PING");
      world.log.length = 0;
      end(client);
      world.pass();
      assert.ok(client.stream.isClosed);
      assert.equal(world.log.filter((each) => line.test(each)).length, 1, world.log.join("\n"));
      assert.equal(world.info("connected_clients"), String(world.server.clients.count));
    });
  }

  test("and at level notice only of trouble", () => {
    const world = new SimulatedServer();
    world.open().stream.finish();
    world.open().connection.onClose("ECONNRESET");
    assert.deepEqual(world.log, []);
    world.open().connection.onClose("handshake: no certificate");
    assert.equal(world.log.length, 1);
  });
});

test("of a client that ends nothing is left that it watched, subscribed to, tracked or queued", () => {
  const world = new SimulatedServer();
  const client = world.open();
  const { host } = world.server;
  const other = world.open();
  const fields = [
    "watching_clients",
    "total_watched_keys",
    "pubsub_clients",
    "pubsub_channels",
    "pubsub_patterns",
    "pubsubshard_channels",
    "tracking_clients",
    "tracking_total_prefixes",
    "blocked_clients",
  ];
  const figures = () => fields.map((field) => world.info(field));
  const [before, bytes] = [figures(), host.memoryBytes];
  const gone = world.open();
  gone.say("HELLO 3", "WATCH a b", "SUBSCRIBE c", "PSUBSCRIBE d*", "SSUBSCRIBE e");
  gone.say("CLIENT TRACKING ON BCAST PREFIX x PREFIX y", "MONITOR");
  gone.say("MULTI", "SET a 1");
  const during = figures();
  for (const [i, field] of fields.entries())
    if (field !== "blocked_clients") assert.notEqual(during[i], before[i], field);
  const { monitors } = world.server.context as unknown as { monitors: { count: number } };
  assert.equal(monitors.count, 1);
  gone.close();
  assert.equal(monitors.count, 0);
  assert.deepEqual(figures(), before);
  assert.equal(host.memoryBytes, bytes);
  other.say("SET x 1", "PUBLISH c message", "PUBLISH d message", "SPUBLISH e message");
  assert.equal(gone.received(), "");
  assert.equal(client.say("GET a"), "$-1\r\n");
});

test("a client that closes while its batch waits for its next turn has none", () => {
  const world = new SimulatedServer();
  const entry = world.server.context.commands.byDeclaredName("echo")!;
  const { handler } = entry;
  Object.defineProperty(entry, "handler", {
    value: (...args: Parameters<typeof handler>) => {
      world.time.nowMs += 2;
      handler(...args);
    },
  });
  const client = world.open();
  client.stream.deliver(
    Buffer.concat(["ECHO a", "SORT list", "SET behind 1"].map((each) => encodeCommand(each.split(" ")))),
  );
  assert.equal(client.connection.suspension, "yielding");
  const reads = world.info("total_reads_processed");
  client.close();
  world.pass();
  assert.equal(world.info("total_reads_processed"), reads);
  assert.equal(world.open().say("EXISTS behind"), ":0\r\n");
  assert.equal(world.server.host.waitingTurns, 0);
});

describe("a reply for which there is no memory ends its client", () => {
  /** Makes a command of the server fail in the middle of its reply, `times` times. */
  function failing(world: SimulatedServer, name: string): void {
    const entry = world.server.context.commands.byDeclaredName(name)!;
    Object.defineProperty(entry, "handler", {
      value: ({ reply }: typeof world.server.context) => {
        reply.array(2);
        reply.bulkText("begun");
        throw new RangeError("Array buffer allocation failed");
      },
    });
  }

  for (const isInTransaction of [false, true]) {
    test(`${isInTransaction ? "in a transaction" : "alone"}, and the others go on as ever`, () => {
      const world = new SimulatedServer();
      failing(world, "mget");
      const [client, other] = [world.open(), world.open()];
      const commands = isInTransaction ? ["MULTI", "MGET a", "EXEC"] : ["MGET a"];
      assert.equal(client.say(...commands, "SET behind 1"), "");
      assert.ok(client.stream.isClosed);
      assert.match(world.log.at(-1)!, /^# No memory for a reply, closing its client: id=\d+ /);
      assert.equal(other.say("EXISTS behind", "ECHO fine"), ":0\r\n$4\r\nfine\r\n");
      // It may wait, which nobody may within a transaction, and hear of its own messages between replies.
      assert.equal(other.say("BLPOP list 0"), "");
      world.open().say("RPUSH list a");
      assert.equal(other.received(), "*2\r\n$4\r\nlist\r\n$1\r\na\r\n");
      other.say("HELLO 3", "CLIENT TRACKING ON", "GET key");
      assert.equal(other.say("SET key 1", "PING"), "+OK\r\n>2\r\n$10\r\ninvalidate\r\n*1\r\n$3\r\nkey\r\n+PONG\r\n");
    });
  }
});

test("a client for whose input there is no memory is closed, and nobody else", (t) => {
  const world = new SimulatedServer();
  const [client, other] = [world.open(), world.open()];
  const { memoryBytes } = world.server.host;
  const mocked = t.mock.method(Region, "allocate", () => {
    throw new RangeError("Array buffer allocation failed");
  });
  client.stream.deliver(Buffer.from("*2\r\n$4\r\nECHO\r\n$100000\r\nbegin"));
  mocked.mock.restore();
  assert.ok(client.stream.isClosed);
  assert.match(world.log[0]!, /^# Closing client whose query buffer needs \d+ bytes: id=\d+ /);
  assert.equal(other.say("PING"), "+PONG\r\n");
  assert.ok(world.server.host.memoryBytes < memoryBytes);
});

describe("eviction that is not done in its time goes on by itself", () => {
  test("each time the limit is lowered", () => {
    const world = new SimulatedServer({ "enable-debug-command": "yes", "maxmemory-policy": "allkeys-random" });
    const client = world.open();
    client.say("DEBUG POPULATE 20000 key 100");
    let us = 0;
    Object.assign(world.time.clock, { monotonicUs: () => (us += 50) });
    const { memoryLimit } = world.server;
    for (let round = 0; round < 3; round++) {
      const limit = memoryLimit.usedBytes - 500_000;
      client.stream.deliver(Buffer.from(`CONFIG SET maxmemory ${limit}\r\n`));
      assert.ok(memoryLimit.usedBytes > limit);
      let turns = 0;
      for (; world.time.step(world.time.nowMs); turns++);
      assert.ok(turns > 5, `${turns} turns`);
      assert.ok(memoryLimit.usedBytes <= limit);
      assert.ok(memoryLimit.usedBytes > limit - 50_000);
    }
  });
});

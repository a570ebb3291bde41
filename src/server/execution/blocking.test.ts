import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type SimulatedClient, SimulatedServer } from "../../../test/support/simulated-server.js";

const popped = (key: string, value: string): string =>
  `*2\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`;

/** So many clients that wait for a command's sake. */
function waiting(world: SimulatedServer, count: number, command: string): SimulatedClient[] {
  return Array.from({ length: count }, () => {
    const client = world.open();
    assert.equal(client.say(command), "");
    return client;
  });
}

test("who waits longest for a type is served first, whoever waits there for another", () => {
  const world = new SimulatedServer();
  const writer = world.open();
  const lists = waiting(world, 3, "BLPOP key 0");
  const sets = waiting(world, 2, "BZPOPMIN key 0");
  writer.say("ZADD key 1 a");
  assert.equal(sets[0]!.received(), "*3\r\n$3\r\nkey\r\n$1\r\na\r\n$1\r\n1\r\n");
  writer.say("RPUSH key b c");
  assert.deepEqual(
    lists.map((client) => client.received()),
    [popped("key", "b"), popped("key", "c"), ""],
  );
  assert.equal(sets[1]!.received(), "");
  assert.equal(world.info("blocked_clients"), "2");
  assert.equal(world.info("total_blocking_keys"), "1");
});

test("a change that is of no use to those who wait does not look at them one by one", () => {
  const world = new SimulatedServer();
  const writer = world.open();
  waiting(world, 50, "BLPOP key 0");
  const db = world.server.context.keyspace.database(0);
  let looks = 0;
  const { holdsLive } = db;
  db.holdsLive = (argv, i) => {
    looks++;
    return holdsLive.call(db, argv, i);
  };
  writer.say("ZADD key 1 a");
  assert.ok(looks > 0 && looks < 3, `${looks} look-ups for 50 clients`);
  assert.equal(world.info("blocked_clients"), "50");
});

test("what serving one client makes ready serves the next at once, in the same turn", () => {
  const world = new SimulatedServer();
  const writer = world.open();
  const [first] = waiting(world, 1, "BLMOVE a b LEFT LEFT 0");
  const [second] = waiting(world, 1, "BLMOVE b c LEFT LEFT 0");
  const [third] = waiting(world, 1, "BLPOP c 0");
  assert.equal(writer.say("RPUSH a x", "EXISTS a b c"), ":1\r\n:0\r\n");
  assert.deepEqual([first!.received(), second!.received()], ["$1\r\nx\r\n", "$1\r\nx\r\n"]);
  assert.equal(third!.received(), popped("c", "x"));
});

describe("a client that waits", () => {
  const ends: Record<string, (world: SimulatedServer, client: SimulatedClient, other: SimulatedClient) => string> = {
    "is served": (_world, client, other) => {
      other.say("RPUSH b x");
      return client.received();
    },
    "has waited long enough": (world, client) => {
      world.pass(4999);
      assert.equal(client.received(), "");
      world.pass(1);
      return client.received();
    },
    "is unblocked": (_world, client, other) => {
      assert.equal(other.say(`CLIENT UNBLOCK ${client.connection.id}`), ":1\r\n");
      return client.received();
    },
    "is unblocked with an error": (_world, client, other) => {
      assert.equal(other.say(`CLIENT UNBLOCK ${client.connection.id} ERROR`), ":1\r\n");
      return client.received();
    },
    closes: (_world, client) => {
      client.close();
      return "";
    },
    "is killed": (_world, client, other) => {
      other.say(`CLIENT KILL ID ${client.connection.id}`);
      return "";
    },
  };
  const replies: Record<string, string> = {
    "is served": popped("b", "x"),
    "has waited long enough": "*-1\r\n",
    "is unblocked": "*-1\r\n",
    "is unblocked with an error": "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n",
  };
  for (const [name, end] of Object.entries(ends)) {
    test(`and ${name} leaves nothing behind, and hears once`, () => {
      const world = new SimulatedServer();
      const [client, other] = [world.open(), world.open()];
      const before = client.connection.memoryBytes;
      assert.equal(client.say("BLPOP a b c a 5"), "");
      assert.ok(client.connection.heldBytes > 3 * 450, `${client.connection.heldBytes} bytes are counted`);
      assert.deepEqual(
        ["blocked_clients", "total_blocking_keys", "clients_in_timeout_table"].map((field) => world.info(field)),
        ["1", "3", "1"],
      );
      assert.equal(end(world, client, other), replies[name] ?? "");
      assert.deepEqual(
        ["blocked_clients", "total_blocking_keys", "clients_in_timeout_table"].map((field) => world.info(field)),
        ["0", "0", "0"],
      );
      assert.equal(client.connection.heldBytes, 0);
      other.say("RPUSH a y", "RPUSH b y", "RPUSH c y");
      world.pass(10_000);
      assert.equal(client.received(), "");
      assert.equal(other.say("LLEN a"), ":1\r\n");
      if (client.connection.closed) return;
      assert.equal(client.connection.memoryBytes, before);
      assert.equal(client.connection.commandCount, 1);
      assert.equal(client.say("PING"), "+PONG\r\n");
    });
  }

  test("keeps what it sent meanwhile, and goes on with it", () => {
    const world = new SimulatedServer();
    const [client, other] = [world.open(), world.open()];
    assert.equal(client.say("BLPOP a 0", "INCR n", "BLPOP b 0", "INCR n"), "");
    assert.equal(other.say("GET n", "RPUSH a x"), "$-1\r\n:1\r\n");
    assert.equal(client.received(), `${popped("a", "x")}:1\r\n`);
    other.say("RPUSH b y");
    assert.equal(client.received(), `${popped("b", "y")}:2\r\n`);
  });

  test("that closes after its key has changed is passed over", () => {
    const world = new SimulatedServer();
    const [first, second] = waiting(world, 2, "BLPOP key 0");
    world.open().say("MULTI", "RPUSH key x", "CLIENT PAUSE 100 WRITE", "EXEC");
    first!.close();
    world.pass(101);
    assert.equal(second!.received(), popped("key", "x"));
    assert.equal(world.info("blocked_clients"), "0");
  });
});

test("a client that waits counts its arguments twice, its keys, and what waiting takes, however often it is tried in vain", () => {
  const world = new SimulatedServer();
  const [client, writer] = [world.open(), world.open()];
  for (const keys of [["a"], ["a", "b"], ["a", "b", "long".repeat(100)]]) {
    client.say(["BLPOP", ...keys, "0"]);
    const expected = 900 + 450 * keys.length + 8 * (keys.length + 2) + 2 * client.connection.argvBytes;
    assert.ok(client.connection.argvBytes >= keys.join("").length);
    assert.equal(client.connection.heldBytes, expected);
    writer.say("MULTI", "RPUSH a x", "DEL a", "EXEC");
    assert.equal(client.connection.heldBytes, expected);
    assert.equal(client.connection.commandCount, 0);
    writer.say(`CLIENT UNBLOCK ${client.connection.id}`);
    client.connection.commandCount = 0;
  }
});

test("CLIENT REPLY holds for the end of a wait, too: SKIP is over with it, OFF is not", () => {
  for (const end of ["timeout", "CLIENT UNBLOCK"]) {
    const world = new SimulatedServer();
    const [skips, off, other] = [world.open(), world.open(), world.open()];
    skips.say("CLIENT REPLY SKIP", "BLPOP key 5");
    off.say("CLIENT REPLY OFF", "BLPOP key 5");
    if (end === "timeout") world.pass(5000);
    else for (const { connection } of [skips, off]) other.say(`CLIENT UNBLOCK ${connection.id}`);
    assert.deepEqual([skips.received(), off.received()], ["", ""], end);
    assert.equal(world.info("blocked_clients"), "0");
    assert.deepEqual([skips.say("PING"), off.say("PING")], ["+PONG\r\n", ""], end);
    assert.equal(off.say("CLIENT REPLY ON"), "+OK\r\n");
  }
});

test("while writes are paused nobody is served, and afterwards all are in their order", () => {
  const world = new SimulatedServer();
  const [first, second] = waiting(world, 2, "BLPOP key 0");
  const writer = world.open();
  // The pause begins while the key is changed already.
  writer.say("MULTI", "RPUSH key x y", "CLIENT PAUSE 1000 WRITE", "EXEC");
  assert.deepEqual([first!.received(), second!.received()], ["", ""]);
  world.pass(1001);
  assert.deepEqual([first!.received(), second!.received()], [popped("key", "x"), popped("key", "y")]);
});

test("only those who asked for it hear that a key has gone", () => {
  const world = new SimulatedServer();
  const writer = world.open();
  const [popper] = waiting(world, 1, "BLPOP key 0");
  writer.say("XGROUP CREATE key group $ MKSTREAM");
  const [reader] = waiting(world, 1, "XREAD BLOCK 0 STREAMS key $");
  const [member] = waiting(world, 1, "XREADGROUP GROUP group c BLOCK 0 STREAMS key >");
  assert.equal(world.info("total_blocking_keys_on_nokey"), "1");
  writer.say("FLUSHALL");
  assert.match(member!.received(), /^-(NOGROUP|UNBLOCKED) /);
  assert.deepEqual([reader!.received(), popper!.received()], ["", ""]);
  assert.equal(world.info("total_blocking_keys_on_nokey"), "0");
  writer.say("RPUSH key x");
  assert.equal(popper!.received(), popped("key", "x"));
});

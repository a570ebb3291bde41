import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SimulatedServer } from "../../../test/support/simulated-server.js";
import { CommandBit } from "../../commands/flag-bits.js";
import { type Gate, GateBit, HELD } from "../../commands/gate.js";
import { LOADING } from "../../protocol/errors.js";

/** Refuses what is not declared to run while data is loaded. */
const loadingGate: Gate = {
  bit: GateBit.LOADING,
  concerns: (entry) => (entry.flagBits & CommandBit.LOADING) === 0,
  check: () => LOADING,
};

/** A server with a gate that holds whatever is about the key "cold", a transaction as a whole. */
class ColdWorld extends SimulatedServer {
  /** How often the gate was asked. */
  asked = 0;

  constructor() {
    super();
    this.server.gates.add({
      bit: GateBit.COLD,
      concerns: ({ flagBits }) => (flagBits & (CommandBit.READONLY | CommandBit.WRITE)) !== 0,
      check: ({ transaction }, { name }, argv) => {
        this.asked++;
        const all = name === "exec" ? transaction!.queue.map((each) => each.argv) : transaction === null ? [argv] : [];
        return all.some((each) => each.count > 1 && each.is(1, "COLD")) ? HELD : null;
      },
    });
    this.server.gates.close(GateBit.COLD);
  }

  warm(): void {
    this.server.gates.open(GateBit.COLD);
  }
}

describe("a gate that refuses", () => {
  function loading(): SimulatedServer {
    const world = new SimulatedServer();
    world.server.gates.add(loadingGate);
    return world;
  }

  test("answers those commands that concern it, in their places, while it is closed", () => {
    const world = loading();
    const client = world.open();
    assert.equal(client.say("SET a 1"), "+OK\r\n");
    world.server.gates.close(GateBit.LOADING);
    assert.equal(
      client.say("GET a", "CLIENT ID", "SET a 2", "PUBLISH a b"),
      `-${LOADING}\r\n:${client.connection.id}\r\n-${LOADING}\r\n:0\r\n`,
    );
    assert.match(world.info("cmdstat_set"), /^calls=1,.*rejected_calls=1,failed_calls=0$/);
    assert.equal(world.info("errorstat_LOADING"), "count=2");
    world.server.gates.open(GateBit.LOADING);
    assert.equal(client.say("GET a"), "$1\r\n1\r\n");
  });

  test("lets EXEC fail as Redis does: when it closed before a command was queued, or after", () => {
    const world = loading();
    const client = world.open();
    world.server.gates.close(GateBit.LOADING);
    assert.equal(
      client.say("MULTI", "CLIENT ID", "SET a 1", "EXEC"),
      `+OK\r\n+QUEUED\r\n-${LOADING}\r\n-EXECABORT Transaction discarded because of previous errors.\r\n`,
    );
    world.server.gates.open(GateBit.LOADING);
    client.say("MULTI", "SET a 1");
    world.server.gates.close(GateBit.LOADING);
    assert.equal(client.say("EXEC"), `-EXECABORT Transaction discarded because of: ${LOADING}\r\n`);
    // What a queue without such commands does may be done.
    assert.equal(client.say("MULTI", "CLIENT ID", "EXEC").slice(-8), `*1\r\n:${client.connection.id}\r\n`);
  });

  test("gives way to the reasons before it and goes before those behind", () => {
    const world = loading();
    const client = world.open();
    world.server.gates.close(GateBit.LOADING);
    client.say("CONFIG SET maxmemory 1");
    assert.match(client.say("SET a 1"), /^-OOM /);
    client.say("CONFIG SET maxmemory 0", "CLIENT PAUSE 1000 ALL");
    assert.equal(client.say("SET a 1"), `-${LOADING}\r\n`);
  });
});

describe("a gate that holds", () => {
  test("keeps a pipeline in order, and leaves other clients alone", () => {
    const world = new ColdWorld();
    const [client, other] = [world.open(), world.open()];
    assert.equal(client.say("SET a 1", "INCR cold", "INCR a", "GET a"), "+OK\r\n");
    assert.equal(client.say("PING"), "");
    assert.equal(other.say("INCR a"), ":2\r\n");
    assert.equal(world.info("blocked_clients"), "1");
    assert.equal(other.say(`CLIENT UNBLOCK ${client.connection.id}`), ":0\r\n");
    world.warm();
    assert.equal(client.received(), ":1\r\n:3\r\n$1\r\n3\r\n+PONG\r\n");
    assert.equal(world.info("blocked_clients"), "0");
    assert.match(world.info("cmdstat_incr"), /^calls=3,.*rejected_calls=0/);
  });

  test("lets those go on in the order they came, and holds again those for whom nothing has changed", () => {
    const world = new ColdWorld();
    const clients = [world.open(), world.open(), world.open()];
    for (const [i, client] of clients.entries()) assert.equal(client.say(`APPEND cold ${i}`), "");
    world.server.gates.retry(GateBit.COLD);
    for (const client of clients) assert.equal(client.received(), "");
    world.warm();
    world.pass();
    assert.deepEqual(
      clients.map((client) => client.received()),
      [":1\r\n", ":2\r\n", ":3\r\n"],
    );
    assert.equal(clients[0]!.say("GET cold"), "$3\r\n012\r\n");
  });

  test("holds a transaction as a whole, before its first command", () => {
    const world = new ColdWorld();
    const [client, other] = [world.open(), world.open()];
    assert.equal(client.say("MULTI", "SET a 1", "SET cold 1", "EXEC", "PING"), "+OK\r\n+QUEUED\r\n+QUEUED\r\n");
    assert.equal(other.say("EXISTS a"), ":0\r\n");
    world.warm();
    assert.equal(client.received(), "*2\r\n+OK\r\n+OK\r\n+PONG\r\n");
  });

  test("keeps clients waiting for a key that has come, until they are served in their order", () => {
    const world = new SimulatedServer();
    let asked = 0;
    // Of the commands about the key only those that wait for it.
    world.server.gates.add({
      bit: GateBit.COLD,
      concerns: ({ flagBits }) => (flagBits & CommandBit.BLOCKING) !== 0,
      check: () => {
        asked++;
        return HELD;
      },
    });
    const [first, second, pusher] = [world.open(), world.open(), world.open()];
    for (const waiter of [first, second]) assert.equal(waiter.say("BLPOP queue 0", "PING"), "");
    world.server.gates.close(GateBit.COLD);
    assert.equal(pusher.say("RPUSH queue a b", "PING"), ":2\r\n+PONG\r\n");
    assert.equal(first.received() + second.received(), "");
    // Until the gate opens nothing is tried again.
    pusher.say("RPUSH queue c", "PING");
    assert.equal(asked, 1);
    world.server.gates.retry(GateBit.COLD);
    world.pass();
    assert.equal(asked, 2);
    assert.equal(world.info("blocked_clients"), "2");
    world.server.gates.open(GateBit.COLD);
    assert.equal(first.received(), "*2\r\n$5\r\nqueue\r\n$1\r\na\r\n+PONG\r\n");
    assert.equal(second.received(), "*2\r\n$5\r\nqueue\r\n$1\r\nb\r\n+PONG\r\n");
    assert.match(world.info("cmdstat_blpop"), /^calls=2,/);
  });

  test("has nothing to do any more with a client that went on", () => {
    const world = new ColdWorld();
    const client = world.open();
    client.say("SET cold 1");
    world.warm();
    assert.equal(client.say("BLPOP queue 0", "PING"), "+OK\r\n");
    world.server.gates.retry(GateBit.COLD);
    assert.equal(client.received(), "");
    assert.equal(world.info("blocked_clients"), "1");
  });

  test("has the command counted once, and what was said for it not used up", () => {
    const world = new ColdWorld();
    const [client, other] = [world.open(), world.open()];
    client.say("HELLO 3", "CLIENT TRACKING ON OPTIN", "CLIENT CACHING YES");
    const before = client.connection.commandCount;
    assert.equal(client.say("GET cold"), "");
    world.server.gates.retry(GateBit.COLD);
    assert.equal(client.received(), "");
    world.warm();
    assert.equal(client.received(), "_\r\n");
    assert.equal(client.connection.commandCount, before + 1);
    other.say("SET cold 1");
    assert.equal(client.received(), ">2\r\n$10\r\ninvalidate\r\n*1\r\n$4\r\ncold\r\n");
    client.say("GET cold");
    other.say("SET cold 2");
    assert.equal(client.received(), "");
    world.server.gates.close(GateBit.COLD);
    client.say("CLIENT REPLY SKIP", "GET cold", "PING");
    world.warm();
    assert.equal(client.received(), "+PONG\r\n");
  });

  test("forgets a client that closes", () => {
    const world = new ColdWorld();
    const [client, other] = [world.open(), world.open()];
    client.say("SET cold 1");
    client.close();
    assert.equal(world.info("blocked_clients"), "0");
    world.warm();
    assert.equal(other.say("EXISTS cold"), ":0\r\n");
  });
});

test("a gate that is open, or that a command does not concern, is not asked", () => {
  const world = new ColdWorld();
  const client = world.open();
  client.say("PING", "CLIENT ID");
  assert.equal(world.asked, 0);
  client.say("SET a 1");
  assert.equal(world.asked, 1);
  world.warm();
  client.say("SET a 1");
  assert.equal(world.asked, 1);
});

test("the gates of a client open when it is what it was", () => {
  const world = new SimulatedServer();
  const client = world.open();
  client.say("SUBSCRIBE a", "PSUBSCRIBE b", "UNSUBSCRIBE a");
  assert.match(client.say("ECHO c"), /^-ERR Can't execute/);
  client.say("PUNSUBSCRIBE b");
  assert.equal(client.say("ECHO c"), "$1\r\nc\r\n");
  client.say("SUBSCRIBE a", "RESET");
  assert.equal(client.say("ECHO c"), "$1\r\nc\r\n");
  client.say("MONITOR");
  assert.match(client.say("GET a"), /^-ERR Replica can't/);
  assert.equal(client.say("RESET", "GET a"), "+RESET\r\n$-1\r\n");
});

test("a place takes one gate", () => {
  const world = new SimulatedServer();
  world.server.gates.add(loadingGate);
  assert.throws(() => world.server.gates.add(loadingGate), /taken/);
});

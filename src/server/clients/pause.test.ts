import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type SimulatedClient, SimulatedServer } from "../../../test/support/simulated-server.js";

/** A server that has a key, with the client who pauses it and one that is paused. */
function paused(...pauses: string[]): { world: SimulatedServer; admin: SimulatedClient; client: SimulatedClient } {
  const world = new SimulatedServer();
  const [admin, client] = [world.open(), world.open()];
  admin.say("SET key 0");
  admin.say(...pauses.map((each) => `CLIENT PAUSE ${each}`));
  return { world, admin, client };
}

/** After how many milliseconds the commands are answered, in steps of 50, each by a client of its own. */
function heldMs(world: SimulatedServer, ...commands: string[]): number[] {
  const clients = commands.map((command) => {
    const client = world.open();
    return { client, answered: client.say(command) !== "" ? 0 : -1 };
  });
  for (let ms = 50; ms <= 3000; ms += 50) {
    world.pass(50);
    for (const each of clients) if (each.answered < 0 && each.client.received() !== "") each.answered = ms;
  }
  return clients.map(({ answered }) => answered);
}

describe("of two pauses", () => {
  for (const [first, second, read, write] of [
    ["1000 WRITE", "500 WRITE", 0, 1000],
    ["500 WRITE", "1000 WRITE", 0, 1000],
    ["1000 WRITE", "500 ALL", 1000, 1000],
    ["500 ALL", "1000 WRITE", 1000, 1000],
    ["500 ALL", "1000 ALL", 1000, 1000],
  ] as const) {
    test(`the later end counts and the stronger mode: ${first}, ${second}`, () => {
      const world = new SimulatedServer();
      world.open().say("MULTI", `CLIENT PAUSE ${first}`, `CLIENT PAUSE ${second}`, "EXEC");
      assert.deepEqual(heldMs(world, "GET key", "SET key 1"), [read, write]);
    });
  }

  test("the second does not have the mode of the first when that is over", () => {
    const { world, admin } = paused("100 ALL");
    world.pass(101);
    assert.equal(admin.say("CLIENT PAUSE 500 WRITE"), "+OK\r\n");
    assert.deepEqual(heldMs(world, "GET key", "SET key 1"), [0, 500]);
  });
});

test("a pause of writes holds what may write, and transactions with such a command", () => {
  const { world } = paused("1000 WRITE");
  assert.deepEqual(
    heldMs(world, "SET key 1", "PUBLISH news hello", "PFCOUNT key", "EVAL x 0", "GET key", "PING", "SUBSCRIBE news"),
    [1000, 1000, 1000, 1000, 0, 0, 0],
  );
  for (const [queued, isHeld] of [
    ["INCR key", true],
    ["PUBLISH news hello", true],
    ["GET key", false],
  ] as const) {
    const { world, admin, client } = paused("1000 WRITE");
    const text = client.say("MULTI", "GET key", queued, "EXEC");
    assert.equal(text.endsWith("+QUEUED\r\n"), isHeld, queued);
    admin.say("CLIENT UNPAUSE");
    assert.match(text + client.received(), /\*2\r\n\$1\r\n0\r\n(:\d|\$1\r\n0)\r\n$/);
    assert.equal(world.info("blocked_clients"), "0");
  }
});

test("who is held counts as one who waits, until the pause is over, and cannot be unblocked", () => {
  const { world, admin, client } = paused("1000 WRITE");
  client.say("INCR key", "INCR key");
  const letters = () => / flags=(\S+)/.exec(admin.say(`CLIENT LIST ID ${client.connection.id}`))![1];
  assert.equal(letters(), "b");
  assert.equal(world.info("blocked_clients"), "1");
  assert.equal(admin.say(`CLIENT UNBLOCK ${client.connection.id}`), ":0\r\n");
  assert.equal(client.received(), "");
  admin.say("CLIENT UNPAUSE");
  assert.equal(client.received(), ":1\r\n:2\r\n");
  assert.equal(letters(), "N");
  assert.equal(client.connection.commandCount, 2);
  assert.equal(world.info("blocked_clients"), "0");
});

test("those held go on in the order they came, and who has left is not among them", () => {
  const { admin, client, world } = paused("1000 ALL");
  const others = Array.from({ length: 4 }, () => world.open());
  for (const [i, each] of others.entries()) each.say(`APPEND order ${i}`);
  client.say("APPEND order x");
  assert.equal(world.info("blocked_clients"), "5");
  others[1]!.close();
  assert.equal(world.info("blocked_clients"), "4");
  assert.equal(admin.say("PING"), "");
  world.pass(1000);
  assert.equal(admin.received(), "+PONG\r\n");
  assert.equal(admin.say("GET order"), "$4\r\n023x\r\n");
  assert.equal(world.info("blocked_clients"), "0");
});

test("a pause that was ended does not end the next one", () => {
  const { world, admin } = paused("100 WRITE");
  admin.say("CLIENT UNPAUSE", "CLIENT PAUSE 500 WRITE");
  assert.deepEqual(heldMs(world, "SET key 1"), [500]);
});

test("UNPAUSE without a pause is fine, and a pause of no time is none", () => {
  const { admin, client } = paused();
  assert.equal(admin.say("CLIENT UNPAUSE"), "+OK\r\n");
  assert.equal(client.say("INCR key"), ":1\r\n");
  admin.say("CLIENT PAUSE 0");
  assert.equal(client.say("INCR key"), ":2\r\n");
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type SimulatedClient, SimulatedServer } from "../../../test/support/simulated-server.js";

/** The fields of a client's line in CLIENT LIST, as another sees it. */
function seen(observer: SimulatedClient, client: SimulatedClient): Record<string, string> {
  const text = observer.say(`CLIENT LIST ID ${client.connection.id}`);
  return Object.fromEntries([...text.matchAll(/([\w-]+)=(\S*)/g)].map(([, name, value]) => [name, value]));
}

describe("the letters of a client's flags", () => {
  const letters: Record<string, [commands: string[], letters: string]> = {
    "who monitors": [["MONITOR"], "O"],
    "who is subscribed": [["SUBSCRIBE c"], "P"],
    "who is subscribed to shards": [["SSUBSCRIBE c"], "P"],
    "who is in a transaction": [["MULTI"], "x"],
    "who waits": [["BLPOP list 0"], "b"],
    "who tracks": [["HELLO 3", "CLIENT TRACKING ON"], "t"],
    "who tracks prefixes": [["HELLO 3", "CLIENT TRACKING ON BCAST"], "tB"],
    "whose redirection is broken": [["CLIENT TRACKING ON REDIRECT $gone", "GET key"], "tR"],
    "whose watched key changed": [["WATCH key"], "d"],
    "who is spared, and touches nothing": [["CLIENT NO-EVICT ON", "CLIENT NO-TOUCH ON"], "eT"],
    "who is held to its pace": [["ECHO x", "ECHO x", "ECHO x", "ECHO x"], "H"],
    nobody: [["PING"], "N"],
  };
  for (const [who, [commands, flags]] of Object.entries(letters)) {
    test(who, () => {
      const world = new SimulatedServer();
      const [observer, client, gone] = [world.open(), world.open(), world.open()];
      client.say(...commands.map((each) => each.replace("$gone", String(gone.connection.id))));
      if (flags === "H") {
        observer.say(["CONFIG", "SET", "client-throttle", "user slow commands 1"], "ACL SETUSER slow on nopass +@all");
        client.say("AUTH slow x", ...commands);
      }
      gone.close();
      observer.say("SET key 1");
      assert.equal(seen(observer, client)["flags"], flags);
    });
  }
});

test("a client that has done nothing has a line of zeros", () => {
  const world = new SimulatedServer();
  const [observer, client] = [world.open(), world.open()];
  world.pass(2500);
  const { connection } = client;
  assert.deepEqual(seen(observer, client), {
    id: String(connection.id),
    addr: "127.0.0.1:1",
    laddr: "127.0.0.1:2",
    fd: "-1",
    name: "",
    age: "2",
    idle: "2",
    flags: "N",
    db: "0",
    sub: "0",
    psub: "0",
    ssub: "0",
    multi: "-1",
    watch: "0",
    qbuf: "0",
    "qbuf-free": "0",
    "argv-mem": "0",
    "multi-mem": "0",
    rbs: "16384",
    rbp: "16384",
    obl: "0",
    oll: "0",
    omem: "0",
    "tot-mem": String(connection.memoryBytes),
    events: "r",
    cmd: "NULL",
    user: "default",
    redir: "-1",
    resp: "2",
    "lib-name": "",
    "lib-ver": "",
    "tot-net-in": "0",
    "tot-net-out": "0",
    "tot-cmds": "0",
  });
  client.say("SUBSCRIBE a b", "PSUBSCRIBE c", "SSUBSCRIBE d e f");
  const { sub, psub, ssub } = seen(observer, client);
  assert.deepEqual([sub, psub, ssub], ["2", "1", "3"]);
});

test("who waits for its pace is told how long already", () => {
  const world = new SimulatedServer();
  const [observer, client] = [world.open(), world.open()];
  observer.say(["CONFIG", "SET", "client-throttle", "user slow commands 1"], "ACL SETUSER slow on nopass +@all");
  client.say("AUTH slow x", "PING", "PING");
  world.pass(300);
  const fields = seen(observer, client);
  assert.equal(fields["throttle-commands"], "1");
  assert.equal(fields["throttle-delays"], "1");
  assert.equal(fields["throttle-ms"], "300");
});

describe("clients are chosen by", () => {
  /** An observer, and clients of two users, one of them a subscriber that is a second older. */
  function world(): { observer: SimulatedClient; others: SimulatedClient[] } {
    const server = new SimulatedServer();
    const observer = server.open();
    observer.say("ACL SETUSER other on nopass +@all &*");
    server.pass(5000);
    const old = server.open();
    old.say("SUBSCRIBE c");
    server.pass(1000);
    const others = [old, server.open(), server.open()];
    others[2]!.say("AUTH other x");
    return { observer, others };
  }

  const filters: Record<string, [filter: (others: SimulatedClient[]) => string, killed: boolean[]]> = {
    "their age, whole seconds at least": [() => "MAXAGE 1", [true, false, false]],
    "an age none of them has": [() => "MAXAGE 2", [false, false, false]],
    user: [() => "USER other", [false, false, true]],
    type: [() => "TYPE pubsub", [true, false, false]],
    id: [([, second]) => `ID ${second!.connection.id}`, [false, true, false]],
    address: [() => "ADDR 127.0.0.1:1", [true, true, true]],
    "another address": [() => "ADDR 127.0.0.1:2", [false, false, false]],
    "local address": [() => "LADDR 127.0.0.1:2", [true, true, true]],
    "all they are asked for": [() => "TYPE normal USER default", [false, true, false]],
  };
  for (const [what, [filter, killed]] of Object.entries(filters)) {
    test(what, () => {
      const { observer, others } = world();
      const count = killed.filter(Boolean).length;
      assert.equal(observer.say(`CLIENT KILL SKIPME yes ${filter(others)}`), `:${count}\r\n`);
      assert.deepEqual(
        others.map(({ stream }) => stream.isClosed),
        killed,
      );
      assert.ok(!observer.stream.isClosed);
    });
  }
});

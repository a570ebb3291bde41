import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SimulatedServer } from "../../../test/support/simulated-server.js";
import { OutOfMemory } from "../../memory/arena.js";

const OOM = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

describe("whoever serves a client that waits", () => {
  test("remains who it is for the rest of its pipeline, time and again", () => {
    const world = new SimulatedServer();
    const [pusher, waiter] = [world.open(), world.open()];
    waiter.say("HELLO 3", "SELECT 1");
    pusher.say("HSET hash field value");
    pusher.say("SELECT 1");
    for (let round = 0; round < 3; round++) {
      assert.equal(waiter.say("BLPOP queue 0"), "");
      const id = String(pusher.connection.id);
      assert.equal(
        pusher.say("RPUSH queue a", "CLIENT ID", "SELECT 0", "HGETALL hash", "SELECT 1", "RPUSH other b", "CLIENT ID"),
        `:1\r\n:${id}\r\n+OK\r\n*2\r\n$5\r\nfield\r\n$5\r\nvalue\r\n+OK\r\n:${round + 1}\r\n:${id}\r\n`,
      );
      assert.equal(waiter.received(), "*2\r\n$5\r\nqueue\r\n$1\r\na\r\n");
    }
    assert.equal(pusher.say("EXISTS queue other"), ":1\r\n");
  });

  test("hears of its own messages between its replies, as ever", () => {
    const world = new SimulatedServer();
    const [pusher, waiter] = [world.open(), world.open()];
    pusher.say("HELLO 3", "SUBSCRIBE news");
    waiter.say("BLPOP queue 0");
    assert.equal(
      pusher.say("ECHO before", "RPUSH queue a", "PUBLISH news hello", "ECHO after"),
      "$6\r\nbefore\r\n:1\r\n:1\r\n>3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n$5\r\nafter\r\n",
    );
  });

  test("is seen by MONITOR, and so are those who come later; who waited is seen once", () => {
    const world = new SimulatedServer();
    const [monitor, pusher, waiter] = [world.open(), world.open(), world.open()];
    monitor.say("MONITOR");
    waiter.say("BLPOP queue 0");
    pusher.say("RPUSH queue a", "ECHO b");
    waiter.say("ECHO c");
    const seen = [...monitor.received().matchAll(/\] (.*)\r/g)].map(([, command]) => command);
    assert.deepEqual(seen, ['"BLPOP" "queue" "0"', '"RPUSH" "queue" "a"', '"ECHO" "b"', '"ECHO" "c"']);
  });

  test("is not held up by a client that waits again, nor told what that is told", () => {
    const world = new SimulatedServer();
    const [pusher, waiter] = [world.open(), world.open()];
    waiter.say("XGROUP CREATE stream group $ MKSTREAM");
    waiter.say("XREADGROUP GROUP group consumer BLOCK 0 STREAMS stream >");
    assert.equal(pusher.say("MULTI", "XADD stream 1-1 f v", "XDEL stream 1-1", "EXEC", "PING").slice(-7), "+PONG\r\n");
    assert.equal(waiter.received(), "");
    assert.equal(world.info("blocked_clients"), "1");
    assert.equal(pusher.say("DEL stream", "PING"), ":1\r\n+PONG\r\n");
    assert.match(waiter.received(), /^-NOGROUP /);
  });
});

describe("a command that runs out of memory", () => {
  /** Makes the next command fail that is given as one. */
  function failing(world: SimulatedServer, name: string): void {
    const entry = world.server.context.commands.byDeclaredName(name)!;
    Object.defineProperty(entry, "handler", {
      value: (context: typeof world.server.context) => {
        context.reply.array(7);
        context.reply.bulkText("begun");
        throw new OutOfMemory();
      },
    });
  }

  test("answers that instead of what it had begun to answer, and leaves the others alone", () => {
    const world = new SimulatedServer();
    failing(world, "mget");
    const client = world.open();
    assert.equal(client.say("SET a 1", "MGET a", "GET a"), `+OK\r\n${OOM}$1\r\n1\r\n`);
    assert.equal(
      client.say("MULTI", "INCR a", "MGET a", "INCR a", "EXEC").slice(-70),
      `*3\r\n:2\r\n${OOM}:3\r\n`.slice(-70),
    );
    assert.equal(world.info("errorstat_OOM"), "count=2");
    assert.match(world.info("cmdstat_mget"), /^calls=2,.*rejected_calls=0,failed_calls=2$/);
    assert.match(world.info("cmdstat_exec"), /failed_calls=0$/);
  });

  test("is not taken for a failure of the server that a program has", () => {
    const world = new SimulatedServer();
    const entry = world.server.context.commands.byDeclaredName("mget")!;
    Object.defineProperty(entry, "handler", {
      value: () => {
        throw new TypeError("a mistake");
      },
    });
    assert.throws(() => world.open().say("MGET a"), /a mistake/);
  });
});

test("of several reasons to refuse a command the first in Redis' order is told, and counted once", () => {
  const world = new SimulatedServer();
  const admin = world.open();
  admin.say("ACL SETUSER u on nopass ~a &* +@all -get", "CONFIG SET maxmemory 1");
  const client = world.open();
  client.say("AUTH u x");
  for (const [command, error] of [
    ["NOSUCH", "-ERR unknown command"],
    ["GET", "-ERR wrong number of arguments"],
    ["GET a", "-NOPERM User u has no permissions to run the 'get' command"],
    ["SET b 1", "-NOPERM No permissions to access a key"],
    ["SET a 1", "-OOM "],
    ["STRLEN a", ":0"],
  ]) {
    assert.ok(client.say(command!).startsWith(error!), command);
  }
  assert.match(world.info("cmdstat_get"), /^calls=0,.*rejected_calls=2,failed_calls=0$/);
  assert.match(world.info("cmdstat_set"), /^calls=0,.*rejected_calls=2,failed_calls=0$/);
  assert.equal(world.info("errorstat_NOPERM"), "count=2");
  client.say("SUBSCRIBE news");
  assert.match(client.say("SET a 1"), /^-OOM /);
  admin.say("CONFIG SET maxmemory 0");
  assert.match(client.say("SET a 1"), /^-ERR Can't execute 'set'/);
});

test("a command that is put off runs once, when the pause is over, and the commands behind it after it", () => {
  const world = new SimulatedServer();
  const [admin, client] = [world.open(), world.open()];
  admin.say("CLIENT PAUSE 1000 WRITE");
  assert.equal(client.say("GET a", "SET a 1", "GET a"), "$-1\r\n");
  world.pass(999);
  assert.equal(client.received(), "");
  world.pass(2);
  assert.equal(client.received(), "+OK\r\n$1\r\n1\r\n");
  assert.match(world.info("cmdstat_set"), /^calls=1,/);
});

test("CLIENT REPLY takes back what a command that has waited is answered, too", () => {
  const world = new SimulatedServer();
  const [pusher, waiter] = [world.open(), world.open()];
  waiter.say("CLIENT REPLY SKIP", "BLPOP queue 0");
  pusher.say("RPUSH queue a");
  assert.equal(waiter.received(), "");
  assert.equal(waiter.say("PING"), "+PONG\r\n");
  assert.equal(pusher.say("EXISTS queue"), ":0\r\n");
});

test("what belongs outside of transactions is refused within, and ends the transaction", () => {
  const client = new SimulatedServer().open();
  assert.equal(
    client.say("MULTI", "SAVE", "PING", "EXEC"),
    "+OK\r\n-ERR Command not allowed inside a transaction\r\n+QUEUED\r\n" +
      "-EXECABORT Transaction discarded because of previous errors.\r\n",
  );
});

test("lines without a command cost a throttled client their bytes, and no command", () => {
  for (const [limit, heldMs] of [
    ["bytes 1000", 900],
    ["commands 1000", 0],
  ] as const) {
    const world = new SimulatedServer();
    world.open().say(["CONFIG", "SET", "client-throttle", `user slow ${limit}`], "ACL SETUSER slow on nopass +@all");
    const client = world.open();
    client.say("AUTH slow x");
    world.pass(1000);
    client.stream.deliver(Buffer.from(`${"\r\n".repeat(500)}PING\r\n`));
    world.pass(heldMs);
    assert.equal(client.received(), heldMs === 0 ? "+PONG\r\n" : "");
    world.pass(200);
    assert.equal(client.received(), heldMs === 0 ? "" : "+PONG\r\n");
  }
});

test("a command that is cut off for want of memory is repeated if it has changed anything, and so are those after it", () => {
  const world = new SimulatedServer();
  const { effects, context } = world.server;
  let stream = "";
  effects.listen({ receive: (region, length) => (stream += Buffer.from(region.u8.subarray(0, length)).toString()) });
  const [client, other] = [world.open(), world.open()];
  const { reply } = context;
  Object.assign(reply, {
    integer() {
      Object.assign(reply, { integer: Object.getPrototypeOf(reply).integer });
      throw new RangeError("Array buffer allocation failed");
    },
  });
  client.say("MULTI", "SET a 1", "INCR n", "SET b 1", "EXEC");
  assert.ok(client.stream.isClosed);
  assert.equal(other.say("SET c 1"), "+OK\r\n");
  const words = stream.split("\r\n").filter((word) => /^[a-zA-Z]+$/.test(word));
  assert.equal(words.join(" "), "MULTI SELECT SET a INCR n EXEC SET c");
});

describe("EXEC is refused for what one of its commands would be", () => {
  const settings: Record<string, [setting: string, error: RegExp]> = {
    "without memory": ["CONFIG SET maxmemory 1", /^-EXECABORT Transaction discarded because of: OOM /],
    "without the replicas asked for": [
      "CONFIG SET min-replicas-to-write 1",
      /^-EXECABORT Transaction discarded because of: NOREPLICAS /,
    ],
  };
  for (const [why, [setting, error]] of Object.entries(settings)) {
    test(`${why}, and not for reads alone`, () => {
      const world = new SimulatedServer();
      const [client, admin] = [world.open(), world.open()];
      const [reads, writes] = [world.open(), client];
      reads.say("MULTI", "GET a", "STRLEN a");
      writes.say("MULTI", "GET a", "SET a 1");
      admin.say(setting);
      assert.equal(reads.say("EXEC"), "*2\r\n$-1\r\n:0\r\n");
      assert.match(writes.say("EXEC"), error);
      assert.equal(writes.say("EXEC"), "-ERR EXEC without MULTI\r\n");
      assert.equal(admin.say("EXISTS a"), ":0\r\n");
    });
  }

  test("of one who monitors, when it touches keys", () => {
    const client = new SimulatedServer().open();
    client.say("MULTI", "PING");
    assert.match(client.say("EXEC"), /^\*1/);
    client.say("MONITOR", "MULTI", "PING");
    assert.match(client.say("EXEC"), /\*1\r\n\+PONG\r\n/);
    assert.match(client.say("GET a"), /-ERR Replica can't interact with the keyspace\r\n/);
  });
});

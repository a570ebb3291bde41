/** Whose the time is that commands take: in INFO commandstats, the slow log and the figures of the event loop, on a clock that only commands move. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type SimulatedClient, SimulatedServer } from "../support/simulated-server.js";

/** A server of which some commands take milliseconds, the others none. */
function serverWith(times: Readonly<Record<string, number>>): SimulatedServer {
  const world = new SimulatedServer();
  for (const [name, ms] of Object.entries(times)) {
    const entry = world.server.context.commands.byDeclaredName(name)!;
    const { handler } = entry;
    Object.defineProperty(entry, "handler", {
      value: (...args: Parameters<typeof handler>) => {
        world.time.nowMs += ms;
        handler(...args);
      },
    });
  }
  return world;
}

/** Says commands, and lets all turns pass that they need. */
function say(client: SimulatedClient, ...commands: string[]): string {
  let text = client.say(...commands);
  while (client.world.time.hasDue) text += client.received();
  return text;
}

/** Calls and microseconds of a command, as "calls usec"; "" when it has not been called. */
function figures(world: SimulatedServer, name: string): string {
  if (!world.server.info.text(["commandstats"]).includes(`cmdstat_${name}:`)) return "";
  const [, calls, usec] = /^calls=(\d+),usec=(\d+)/.exec(world.info(`cmdstat_${name}`))!;
  return `${calls} ${usec}`;
}

/** Commands in the slow log with their microseconds, the oldest first. */
function slowLog(world: SimulatedServer): string[] {
  const client = world.open();
  const text = client.say("SLOWLOG GET -1");
  client.close();
  const entries = [...text.matchAll(/\*6\r\n:\d+\r\n:\d+\r\n:(\d+)\r\n\*\d+\r\n((?:\$\d+\r\n.*\r\n)+?)\$\d+\r\n127/g)];
  return entries
    .map(([, us, args]) => `${args!.replace(/\$\d+\r\n|\r\n$/g, "").replaceAll("\r\n", " ")} ${us}`)
    .reverse();
}

describe("the time of commands in a pipeline", () => {
  test("is each command's own, whether they are timed together or by themselves", () => {
    const world = serverWith({ get: 1, set: 2, lrange: 4, sort: 8 });
    const client = world.open();
    say(client, "GET a", "GET a", "SET a 1", "LRANGE l 0 -1", "GET a", "SORT l", "SORT l", "SET a 2", "PING");
    assert.deepEqual(
      ["get", "set", "lrange", "sort", "ping"].map((name) => figures(world, name)),
      ["3 3000", "2 4000", "1 4000", "2 16000", "1 0"],
    );
    assert.equal(world.info("total_commands_processed"), "9");
  });

  test("is charged once, however many come and where the clock is read between", () => {
    for (const count of [1, 31, 32, 33, 64, 100]) {
      const world = serverWith({ get: 0.25 });
      say(world.open(), ...Array.from({ length: count }, () => "GET a"));
      assert.equal(figures(world, "get"), `${count} ${count * 250}`);
    }
  });

  test("includes nothing of the time between packets", () => {
    const world = serverWith({ get: 1 });
    const client = world.open();
    for (let i = 0; i < 3; i++) {
      say(client, "GET a");
      world.pass(50);
    }
    assert.equal(figures(world, "get"), "3 3000");
  });

  test("is nobody's when a command was refused", () => {
    const world = serverWith({ get: 1 });
    say(world.open(), "GET", "NOSUCH", "GET a", "GET");
    assert.equal(figures(world, "get"), "1 1000");
    assert.equal(world.info("total_commands_processed"), "1");
    // Its error is counted once, and not for the command behind it.
    assert.equal(world.info("total_error_replies"), "3");
    assert.match(world.info("cmdstat_get"), /rejected_calls=2,failed_calls=0$/);
  });
});

describe("the time of a transaction", () => {
  test("is its commands', and in all EXEC's", () => {
    const world = serverWith({ get: 1, set: 2, sort: 4 });
    const client = world.open();
    say(client, "MULTI", "GET a", "GET a", "SET a 1", "SORT l", "GET a", "EXEC", "GET a");
    assert.deepEqual(
      ["get", "set", "sort", "exec", "multi"].map((name) => figures(world, name)),
      ["4 4000", "1 2000", "1 4000", "1 9000", "1 0"],
    );
    say(client, "MULTI", "SET a 1", "DISCARD", "GET a");
    assert.deepEqual([figures(world, "set"), figures(world, "get")], ["1 2000", "5 5000"]);
  });

  test("is in the slow log by its commands", () => {
    const world = serverWith({ get: 1, sort: 20 });
    const client = world.open();
    say(client, "MULTI", "GET a", "SORT l", "GET b", "EXEC", "GET c");
    // As in Redis, EXEC itself is not.
    assert.deepEqual(slowLog(world), ["SORT l 20000"]);
  });
});

describe("the time of a command that waits", () => {
  test("is what it took before and after, not what it waited", () => {
    const world = serverWith({ blpop: 1, rpush: 2 });
    const [waiter, pusher] = [world.open(), world.open()];
    say(waiter, "BLPOP list 0");
    assert.equal(figures(world, "blpop"), "");
    world.pass(500);
    say(pusher, "RPUSH list a", "PING");
    assert.deepEqual([figures(world, "blpop"), figures(world, "rpush")], ["1 2000", "1 2000"]);
    // Nothing of it is left for the next that does not wait.
    say(pusher, "RPUSH list b");
    say(waiter, "BLPOP list 0");
    assert.deepEqual([figures(world, "blpop"), figures(world, "rpush")], ["2 3000", "2 4000"]);
  });

  test("is charged when it ends without an element, too, once", () => {
    const world = serverWith({ blpop: 1 });
    const client = world.open();
    say(client, "BLPOP list 5");
    world.pass(5000);
    assert.equal(figures(world, "blpop"), "1 1000");
    say(client, "BLPOP list 0");
    say(world.open(), `CLIENT UNBLOCK ${client.connection.id} ERROR`);
    assert.equal(figures(world, "blpop"), "2 2000");
    assert.match(world.info("cmdstat_blpop"), /rejected_calls=0,failed_calls=1$/);
    say(world.open(), "RPUSH list a");
    say(client, "BLPOP list 0");
    assert.equal(figures(world, "blpop"), "3 3000");
  });

  test("counts each of several runs that find nothing", () => {
    const world = serverWith({ xreadgroup: 1 });
    const [waiter, writer] = [world.open(), world.open()];
    say(waiter, "XGROUP CREATE stream group $ MKSTREAM", "XREADGROUP GROUP group c BLOCK 0 STREAMS stream >");
    say(writer, "MULTI", "XADD stream 1-1 f v", "XDEL stream 1-1", "EXEC");
    assert.equal(figures(world, "xreadgroup"), "");
    say(writer, "XADD stream 2-1 f v");
    assert.equal(figures(world, "xreadgroup"), "1 3000");
  });

  test("is in the slow log when it is much, under its own name", () => {
    const world = serverWith({ blpop: 6 });
    say(world.open(), "BLPOP list 0");
    assert.deepEqual(slowLog(world), []);
    say(world.open(), "RPUSH list a");
    assert.deepEqual(slowLog(world), ["BLPOP list 0 12000"]);
  });
});

test("the slow log has a command that took its limit, and none below", () => {
  const world = serverWith({ sort: 10, lrange: 9.75, get: 2 });
  const client = world.open();
  say(client, "GET a", "GET a", "SORT l", "LRANGE l 0 -1", "GET a", "SORT m", "GET b");
  assert.deepEqual(slowLog(world), ["SORT l 10000", "SORT m 10000"]);
});

test("a command that an empty line follows is logged with its own words, or not at all", () => {
  const world = serverWith({ get: 20 });
  const client = world.open();
  client.stream.deliver(Buffer.from("GET a\r\n\r\n"));
  assert.equal(client.received(), "$-1\r\n");
  assert.equal(client.say("SLOWLOG LEN"), ":0\r\n");
  client.stream.deliver(Buffer.from("\r\nGET b\r\n"));
  assert.deepEqual(slowLog(world), ["GET b 20000"]);
});

test("latency-tracking records a call of each command by its time, and stops when it is off", () => {
  const world = serverWith({ get: 1, lrange: 4 });
  const client = world.open();
  say(client, "GET a", "GET a", "LRANGE l 0 -1");
  const histogram = (name: string) => say(client, `LATENCY HISTOGRAM ${name}`);
  assert.match(histogram("get"), /calls\r\n:2\r\n\$14\r\nhistogram_usec\r\n\*2\r\n:1056\r\n:2\r\n/);
  assert.match(histogram("lrange"), /calls\r\n:1\r\n\$14\r\nhistogram_usec\r\n\*2\r\n:4227\r\n:1\r\n/);
  say(client, "CONFIG SET latency-tracking no", "GET a", "LRANGE l 0 -1", "CONFIG SET latency-tracking yes");
  assert.match(histogram("get"), /calls\r\n:2\r\n/);
  assert.match(histogram("lrange"), /calls\r\n:1\r\n/);
});

test("the event loop's time for commands is what all of them took", () => {
  const world = serverWith({ get: 1, lrange: 4, blpop: 2 });
  const [client, waiter] = [world.open(), world.open()];
  const before = Number(world.info("eventloop_duration_cmd_sum"));
  say(client, "GET a", "LRANGE l 0 -1", "NOSUCH", "GET a");
  say(waiter, "BLPOP list 0");
  say(client, "RPUSH list a");
  assert.equal(Number(world.info("eventloop_duration_cmd_sum")) - before, 2 * 1000 + 4000 + 2 * 2000);
});

test("a batch may take a millisecond; what takes longer lets others have a turn", () => {
  for (const [ms, isCut] of [
    [1, false],
    [1.25, true],
  ] as const) {
    const world = serverWith({ sort: ms });
    const client = world.open();
    client.stream.deliver(Buffer.from("SORT list\r\nPING\r\n"));
    assert.equal(client.connection.suspension, isCut ? "yielding" : null);
    assert.equal(client.received(), "*0\r\n+PONG\r\n");
  }
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SimulatedServer } from "../../test/support/simulated-server.js";
import { GateBit, HELD } from "../commands/gate.js";
import type { ShutdownOptions } from "../commands/server-context.js";
import type { Subsystem } from "../commands/subsystem.js";

/** A server with some subsystems, on simulated time and without a port. */
class World extends SimulatedServer {
  constructor(...subsystems: Subsystem[]) {
    super({ port: 0 }, () => subsystems);
  }
}

const NOTHING: ShutdownOptions = { save: null, now: false, force: false, abort: false };

describe("subsystems are started", () => {
  test("one after the other, and stopped the other way round, when there are no clients any more", async () => {
    const seen: string[] = [];
    const subsystem = (name: string): Subsystem => ({
      start: async () => {
        await null;
        seen.push(`start ${name}`);
      },
      stop: async () => {
        seen.push(`stop ${name} ${world.server.clients.count}`);
        await null;
        seen.push(`${name} has stopped`);
      },
    });
    const world = new World(subsystem("a"), subsystem("b"));
    await world.server.listen(false);
    world.open();
    await Promise.all([world.server.close(), world.server.close()]);
    assert.deepEqual(seen, ["start a", "start b", "stop b 0", "b has stopped", "stop a 0", "a has stopped"]);
  });

  test("or none: when one cannot, all are stopped and the server does not listen", async () => {
    const seen: string[] = [];
    const failing = {
      start: () => {
        throw new Error("no disk");
      },
      stop: () => void seen.push("failing"),
    };
    const first = { tasks: [{ everyMs: 0, run: () => seen.push("task") }], stop: () => void seen.push("first") };
    const world = new World(first, failing, { start: () => void seen.push("never") });
    await assert.rejects(world.server.listen(false), /no disk/);
    world.pass(1000);
    assert.deepEqual(seen, ["failing", "first"]);
    assert.deepEqual(world.server.listeners.kinds, []);
  });
});

test("SHUTDOWN is refused while one is not ready, unless it is forced", async () => {
  const asked: ShutdownOptions[] = [];
  let stopped = 0;
  const world = new World({
    refuseShutdown: (options) => {
      asked.push(options);
      return "ERR Errors trying to SHUTDOWN. Check logs.";
    },
    stop: () => void stopped++,
  });
  const client = world.open();
  assert.equal(client.say("SHUTDOWN SAVE", "PING"), "-ERR Errors trying to SHUTDOWN. Check logs.\r\n+PONG\r\n");
  assert.deepEqual(asked, [{ ...NOTHING, save: true }]);
  assert.equal(stopped, 0);
  assert.equal(client.say("SHUTDOWN FORCE"), "");
  assert.ok(client.connection.closed);
  await world.server.close();
  assert.deepEqual(asked[1], { ...NOTHING, force: true });
  assert.equal(stopped, 1);
});

test("the tasks of a subsystem run with the cron, not more often than they are to", async () => {
  const runs = { each: 0, second: 0 };
  const world = new World({
    tasks: [
      { everyMs: 0, run: () => runs.each++ },
      { everyMs: 1000, run: () => runs.second++ },
    ],
  });
  await world.server.listen(false);
  world.pass(5000);
  assert.deepEqual(runs, { each: 50, second: 5 });
  await world.server.close();
});

test("a subsystem replaces sections of INFO in their places, and adds some", () => {
  const world = new World(
    { info: [{ title: "Replication", visibility: "default", fields: () => [["role", "slave"]] }] },
    { info: [{ title: "Tiering", visibility: "all", fields: () => [["cold_values", 7]] }] },
  );
  const { info } = world.server;
  const titles = (text: string): string[] => [...text.matchAll(/^# (\w+)/gm)].map((match) => match[1]!);
  assert.deepEqual(titles(info.text([])), titles(new World().server.info.text([])));
  assert.equal(info.text(["replication"]), "# Replication\r\nrole:slave\r\n");
  assert.equal(titles(info.text(["all"])).at(-1), "Tiering");
  assert.equal(info.text(["tiering"]), "# Tiering\r\ncold_values:7\r\n");
});

test("what a subsystem needs counts as used memory, by its name, and no key is evicted for it", () => {
  const [world, without] = [
    new World({ memory: () => ({ aofBuffer: 1_000_000, replicationBacklog: 500 }) }),
    new World(),
  ];
  const client = world.open();
  without.open();
  assert.equal(Number(world.info("used_memory")), Number(without.info("used_memory")) + 1_000_500);
  assert.equal(world.info("mem_aof_buffer"), "1000000");
  assert.equal(world.info("mem_replication_backlog"), "500");
  assert.equal(world.info("mem_not_counted_for_evict"), "1000500");
  client.say("CONFIG SET maxmemory 1000000");
  assert.equal(client.say("SET a 1"), "+OK\r\n");
});

test("a subsystem hears all effects from its start to its stop", async () => {
  let stream = "";
  const world = new World({
    effects: {
      receive: (region, length) => {
        stream += Buffer.from(region.u8.subarray(0, length)).toString("latin1");
      },
    },
  });
  const client = world.open();
  client.say("SET a 1");
  await world.server.listen(false);
  client.say("SET b 2", "GET b");
  world.pass();
  const select = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n";
  assert.equal(stream, `${select}*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n`);
  client.say("SET c 3");
  await world.server.close();
  assert.match(stream, /c\r\n\$1\r\n3\r\n$/);
  assert.ok(!world.server.effects.isOn);
});

test("a subsystem that loads while the server runs holds those who come, and lets them go on", async () => {
  const world: World = new World({
    gates: [{ bit: GateBit.LOADING, concerns: ({ name }) => name === "get", check: () => HELD }],
    start: () => world.server.gates.close(GateBit.LOADING),
  });
  await world.server.listen(false);
  const client = world.open();
  assert.equal(client.say("SET a 1", "GET a"), "+OK\r\n");
  world.server.gates.open(GateBit.LOADING);
  assert.equal(client.received(), "$1\r\n1\r\n");
  await world.server.close();
});

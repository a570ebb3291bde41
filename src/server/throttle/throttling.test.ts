import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedTime } from "../../../test/support/simulated-time.js";
import type { Suspension } from "../../commands/client.js";
import { ConfigStore } from "../config/config-store.js";
import { ServerStats } from "../observation/stats.js";
import type { ClientThrottle, ThrottledConnection } from "./client-throttle.js";
import { Throttling } from "./throttling.js";

/** Throttling in simulated time, configured by text. */
class World {
  readonly time = new SimulatedTime();
  readonly stats = new ServerStats();
  readonly throttling = new Throttling({ clock: this.time.clock, timers: this.time.timers, stats: this.stats });

  constructor(limits: string) {
    this.configure(limits);
  }

  configure(limits: string): void {
    const store = new ConfigStore();
    assert.equal(store.set([["client-throttle", limits]]), null);
    this.throttling.limits = store.get("client-throttle");
  }

  /** Lets milliseconds pass, one by one, the clients sending all the time. */
  pass(ms: number, ...clients: FakeConnection[]): void {
    for (let i = 0; i < ms; i++) {
      for (const client of clients) client.run();
      this.time.passTo(this.time.nowMs + 1);
    }
  }
}

/** A client as the dispatcher treats it: runs what it has to do as far as it may. */
class FakeConnection implements ThrottledConnection {
  user = "default";
  subscriptionCount = 0;
  peerHost = "127.0.0.1";
  suspension: Suspension = null;
  repliedBytes = 0;
  throttle: ClientThrottle | null = null;
  /** Commands it has sent and that have not run, and those that have. */
  pending = 0;
  done = 0;
  commandBytes = 30;
  replyBytes = 5;
  /** So many bytes of every second command arrive before the rest. */
  earlyBytes = 0;

  constructor(
    readonly world: World,
    fields: Partial<FakeConnection> = {},
  ) {
    Object.assign(this, fields);
  }

  run(): void {
    if (this.suspension !== null) return;
    const throttle = this.world.throttling.enter(this, this.world.time.clock.monotonicUs());
    while (this.pending > 0 && !throttle?.holds()) {
      this.pending--;
      this.done++;
      this.repliedBytes += this.replyBytes;
      if (this.earlyBytes > 0 && this.done % 2 === 0) throttle?.chargePart(this.earlyBytes, false);
      throttle?.charge(this.commandBytes, this.repliedBytes);
    }
  }

  resume(): void {
    this.suspension = null;
    this.run();
  }

  unsuspend(): void {
    this.resume();
  }
}

/** The commands that ran during `ms` milliseconds. */
function ran(world: World, ms: number, ...clients: FakeConnection[]): number[] {
  const before = clients.map(({ done }) => done);
  world.pass(ms, ...clients);
  return clients.map(({ done }, i) => done - before[i]!);
}

function isAbout(actual: number, expected: number, tolerance = 0.01): void {
  assert.ok(Math.abs(actual - expected) <= Math.max(1, expected * tolerance), `${actual} is not about ${expected}`);
}

test("a client with a deep pipeline gets its rate, however high or low", () => {
  for (const rate of [1, 20, 1000, 7777, 200_000]) {
    const world = new World(`user default commands ${rate}`);
    const client = new FakeConnection(world, { pending: 1e9 });
    isAbout(ran(world, 10_000, client)[0]!, rate * 10);
  }
});

test("a client that sends one command at a time gets its rate, evenly", () => {
  const world = new World("class normal commands 1000");
  const client = new FakeConnection(world);
  let most = 0;
  for (let i = 0; i < 100; i++) {
    const before = client.done;
    for (let j = 0; j < 1000; j++) {
      client.pending ||= 1;
      client.run();
      if (client.pending > 0) world.pass(1);
      else world.time.nowMs += 0.02;
      if (world.time.nowMs >= 1000 + (i + 1) * 100) break;
    }
    most = Math.max(most, client.done - before);
  }
  isAbout(client.done, 10_000, 0.02);
  assert.ok(most <= 160, `${most} commands in 100 ms`);
});

test("a client below its rate never waits", () => {
  const world = new World("user default commands 1000 bytes 100kb");
  const client = new FakeConnection(world);
  world.pass(50, client);
  for (let i = 0; i < 5000; i++) {
    if (i % 10 === 0) client.pending += 8;
    world.pass(1, client);
  }
  assert.equal(client.done, 4000);
  assert.equal(world.stats.throttledCommands, 0);
});

test("bytes count in both directions", () => {
  const world = new World("user default bytes 1mb");
  const sender = new FakeConnection(world, { pending: 1e9, commandBytes: 1019, replyBytes: 5 });
  const reader = new FakeConnection(world, { pending: 1e9, commandBytes: 24, replyBytes: 1000 });
  const [sent, read] = ran(world, 10_000, sender, reader);
  isAbout(sent!, 10_240);
  isAbout(read!, 10_240);
});

test("what has come of a command counts before it is complete, and once", () => {
  const world = new World("user default bytes 1000");
  const client = new FakeConnection(world, { pending: 1 });
  const throttle = world.throttling.enter(client, world.time.clock.monotonicUs())!;
  assert.equal(throttle.holds(), false);
  throttle.chargePart(1500, false);
  throttle.chargePart(4000, false);
  throttle.charge(5000, 0);
  client.pending = 1;
  client.run();
  assert.equal(client.suspension, "throttled");
  world.pass(4990);
  assert.equal(client.done, 0);
  world.pass(20);
  assert.equal(client.done, 1);
});

test("of several limits that match, each holds", () => {
  const world = new World("user default commands 1000 address 127.0.0.0/8 commands 300 class normal bytes 1mb");
  const client = new FakeConnection(world, { pending: 1e9 });
  isAbout(ran(world, 10_000, client)[0]!, 3000);
  client.commandBytes = 10_000;
  isAbout(ran(world, 10_000, client)[0]!, 1048);
});

test("limits are for those they name", () => {
  const world = new World("user alice commands 10 address 10.0.0.0/8 commands 20 class pubsub commands 30");
  const clients = [
    new FakeConnection(world, { user: "alice" }),
    new FakeConnection(world, { peerHost: "10.1.2.3" }),
    new FakeConnection(world, { subscriptionCount: 1 }),
    new FakeConnection(world),
    new FakeConnection(world, { peerHost: "" }),
  ];
  for (const client of clients) client.pending = 100_000;
  const [alice, address, pubsub, other, unix] = ran(world, 10_000, ...clients);
  isAbout(alice!, 100);
  isAbout(address!, 200);
  isAbout(pubsub!, 300);
  assert.equal(other, 100_000);
  assert.equal(unix, 100_000);
});

test("each has a limit for itself, unless it is shared", () => {
  const world = new World("user default commands 1000");
  const clients = Array.from({ length: 10 }, () => new FakeConnection(world, { pending: 1e9 }));
  for (const done of ran(world, 5000, ...clients)) isAbout(done, 5000);
  world.configure("user default commands 1000 shared");
  const shares = ran(world, 5000, ...clients);
  isAbout(
    shares.reduce((a, b) => a + b),
    5000,
  );
  for (const share of shares) isAbout(share, 500, 0.02);
});

test("at a shared limit, one command at a time is not pushed aside by deep pipelines", () => {
  const world = new World("user default commands 1000 shared");
  const deep = Array.from({ length: 4 }, () => new FakeConnection(world, { pending: 1e9 }));
  const polite = new FakeConnection(world);
  world.pass(100, ...deep);
  for (let i = 0; i < 10_000; i++) {
    polite.pending ||= 1;
    world.pass(1, polite);
  }
  assert.ok(polite.done > 1250, `${polite.done} of 10000`);
});

test("ten thousand at a shared limit cost no more than those that pass", () => {
  const world = new World("user default commands 1000 shared");
  const clients = Array.from({ length: 10_000 }, () => new FakeConnection(world, { pending: 1 }));
  for (const client of clients) client.run();
  assert.equal(world.throttling.waitingCount, 9999);
  assert.equal(world.time.timerCount, 1);
  world.pass(9000);
  const done = clients.filter((client) => client.done === 1).length;
  isAbout(done, 9000);
  // In the order they came.
  assert.ok(clients.slice(0, done).every((client) => client.done === 1));
  assert.ok(world.stats.throttledCommands <= 10_000);
});

test("a change of the limits is for those who wait, too", () => {
  const world = new World("user default commands 1");
  const client = new FakeConnection(world, { pending: 1e6 });
  world.pass(100, client);
  assert.equal(client.suspension, "throttled");
  world.configure("user default commands 500");
  isAbout(ran(world, 1000, client)[0]!, 500, 0.02);
  world.configure("");
  client.run();
  assert.equal(client.pending, 0);
  assert.equal(world.throttling.waitingCount, 0);
});

test("a limit that stays keeps its debts when another changes", () => {
  const world = new World("user default bytes 1000");
  const client = new FakeConnection(world, { pending: 2, commandBytes: 10_000 });
  client.run();
  assert.equal(client.suspension, "throttled");
  world.configure("user default bytes 1000 user alice commands 5");
  world.pass(9000);
  assert.equal(client.done, 1);
  world.pass(1100);
  assert.equal(client.done, 2);
});

test("another user or class means other limits, from the next command on", () => {
  const world = new World("user alice commands 10 class pubsub commands 100");
  const client = new FakeConnection(world, { pending: 1000 });
  client.run();
  assert.equal(client.done, 1000);
  client.user = "alice";
  client.pending = 1e6;
  isAbout(ran(world, 10_000, client)[0]!, 100);
  client.user = "default";
  client.subscriptionCount = 2;
  isAbout(ran(world, 10_000, client)[0]!, 1000, 0.02);
});

test("in the middle of a batch, too", () => {
  const world = new World("user alice commands 10");
  const client = new FakeConnection(world);
  const throttle = world.throttling.enter(client, world.time.clock.monotonicUs())!;
  assert.equal(throttle.holds(), false);
  client.user = "alice";
  throttle.charge(10, 0);
  assert.equal(throttle.holds(), false);
  throttle.charge(10, 0);
  assert.equal(throttle.holds(), true);
});

test("changing user back and forth gains nothing", () => {
  const world = new World("user alice commands 100 class normal commands 1000");
  const client = new FakeConnection(world, { user: "alice" });
  let asAlice = 0;
  for (let i = 0; i < 10_000; i++) {
    client.user = i % 2 === 0 ? "alice" : "default";
    const before = client.done;
    client.pending = client.suspension === null ? 5 : client.pending;
    client.run();
    if (client.user === "alice") asAlice += client.done - before;
    world.pass(1);
  }
  assert.ok(asAlice <= 1010, `${asAlice} commands as alice in ten seconds`);
});

test("one who waits and closes is forgotten", () => {
  const world = new World("user default commands 1");
  const client = new FakeConnection(world, { pending: 10 });
  client.run();
  assert.equal(world.throttling.waitingCount, 1);
  world.throttling.forget(client);
  assert.equal(world.throttling.waitingCount, 0);
  world.pass(5000);
  assert.equal(client.done, 1);
  assert.equal(world.time.timerCount, 0);
});

test("one who waits at a shared limit and closes lets the next have its place", () => {
  const world = new World("user default commands 10 shared");
  const clients = Array.from({ length: 3 }, () => new FakeConnection(world, { pending: 1 }));
  for (const client of clients) client.run();
  world.throttling.forget(clients[1]!);
  world.pass(200);
  assert.deepEqual(
    clients.map(({ done }) => done),
    [1, 0, 1],
  );
});

test("a server that was late makes up for it to those who waited", () => {
  const world = new World("user default commands 1000");
  const client = new FakeConnection(world, { pending: 1e9 });
  world.pass(100, client);
  const before = client.done;
  world.time.nowMs += 400;
  world.pass(1);
  isAbout(client.done - before, 400, 0.03);
});

test("delays are counted, and described", () => {
  const world = new World("user default commands 10 bytes 1kb address ::1 commands 1");
  const client = new FakeConnection(world, { pending: 3 });
  client.run();
  world.pass(50);
  assert.equal(world.stats.throttledCommands, 1);
  assert.equal(Math.floor(world.throttling.delayedUs / 1000), 50);
  assert.equal(
    client.throttle!.describe(world.time.clock.monotonicUs()),
    " throttle-commands=10 throttle-bytes=1024 throttle-delays=1 throttle-ms=50",
  );
  world.pass(950);
  assert.equal(client.done, 3);
  assert.equal(world.stats.throttledCommands, 2);
  isAbout(world.throttling.delayedUs / 1000, 210, 0.05);
  world.configure("");
  assert.equal(client.throttle!.describe(world.time.clock.monotonicUs()), "");
});

test("a command that arrives in parts costs as much as a whole one, and so does the one behind it", () => {
  const [whole, parts] = [0, 20].map((earlyBytes) => {
    const world = new World("class normal bytes 35000");
    const client = new FakeConnection(world, { pending: 1e6, earlyBytes });
    return ran(world, 2000, client)[0]!;
  });
  assert.ok(Math.abs(whole! - 2000) < 100, `${whole} commands of 35 bytes in 2 s`);
  assert.ok(Math.abs(parts! - whole!) < 20, `${parts} in parts, ${whole} whole`);
});

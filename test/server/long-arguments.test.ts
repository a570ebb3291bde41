/**
 * Arguments that are received where they stay: cut anywhere, with commands in front and behind, stored by every command that can, and given
 * up in the middle. What counts as long is made short here, so that every cut can be tried.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assemble } from "../../src/assemble/assemble.js";
import { createNodePlatform } from "../../src/platform/node.js";
import type { Connection } from "../../src/server/clients/connection.js";
import { applyOptions, type ServerOptions } from "../../src/server/config/options.js";
import { until } from "../support/embedded.js";
import { ManualStream } from "../support/manual-stream.js";
import { type Argument, encodeCommand } from "../support/resp-connection.js";
import type { Scope } from "../support/temporary-directory.js";

const MB = 1024 * 1024;
const LONG = 64;

class World {
  readonly server;
  /** Buffers for long arguments so far; set to fail them. */
  buffers = 0;
  hasMemory = true;

  constructor(scope: Scope, options: ServerOptions = {}, leastLongArgument = LONG) {
    const configure = (store: Parameters<typeof applyOptions>[0]) => applyOptions(store, { save: "", ...options });
    const platform = createNodePlatform();
    // A small reserve, since thousands of buffers are made.
    const facts = { reservedBufferBytes: (bytes: number) => bytes + 20_000 };
    const process = Object.setPrototypeOf(facts, platform.process) as typeof platform.process;
    this.server = assemble({ configure, platform: { ...platform, process } }).server;
    const { host } = this.server;
    host.leastLongArgument = leastLongArgument;
    const create = host.longBuffer.bind(host);
    host.longBuffer = (bytes) => {
      if (!this.hasMemory) return null;
      this.buffers++;
      return create(bytes);
    };
    scope.after(() => this.server.close());
  }

  open(): ManualStream {
    const stream = new ManualStream(this.server.host.input);
    this.server.accept(stream);
    return stream;
  }

  get connection(): Connection {
    return [...this.server.clients.connections()].at(-1)!;
  }

  get usedBytes(): number {
    return this.server.context.memory.figures().used;
  }

  /** Values that have a segment to themselves. */
  get hugeValues(): number {
    return this.arena.segments.filter((segment) => segment?.isHuge).length;
  }

  get arena() {
    return this.server.context.keyspace.arena;
  }

  verify(): void {
    assert.deepEqual(this.arena.verify(this.server.context.keyspace.liveBlocks()), []);
  }

  /** What `packets` are answered until `end`. */
  async answer(stream: ManualStream, packets: Uint8Array[], end: string): Promise<string> {
    stream.sent.length = 0;
    for (const packet of packets) stream.deliver(packet);
    await until(end, () => stream.text.endsWith(end) || stream.isClosed);
    return stream.text;
  }

  /** Replies to one command after the other. */
  async call(...commands: Argument[][]): Promise<string> {
    const stream = this.open();
    const text = await this.answer(stream, [commandsOf(...commands, ["ECHO", "END"])], "$3\r\nEND\r\n");
    stream.destroy();
    return text.slice(0, -"$3\r\nEND\r\n".length);
  }
}

function commandsOf(...all: Argument[][]): Buffer {
  return Buffer.concat(all.map(encodeCommand));
}

/** A value whose bytes differ, line breaks among them. */
function value(length: number, seed = 0): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => (i * 7 + seed) & 0xff));
}

function bulk(bytes: Buffer): string {
  return `$${bytes.length}\r\n${bytes.toString("latin1")}\r\n`;
}

const END = "$3\r\nEND\r\n";

describe("cut at every byte", () => {
  const long = value(150);
  const more = value(90, 3);
  const script = commandsOf(
    ["SET", "before", "1"],
    ["SET", "key", long, "EX", "1000"],
    ["INCR", "before"],
    ["APPEND", "key", "tail"],
    ["GET", "key"],
    ["TTL", "key"],
    ["GETSET", "key", more],
    ["SETNX", "key", long],
    ["SETRANGE", "key", "0", long],
    ["MULTI"],
    ["SET", "key", more],
    ["GET", "key"],
    ["MSET", "a", long, "b", more],
    ["EXEC"],
    ["MGET", "key", "a", "b"],
    ["ECHO", long],
    ["ECHO", "END"],
  );
  const replies = [
    "+OK\r\n+OK\r\n:2\r\n:154\r\n",
    bulk(Buffer.concat([long, Buffer.from("tail")])),
    ":1000\r\n",
    bulk(Buffer.concat([long, Buffer.from("tail")])),
    ":0\r\n:150\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n+OK\r\n",
    bulk(more),
    "+OK\r\n*3\r\n",
    bulk(more),
    bulk(long),
    bulk(more),
    bulk(long),
    END,
  ].join("");

  test("a pipeline with long arguments has the same replies in two packets, wherever it is cut", async (t) => {
    const world = new World(t);
    const stream = world.open();
    for (let cut = 1; cut < script.length; cut++) {
      const text = await world.answer(stream, [script.subarray(0, cut), script.subarray(cut)], END);
      assert.equal(text, replies, `cut at ${cut}`);
      if (cut % 50 === 0) world.verify();
    }
    assert.ok(world.buffers > 200, `${world.buffers} buffers`);
    assert.equal(world.server.host.longBuffers, 0);
    world.verify();
  });

  test("the same in packets of every size up to 200 bytes", async (t) => {
    const world = new World(t);
    const stream = world.open();
    for (let size = 1; size <= 200; size++) {
      const packets: Buffer[] = [];
      for (let at = 0; at < script.length; at += size) packets.push(script.subarray(at, at + size));
      assert.equal(await world.answer(stream, packets, END), replies, `packets of ${size}`);
    }
    world.verify();
  });

  test("the same where there is no memory for long arguments", async (t) => {
    const world = new World(t);
    world.hasMemory = false;
    const stream = world.open();
    for (let cut = 1; cut < script.length; cut += 7) {
      assert.equal(await world.answer(stream, [script.subarray(0, cut), script.subarray(cut)], END), replies);
    }
    assert.equal(world.hugeValues, 0);
  });
});

/** Sends a command in two packets, cut within its last long argument, which begins with `byte`. */
async function callCut(world: World, args: Argument[]): Promise<string> {
  const stream = world.open();
  const bytes = commandsOf(args, ["ECHO", "END"]);
  const cut = bytes.length - 120;
  const text = await world.answer(stream, [bytes.subarray(0, cut), bytes.subarray(cut)], END);
  stream.destroy();
  return text.slice(0, -END.length);
}

for (const [name, args, reply] of [
  ["SET", ["SET", "k", value(5000)], "+OK\r\n"],
  ["SET with options", ["SET", "k", value(5000), "PX", "100000"], "+OK\r\n"],
  ["SETEX", ["SETEX", "k", "100", value(5000)], "+OK\r\n"],
  ["PSETEX", ["PSETEX", "k", "100000", value(5000)], "+OK\r\n"],
  ["SETNX", ["SETNX", "k", value(5000)], ":1\r\n"],
  ["GETSET", ["GETSET", "k", value(5000)], "$-1\r\n"],
  ["MSET", ["MSET", "a", "1", "k", value(5000)], "+OK\r\n"],
  ["MSETNX", ["MSETNX", "a", "1", "k", value(5000)], ":1\r\n"],
  ["APPEND", ["APPEND", "k", value(5000)], ":5000\r\n"],
  ["SETRANGE", ["SETRANGE", "k", "0", value(5000)], ":5000\r\n"],
] as [string, Argument[], string][]) {
  test(`${name} takes over the memory its argument lies in`, async (t) => {
    const world = new World(t);
    assert.equal(await callCut(world, args), reply);
    assert.equal(world.hugeValues, 1);
    assert.equal(await world.call(["GET", "k"]), bulk(value(5000)));
    assert.equal(world.server.host.queryBytes, 0);
    world.verify();
    // What lay behind the argument is not part of the value, nor of what it grows by.
    assert.equal(await world.call(["SETRANGE", "k", "5100", "z"]), ":5101\r\n");
    const grown = Buffer.concat([value(5000), Buffer.alloc(100), Buffer.from("z")]);
    assert.equal(await world.call(["GET", "k"], ["OBJECT", "ENCODING", "k"]), `${bulk(grown)}$3\r\nraw\r\n`);
    assert.equal(
      await world.call(["COPY", "k", "c"], ["RENAME", "k", "r"], ["GET", "c"]),
      `:1\r\n+OK\r\n${bulk(grown)}`,
    );
    assert.equal(await world.call(["DEL", "r", "c"]), ":2\r\n");
    assert.equal(world.hugeValues, 0);
    world.verify();
  });
}

test("commands behind a long argument that change its value do not change themselves", async (t) => {
  const world = new World(t);
  const long = value(5000);
  const tail = "t".repeat(200);
  const queued = commandsOf(["MULTI"], ["SET", "k", long], ["STRLEN", "k"], ["EXEC"]);
  const rest = commandsOf(["APPEND", "k", tail], ["SETRANGE", "k", "5300", "z"], ["GET", "k"], ["ECHO", "END"]);
  const grown = bulk(Buffer.concat([long, Buffer.from(tail), Buffer.alloc(100), Buffer.from("z")]));
  const changes = `:5200\r\n:5301\r\n${grown}${END}`;
  for (const [first, reply] of [
    [commandsOf(["SET", "k", long]), "+OK\r\n"],
    [queued, "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n:5000\r\n"],
  ] as const) {
    const bytes = Buffer.concat([first, rest]);
    for (const cut of [1000, 3000, 5010]) {
      const stream = world.open();
      const text = await world.answer(stream, [bytes.subarray(0, cut), bytes.subarray(cut)], END);
      assert.equal(text, reply + changes, `cut at ${cut}`);
      assert.equal(world.hugeValues, 1);
      stream.destroy();
    }
  }
  world.verify();
});

test("an idle client's long argument stays where it is", async (t) => {
  const world = new World(t);
  const stream = world.open();
  const bytes = commandsOf(["SET", "k", value(5000)], ["GET", "k"]);
  stream.deliver(bytes.subarray(0, 3000));
  world.connection.tend(Date.now() + 100_000);
  stream.deliver(bytes.subarray(3000));
  await until("it has run", () => stream.text === `+OK\r\n${bulk(value(5000))}`);
  assert.equal(world.hugeValues, 1);
});

test("a command that stores nothing leaves nothing behind", async (t) => {
  const world = new World(t);
  await world.call(["SET", "k", "old"], ["LPUSH", "list", "a"]);
  const before = world.usedBytes;
  assert.equal(await callCut(world, ["SET", "k", value(500), "NX"]), "$-1\r\n");
  assert.equal(await callCut(world, ["SETNX", "k", value(500)]), ":0\r\n");
  assert.match(await callCut(world, ["APPEND", "list", value(500)]), /^-WRONGTYPE/);
  assert.match(await callCut(world, ["NOSUCH", "k", value(500)]), /^-ERR unknown/);
  assert.equal(world.buffers, 4);
  assert.equal(world.server.host.longBuffers, 0);
  assert.equal(world.usedBytes, before);
  assert.equal(world.hugeValues, 0);
});

test("SETRANGE over all of a value keeps its expiry", async (t) => {
  const world = new World(t);
  await world.call(["SET", "k", "old", "EX", "1000"]);
  assert.equal(await callCut(world, ["SETRANGE", "k", "0", value(500)]), ":500\r\n");
  assert.equal(await world.call(["TTL", "k"]), ":1000\r\n");
});

test("without memory in the arena the client hears so, and goes on", async (t) => {
  const world = new World(t);
  const { arena } = world;
  const adopt = arena.adopt.bind(arena);
  arena.adopt = (buffer, start, size, touched) => {
    (arena.pages as { limitBytes: number }).limitBytes = arena.segmentBytes;
    return adopt(buffer, start, size, touched);
  };
  assert.match(await callCut(world, ["SET", "k", value(500)]), /^-OOM/);
  assert.equal(await world.call(["EXISTS", "k"]), ":0\r\n");
  assert.equal(world.server.host.longBuffers, 0);
  world.verify();
});

test("a client that closes in the middle of a long argument leaves nothing behind", async (t) => {
  const world = new World(t);
  const before = world.usedBytes;
  for (const sent of [10, 40, 200, 520]) {
    const stream = world.open();
    stream.deliver(commandsOf(["SET", "k", value(500)]).subarray(0, sent));
    stream.destroy();
  }
  assert.equal(world.server.host.longBuffers, 0);
  assert.equal(world.server.host.queryBytes, 0);
  assert.equal(world.usedBytes, before);
});

test("DISCARD forgets a long argument that was queued, and it counts until then", async (t) => {
  const world = new World(t, {}, 1000);
  const stream = world.open();
  const bytes = commandsOf(["MULTI"], ["SET", "k", value(100_000)], ["ECHO", "END"]);
  const before = world.usedBytes;
  for (const part of [bytes.subarray(0, 9000), bytes.subarray(9000)]) stream.deliver(part);
  await until("it is queued", () => stream.text.endsWith("+QUEUED\r\n+QUEUED\r\n"));
  assert.equal(world.server.host.longBuffers, 0);
  assert.ok(world.usedBytes - before > 100_000 && world.usedBytes - before < 125_000, `${world.usedBytes - before}`);
  await world.answer(stream, [commandsOf(["DISCARD"])], "+OK\r\n");
  assert.ok(world.usedBytes - before < 50_000);
  assert.equal(world.hugeValues, 0);
});

test("what has arrived of a long argument counts, what was announced does not", async (t) => {
  const world = new World(t, {}, 32 * MB);
  const before = world.usedBytes;
  const stream = world.open();
  stream.deliver(Buffer.from("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$500000000\r\n"));
  assert.ok(world.usedBytes - before < 1.1 * MB);
  const packet = Buffer.alloc(65536, "x");
  for (let i = 0; i < 100; i++) stream.deliver(packet);
  await until("it has arrived", () => stream.unreadBytes === 0);
  assert.equal(world.buffers, 1);
  const used = world.usedBytes - before;
  assert.ok(used >= 100 * 65536 && used < 100 * 65536 + 100_000, `${used}`);
  assert.equal(world.connection.queryBufferFree, 0);
  // Nothing is taken for an idle buffer, and nothing moved.
  world.connection.tend(Date.now() + 100_000);
  assert.equal(world.server.host.longBuffers, 1);
  const { droppedBytes } = world.server.host;
  stream.destroy();
  assert.equal(world.usedBytes, before);
  // What it held is to be collected.
  assert.ok(world.server.host.droppedBytes - droppedBytes >= used);
});

test("there are only so many buffers for long arguments; the others grow as what they hold arrives", async (t) => {
  const world = new World(t);
  const streams = Array.from({ length: 70 }, () => world.open());
  const bytes = commandsOf(["SET", "k", value(500)]);
  for (const stream of streams) stream.deliver(bytes.subarray(0, 200));
  assert.equal(world.server.host.longBuffers, 64);
  for (const stream of streams) stream.deliver(bytes.subarray(200));
  await until("all are answered", () => streams.every((stream) => stream.text === "+OK\r\n"));
  assert.equal(world.server.host.longBuffers, 0);
  assert.equal(await world.call(["GET", "k"]), bulk(value(500)));
});

test("a paused command with a long argument runs when the pause is over", async (t) => {
  const world = new World(t);
  await world.call(["CLIENT", "PAUSE", "100000", "WRITE"]);
  const stream = world.open();
  const bytes = commandsOf(["SET", "k", value(500)], ["GET", "k"]);
  for (const part of [bytes.subarray(0, 200), bytes.subarray(200)]) stream.deliver(part);
  assert.equal(stream.text, "");
  await world.call(["CLIENT", "UNPAUSE"]);
  await until("it has run", () => stream.text === `+OK\r\n${bulk(value(500))}`);
  assert.equal(world.hugeValues, 1);
});

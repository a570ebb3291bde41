/**
 * Replies with values of many megabytes: they are sent from where they lie, piece by piece, and are what the command found whatever becomes of
 * the key meanwhile; neither they nor long replies of many elements take memory twice.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { describe, test } from "node:test";
import { assemble } from "../../src/assemble/assemble.js";
import type { Connection } from "../../src/server/clients/connection.js";
import { applyOptions, type ServerOptions } from "../../src/server/config/options.js";
import { embeddedServer, until } from "../support/embedded.js";
import { ManualStream } from "../support/manual-stream.js";
import { type Argument, encodeCommand } from "../support/resp-connection.js";
import { skipWithout } from "../support/servers.js";
import type { Scope } from "../support/temporary-directory.js";
import { tlsServer } from "../support/tls.js";

const MB = 1024 * 1024;
/** Longer than a segment of the arena. */
const LENGTH = 70 * MB;

class World {
  readonly server;
  readonly #control: ManualStream;

  constructor(scope: Scope, options: ServerOptions = {}) {
    this.server = assemble({ configure: (store) => applyOptions(store, { save: "", ...options }) }).server;
    this.#control = this.open().stream;
    scope.after(() => this.server.close());
  }

  open(): { stream: Reader; connection: Connection } {
    const stream = new Reader(this.server.host.input);
    this.server.accept(stream);
    return { stream, connection: [...this.server.clients.connections()].at(-1)! };
  }

  async call(...args: Argument[]): Promise<string> {
    const stream = this.#control;
    stream.sent.length = 0;
    stream.deliver(encodeCommand(args));
    await until("it is answered", () => stream.sent.length > 0);
    return stream.text;
  }

  /** A value of which each megabyte is another, at `key`. */
  async fill(key: string, length = LENGTH): Promise<void> {
    await this.call("DEL", key);
    await this.call("SETRANGE", key, length - 1, "\0");
    for (let i = 0; i < length; i += MB) await this.call("SETRANGE", key, i, `<${i / MB}>`);
  }

  get usedBytes(): number {
    return this.server.memoryLimit.usedBytes;
  }
}

/** A peer that reads a megabyte in each turn of the loop, when it reads; it keeps only a digest. */
class Reader extends ManualStream {
  readonly #digest = createHash("sha1");
  /** The longest write. */
  longest = 0;

  override write(bytes: Uint8Array): boolean {
    this.longest = Math.max(this.longest, bytes.length);
    return super.write(bytes);
  }

  /** Reads until so many bytes have come; resolves with the digest of all. */
  async readTo(bytes: number): Promise<string> {
    await until("all has come", () => {
      if (this.takes === 0 || this.isStuck) this.take(MB);
      for (const piece of this.sent.splice(0)) this.#digest.update(piece);
      return this.sentBytes >= bytes;
    });
    assert.equal(this.sentBytes, bytes);
    return this.#digest.copy().digest("hex");
  }
}

/** What a reader has when that was sent. */
function digestOf(...parts: (string | Uint8Array)[]): string {
  const digest = createHash("sha1");
  for (const part of parts) digest.update(part);
  return digest.digest("hex");
}

/** The value that `fill` writes. */
function filled(length = LENGTH): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i += MB) bytes.write(`<${i / MB}>`, i);
  return bytes;
}

describe("a huge value", () => {
  const value = filled();
  const reply = digestOf(`$${LENGTH}\r\n`, value, "\r\n+PONG\r\n");
  const replyLength = `$${LENGTH}\r\n`.length + LENGTH + "\r\n+PONG\r\n".length;

  async function reading(world: World): Promise<Reader> {
    await world.fill("k");
    const { stream } = world.open();
    stream.takes = 3 * MB;
    stream.deliver(Buffer.concat([encodeCommand(["GET", "k"]), encodeCommand(["PING"])]));
    await until("it is being sent", () => stream.isStuck);
    return stream;
  }

  const changes: Record<string, Argument[]> = {
    nothing: ["PING"],
    DEL: ["DEL", "k"],
    SET: ["SET", "k", "other"],
    APPEND: ["APPEND", "k", "more"],
    "SETRANGE within": ["SETRANGE", "k", 69 * MB, "changed"],
    "SETRANGE across the end": ["SETRANGE", "k", LENGTH - 2, "changed"],
    "SETRANGE of what is being sent": ["SETRANGE", "k", 3 * MB - 5, "changed"],
    "SETRANGE of most": ["SETRANGE", "k", 5 * MB, Buffer.alloc(50 * MB, "n")],
    SETBIT: ["SETBIT", "k", 69 * MB * 8, 1],
    BITFIELD: ["BITFIELD", "k", "SET", "u8", 69 * MB * 8, 255],
    RENAME: ["RENAME", "k", "k2"],
    EXPIRE: ["PEXPIRE", "k", 1],
    FLUSHALL: ["FLUSHALL"],
    GETDEL: ["STRLEN", "k"],
  };

  test("is sent as it was, whatever becomes of its key meanwhile", async (t) => {
    const world = new World(t);
    for (const [what, change] of Object.entries(changes)) {
      const stream = await reading(world);
      await world.call(...change);
      assert.equal(await stream.readTo(replyLength), reply, what);
      assert.ok(stream.longest <= MB, `${stream.longest} bytes in one write`);
      stream.destroy();
    }
    assert.deepEqual(world.server.context.keyspace.arena.verify(), []);
  });

  test("changes for those who read it later", async (t) => {
    const world = new World(t);
    const first = await reading(world);
    const { arena } = world.server.context.keyspace;
    const { segmentBytes } = arena;
    await world.call("SETRANGE", "k", 69 * MB, "changed");
    // What the first reads is a copy of these few bytes.
    assert.equal(arena.segmentBytes, segmentBytes);
    assert.ok(world.server.host.outputBytes < 3 * MB);
    assert.match(await world.call("GETRANGE", "k", 69 * MB, 69 * MB + 8), /\r\nchanged/);
    const { stream } = world.open();
    stream.deliver(Buffer.concat([encodeCommand(["GET", "k"]), encodeCommand(["PING"])]));
    const changed = Buffer.from(value);
    changed.write("changed", 69 * MB);
    assert.equal(await stream.readTo(replyLength), digestOf(`$${LENGTH}\r\n`, changed, "\r\n+PONG\r\n"));
    assert.equal(await first.readTo(replyLength), reply);
  });

  test("counts once, for the key or, when that is gone, for the client", async (t) => {
    const world = new World(t);
    await world.fill("k");
    const before = world.usedBytes;
    const { stream, connection } = world.open();
    stream.takes = 1;
    stream.deliver(encodeCommand(["MGET", "k", "k"]));
    await until("it is being sent", () => connection.outputBytes > 2 * LENGTH);
    assert.ok(world.usedBytes < before + 3 * MB, `${world.usedBytes - before} more`);
    await world.call("DEL", "k");
    assert.ok(world.usedBytes > before + LENGTH - 3 * MB);
    stream.destroy();
    assert.ok(world.usedBytes < before - LENGTH + MB);
    assert.equal(world.server.host.outputBytes, 0);
  });

  test("is not sent to who wants no reply, and counts for the output limit", async (t) => {
    const world = new World(t, { "client-output-buffer-limit": `normal ${LENGTH * 2} 0 0` });
    await world.fill("k");
    const { stream } = world.open();
    const commands = [
      ["CLIENT", "REPLY", "SKIP"],
      ["GET", "k"],
      ["CLIENT", "REPLY", "OFF"],
      ["MGET", "k", "k", "k", "k"],
      ["CLIENT", "REPLY", "ON"],
    ];
    stream.deliver(Buffer.concat(commands.map(encodeCommand)));
    await until("it answers", () => stream.sentBytes > 0);
    assert.equal(stream.text, "+OK\r\n");
    // Nothing is lent any more, so a change does not move it.
    const { segmentBytes } = world.server.context.keyspace.arena;
    await world.call("SETRANGE", "k", 0, "again");
    assert.equal(world.server.context.keyspace.arena.segmentBytes, segmentBytes);
    stream.takes = 0;
    stream.deliver(encodeCommand(["MGET", "k", "k"]));
    await until("it is closed", () => stream.isClosed);
  });

  test("is a part of longer replies: MGET, EXEC, GETRANGE, GETDEL, in RESP3 too", async (t) => {
    const world = new World(t);
    await world.fill("k");
    const { stream } = world.open();
    const part = value.subarray(MB, MB + 5_000_000);
    const commands = [
      ["HELLO", "3"],
      ["MGET", "k", "none", "k"],
      ["MULTI"],
      ["GETRANGE", "k", MB, MB + 5_000_000 - 1],
      ["GETDEL", "k"],
      ["EXISTS", "k"],
      ["EXEC"],
    ];
    stream.deliver(encodeCommand(commands[0]!));
    const hello = stream.text;
    stream.deliver(Buffer.concat(commands.slice(1).map(encodeCommand)));
    const header = `$${LENGTH}\r\n`;
    const queued = "+QUEUED\r\n".repeat(3);
    const parts = [
      hello,
      "*3\r\n",
      header,
      value,
      "\r\n_\r\n",
      header,
      value,
      `\r\n+OK\r\n${queued}*3\r\n$5000000\r\n`,
      part,
      `\r\n${header}`,
      value,
      "\r\n:0\r\n",
    ];
    const length = parts.reduce((sum, each) => sum + each.length, 0);
    assert.equal(await stream.readTo(length), digestOf(...parts));
  });
});

describe("a long reply", () => {
  test("of many elements takes its memory once, and its header is in front", async (t) => {
    const world = new World(t);
    const element = Buffer.alloc(100_000, "e");
    for (let i = 0; i < 300; i++) await world.call("HSET", "h", i, element);
    const { stream, connection } = world.open();
    stream.takes = 0;
    const before = process.memoryUsage().arrayBuffers;
    stream.deliver(encodeCommand(["HGETALL", "h"]));
    await until("it is there", () => connection.outputBytes > 30 * MB * 0.95);
    const grown = process.memoryUsage().arrayBuffers - before;
    assert.ok(grown < 36 * MB, `${grown} for ${connection.outputBytes}`);
    assert.ok(connection.outputMemory < connection.outputBytes * 1.1);
    stream.take(Number.POSITIVE_INFINITY);
    await until("all was sent", () => connection.outputBytes === 0);
    assert.match(stream.text.slice(0, 20), /^\*600\r\n\$\d+\r\n\d+\r\n/);
    assert.equal(stream.text.length, stream.text.match(/e{100000}/g)!.length * 100_011 + 6 + numbers(300));
  });

  /** Bytes of the names 0 to n - 1 as bulk strings. */
  function numbers(n: number): number {
    let bytes = 0;
    for (let i = 0; i < n; i++) bytes += `$${String(i).length}\r\n${i}\r\n`.length;
    return bytes;
  }

  test("leaves the others their turn between its pieces, however fast it is read", async (t) => {
    const world = new World(t);
    await world.fill("k");
    const { stream } = world.open();
    stream.keepsSent = false;
    stream.deliver(encodeCommand(["GET", "k"]));
    let turns = 0;
    while (stream.sentBytes < LENGTH) {
      turns++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(turns > 30, `sent in ${turns} turns`);
  });
});

describe("a huge value arrives whole", () => {
  const commands: Argument[][] = [["SETRANGE", "k", LENGTH - 1, "\0"]];
  for (let i = 0; i < LENGTH; i += MB) commands.push(["SETRANGE", "k", i, `<${i / MB}>`]);
  const replyTo = (count: number): string => `:${LENGTH}\r\n`.repeat(count);

  /** Writes and reads the value twice, and changes it between, as fast as the connection takes it. */
  async function check(stream: Duplex): Promise<void> {
    const changes: Argument[][] = [
      ["GET", "k"],
      ["SETBIT", "k", 8 * (LENGTH - 1) + 7, 1],
      ["GETDEL", "k"],
    ];
    const value = filled();
    const changed = Buffer.from(value);
    changed[LENGTH - 1] = 1;
    const header = `$${LENGTH}\r\n`;
    const expected = digestOf(replyTo(commands.length), header, value, "\r\n:0\r\n", header, changed, "\r\n");
    const digest = createHash("sha1");
    stream.on("data", (chunk: Buffer) => digest.update(chunk));
    const ended = once(stream, "end");
    stream.end(Buffer.concat([...commands, ...changes].map(encodeCommand)));
    await ended;
    assert.equal(digest.digest("hex"), expected);
  }

  test("over TCP, and without a socket", async (t) => {
    const { server } = await embeddedServer(t);
    await check(connect({ host: "127.0.0.1", port: server.port, allowHalfOpen: true }));
    await check(server.connect());
  });

  test("over TLS", { skip: skipWithout("openssl") }, async (t) => {
    const server = await tlsServer(t);
    await check(await server.socket(null, { allowHalfOpen: true }));
  });
});

/** Client-side caching, byte by byte: what arrives at a client, and in which order. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, before, type TestContext, test } from "node:test";
import { assemble } from "../../src/assemble/assemble.js";
import { applyOptions } from "../../src/server/config/options.js";
import { until } from "../support/embedded.js";
import { ManualStream } from "../support/manual-stream.js";
import { type Argument, encodeCommand } from "../support/resp-connection.js";
import { type RunningServer, startServer, testedProgram } from "../support/servers.js";
import { once } from "../support/time-limit.js";

const END = "$8\r\nthe end.\r\n";

/** A client that keeps all it receives in the order of its arrival. */
class Tap {
  readonly #socket: Socket;
  #text = "";
  id = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => {
      this.#text += chunk.toString("latin1");
    });
  }

  static async open(port: number, resp: 2 | 3): Promise<Tap> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const tap = new Tap(socket);
    tap.id = Number((await tap.say(["CLIENT", "ID"])).slice(1, -2));
    if (resp === 3) await tap.say(["HELLO", "3"]);
    return tap;
  }

  /** Sends commands in one go; resolves with all that has come since the last call, up to the last reply. */
  async say(...commands: Argument[][]): Promise<string> {
    this.#socket.write(Buffer.concat([...commands, ["ECHO", "the end."]].map(encodeCommand)));
    return this.received(END);
  }

  /** What has come since the last call, as soon as it ends with `end`. */
  async received(end: string): Promise<string> {
    while (!this.#text.endsWith(end)) await once(this.#socket, "data");
    const text = this.#text.slice(0, this.#text.length - (end === END ? END.length : 0));
    this.#text = "";
    return text;
  }

  write(bytes: string): void {
    this.#socket.write(bytes);
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    if (!this.#socket.closed) await once(this.#socket, "close");
  }
}

const invalidate = (...keys: string[]): string =>
  `>2\r\n$10\r\ninvalidate\r\n*${keys.length}\r\n${keys.map((key) => `$${key.length}\r\n${key}\r\n`).join("")}`;

const message = (keys: string): string => `*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n${keys}`;

interface Setup {
  tracker: Tap;
  writer: Tap;
  open(resp: 2 | 3): Promise<Tap>;
  info(field: string): Promise<number>;
}

let server: RunningServer;
before(async () => {
  server = await startServer({ args: ["--enable-debug-command", "yes"] });
});
after(() => server.stop());

/** Two clients of a server without keys that nobody else uses. */
async function setup(t: TestContext): Promise<Setup> {
  const opened: Tap[] = [];
  const open = async (resp: 2 | 3): Promise<Tap> => {
    const tap = await Tap.open(server.port, resp);
    opened.push(tap);
    return tap;
  };
  t.after(() => Promise.all(opened.map((tap) => tap.close())));
  const writer = await open(2);
  const info = async (field: string): Promise<number> => {
    const text = await writer.say(["INFO", "everything"]);
    return Number(new RegExp(`\\r\\n${field}:(\\d+)`).exec(text)?.[1]);
  };
  while ((await info("connected_clients")) > 1);
  await writer.say(["CONFIG", "SET", "maxmemory", 0], ["CONFIG", "SET", "tracking-table-max-keys", 0], ["FLUSHALL"]);
  return { tracker: await open(3), writer, open, info };
}

test("a reader is told once of a change, whatever it read the key with", async (t) => {
  const { tracker, writer, info } = await setup(t);
  await tracker.say(["CLIENT", "TRACKING", "ON"]);
  await tracker.say(["MGET", "a", "b"], ["TYPE", "c"], ["OBJECT", "ENCODING", "d"], ["HGET", "e", "f"], ["KEYS", "*"]);
  assert.equal(await info("tracking_total_keys"), 5);
  assert.equal(await info("tracking_clients"), 1);
  await writer.say(["MSET", "b", 1, "c", 1, "x", 1], ["SET", "b", 2], ["HSET", "e", "f", 1]);
  assert.equal(await tracker.say(), invalidate("b") + invalidate("c") + invalidate("e"));
  assert.equal(await info("tracking_total_items"), 2);
  await writer.say(["RENAME", "c", "a"], ["DEL", "b"]);
  assert.equal(await tracker.say(), invalidate("a"));
});

test("a client hears of its own change after the reply, also after that of EXEC, and with NOLOOP not at all", async (t) => {
  const { tracker } = await setup(t);
  await tracker.say(["CLIENT", "TRACKING", "ON"]);
  assert.equal(await tracker.say(["GET", "a"], ["SET", "a", 1], ["PING"]), `_\r\n+OK\r\n${invalidate("a")}+PONG\r\n`);
  assert.equal(
    await tracker.say(["GET", "a"], ["MULTI"], ["INCR", "a"], ["GET", "b"], ["INCR", "b"], ["EXEC"]),
    `$1\r\n1\r\n+OK\r\n${"+QUEUED\r\n".repeat(3)}*3\r\n:2\r\n_\r\n:1\r\n${invalidate("a")}${invalidate("b")}`,
  );
  await tracker.say(["CLIENT", "TRACKING", "ON", "NOLOOP"]);
  assert.equal(await tracker.say(["GET", "a"], ["SET", "a", 1]), "$1\r\n2\r\n+OK\r\n");
});

test("a client's own changes come last of what its command sends, to itself and to whom it redirects to", async (t) => {
  const { tracker, open } = await setup(t);
  const published = (push: string) => `${push}3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$1\r\nm\r\n`;
  await tracker.say(["SUBSCRIBE", "ch"], ["CLIENT", "TRACKING", "ON"], ["GET", "a"]);
  assert.equal(
    await tracker.say(["MULTI"], ["PUBLISH", "ch", "m"], ["INCR", "a"], ["FLUSHALL"], ["EXEC"]),
    `+OK\r\n${"+QUEUED\r\n".repeat(3)}*3\r\n:1\r\n:1\r\n+OK\r\n${invalidate("a")}>2\r\n$10\r\ninvalidate\r\n_\r\n${published(">")}`,
  );
  const receiver = await open(2);
  receiver.write("SUBSCRIBE ch\r\n");
  await receiver.received(":1\r\n");
  await tracker.say(["CLIENT", "TRACKING", "ON", "REDIRECT", String(receiver.id)], ["GET", "a"]);
  await tracker.say(["MULTI"], ["INCR", "a"], ["PUBLISH", "ch", "m"], ["EXEC"]);
  assert.equal(await receiver.received("a\r\n"), published("*") + message("*1\r\n$1\r\na\r\n"));
});

test("OPTIN and OPTOUT go by CLIENT CACHING, for one command or one transaction", async (t) => {
  const { tracker, writer } = await setup(t);
  const write = async (): Promise<string> => {
    await writer.say(...["a", "b", "c", "d"].map((key) => ["SET", key, 1]));
    return tracker.say();
  };
  await tracker.say(["CLIENT", "TRACKING", "ON", "OPTIN"]);
  await tracker.say(["GET", "a"], ["CLIENT", "CACHING", "YES"], ["CLIENT", "ID"], ["GET", "b"], ["GET", "c"]);
  assert.equal(await write(), invalidate("b"));
  await tracker.say(["CLIENT", "CACHING", "YES"], ["MULTI"], ["GET", "a"], ["GET", "b"], ["EXEC"], ["GET", "c"]);
  assert.equal(await write(), invalidate("a") + invalidate("b"));
  await tracker.say(["CLIENT", "TRACKING", "OFF"], ["CLIENT", "TRACKING", "ON", "OPTOUT"]);
  await tracker.say(["GET", "a"], ["CLIENT", "CACHING", "NO"], ["GET", "b"], ["GET", "c"]);
  assert.equal(await write(), invalidate("a") + invalidate("c"));
});

test("a command that is refused uses CLIENT CACHING up, too", async (t) => {
  const { tracker, writer } = await setup(t);
  await tracker.say(["CLIENT", "TRACKING", "ON", "OPTIN"]);
  for (const refused of [["NOSUCH"], ["GET"], ["CLIENT", "NOSUCH"]]) {
    await tracker.say(["CLIENT", "CACHING", "YES"], refused, ["GET", "a"]);
    await writer.say(["INCR", "a"]);
    assert.equal(await tracker.say(), "");
  }
});

test("expiry counts as a change, when the key is found expired and when it is swept", async (t) => {
  const { tracker, writer } = await setup(t);
  await tracker.say(["CLIENT", "TRACKING", "ON"]);
  await writer.say(["DEBUG", "SET-ACTIVE-EXPIRE", 0], ["SET", "found", 1, "PX", 1], ["SET", "swept", 1, "PX", 1000]);
  await writer.say(["DEBUG", "SLEEP", "0.005"]);
  await tracker.say(["GET", "swept"]);
  // It is looked up, found expired and told of; then it is read, though there is nothing to read.
  assert.equal(await tracker.say(["GET", "found"]), "_\r\n");
  await writer.say(["SET", "found", 1, "PX", 1], ["DEBUG", "SLEEP", "0.005"], ["GET", "found"]);
  assert.equal(await tracker.say(), invalidate("found"));
  await tracker.say(["GET", "found"]);
  await writer.say(["SET", "found", 1, "PX", 1]);
  await tracker.say(["GET", "found"]);
  await writer.say(["DEBUG", "SET-ACTIVE-EXPIRE", 1], ["PEXPIRE", "swept", 1]);
  await tracker.received(invalidate("swept"));
});

test("FLUSHALL and FLUSHDB tell all trackers to forget everything; SWAPDB tells nobody", async (t) => {
  const { tracker, writer, open, info } = await setup(t);
  const broadcast = await open(3);
  await tracker.say(["CLIENT", "TRACKING", "ON"], ["GET", "a"]);
  await broadcast.say(["CLIENT", "TRACKING", "ON", "BCAST"]);
  const all = ">2\r\n$10\r\ninvalidate\r\n_\r\n";
  await writer.say(["FLUSHDB"]);
  assert.equal(await tracker.say(), all);
  assert.equal(await broadcast.say(), all);
  assert.equal(await info("tracking_total_keys"), 0);
  assert.equal(await tracker.say(["FLUSHALL"], ["SWAPDB", 0, 1]), `+OK\r\n${all}+OK\r\n`);
});

test("BCAST sends what changes under the prefixes, together and sorted, whoever has read it", async (t) => {
  const { tracker, writer, info } = await setup(t);
  assert.equal(
    await tracker.say(["CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "user:", "PREFIX", "item:", "NOLOOP"]),
    "+OK\r\n",
  );
  await writer.say(["MULTI"], ["MSET", "user:2", 1, "x", 1, "user:1", 1, "item:1", 1], ["INCR", "user:2"], ["EXEC"]);
  assert.equal(await tracker.say(), invalidate("item:1") + invalidate("user:1", "user:2"));
  assert.equal(await info("tracking_total_prefixes"), 2);
  assert.equal(await info("tracking_total_keys"), 0);
  assert.equal(await tracker.say(["SET", "user:1", 2]), "+OK\r\n");
  await writer.say(["SET", "item:2", 1, "PX", 1]);
  assert.equal(await tracker.received(invalidate("item:2")), invalidate("item:2"));
  // Now it expires.
  assert.equal(await tracker.received(invalidate("item:2")), invalidate("item:2"));
  // What expires is nobody's change, not even that of the client that finds it expired.
  await writer.say(["DEBUG", "SET-ACTIVE-EXPIRE", 0]);
  assert.equal(await tracker.say(["SET", "item:3", 1, "PX", 1]), "+OK\r\n");
  await writer.say(["DEBUG", "SLEEP", "0.005"]);
  tracker.write("GET item:3\r\n");
  assert.equal(await tracker.received(invalidate("item:3")), `_\r\n${invalidate("item:3")}`);
  await writer.say(["DEBUG", "SET-ACTIVE-EXPIRE", 1]);
});

test("messages are redirected: to a RESP2 client as messages of a channel, while it is subscribed", async (t) => {
  const { tracker, writer, open } = await setup(t);
  const [listener, resp2] = [await open(2), await open(2)];
  for (const client of [tracker, resp2]) await client.say(["CLIENT", "TRACKING", "ON", "REDIRECT", listener.id]);
  await resp2.say(["GET", "unheard"]);
  await writer.say(["SET", "unheard", 1]);
  listener.write("SUBSCRIBE __redis__:invalidate\r\n");
  assert.equal(await listener.received(":1\r\n"), "*3\r\n$9\r\nsubscribe\r\n$20\r\n__redis__:invalidate\r\n:1\r\n");
  await tracker.say(["GET", "a"]);
  await resp2.say(["GET", "a"], ["GET", "b"]);
  await writer.say(["SET", "a", 1]);
  await writer.say(["SET", "b", 1]);
  const a = message("*1\r\n$1\r\na\r\n");
  const b = message("*1\r\n$1\r\nb\r\n");
  assert.equal(await listener.received(b), a + a + b);
  await resp2.say(["CLIENT", "TRACKING", "OFF"]);
  assert.equal(await tracker.say(["FLUSHALL"]), "+OK\r\n");
  // Redis sends the null of the tracker's protocol, which is none in the receiver's.
  const all = message(testedProgram === "redis-server" ? "_\r\n" : "$-1\r\n");
  assert.equal(await listener.received("\r\n"), all);
});

test("a tracker learns that the client it redirects to is gone", async (t) => {
  const { tracker, writer, open } = await setup(t);
  const [listener, resp2] = [await open(3), await open(2)];
  for (const client of [tracker, resp2]) await client.say(["CLIENT", "TRACKING", "ON", "REDIRECT", listener.id]);
  for (const client of [tracker, resp2]) await client.say(["GET", "a"]);
  await writer.say(["SET", "a", 1]);
  assert.equal(await listener.say(), invalidate("a") + invalidate("a"));
  for (const client of [tracker, resp2]) await client.say(["GET", "a"]);
  await listener.close();
  while ((await writer.say(["CLIENT", "LIST"])).includes(`id=${listener.id} `));
  await writer.say(["SET", "a", 1]);
  assert.equal(await tracker.say(), `>2\r\n$21\r\ntracking-redir-broken\r\n:${listener.id}\r\n`);
  assert.match(await resp2.say(["CLIENT", "TRACKINGINFO"]), /broken_redirect/);
  assert.match(await resp2.say(["CLIENT", "INFO"]), new RegExp(` flags=tR .* redir=${listener.id} `));
});

test("a full table drops keys and says so, also in an idle server", async (t) => {
  const { tracker, writer, info } = await setup(t);
  await writer.say(["CONFIG", "SET", "tracking-table-max-keys", 10]);
  await tracker.say(["CLIENT", "TRACKING", "ON"]);
  const reads = Array.from({ length: 300 }, (_, i) => ["GET", `key:${i}`]);
  const text = (await tracker.say(...reads)) + (await tracker.say());
  assert.equal(text.split("invalidate").length - 1, 290);
  assert.equal(await info("tracking_total_keys"), 10);
  await writer.say(["CONFIG", "SET", "tracking-table-max-keys", 9]);
  const last = await tracker.received("\r\n");
  assert.match(last, /^>2\r\n\$10\r\ninvalidate\r\n\*1\r\n\$\d+\r\nkey:\d+\r\n$/);
});

test("what is evicted is told of before the reply to the command that needed the memory", async (t) => {
  const { tracker, info, writer } = await setup(t);
  await tracker.say(["CLIENT", "TRACKING", "ON"], ["SET", "old", 1, "EX", 1000]);
  await writer.say(["CONFIG", "SET", "maxmemory-policy", "volatile-random"]);
  await writer.say(["CONFIG", "SET", "maxmemory", (await info("used_memory")) + 100_000]);
  assert.equal(
    await tracker.say(["GET", "old"], ["SETBIT", "big", 1_600_000, 0], ["GETBIT", "big", 1]),
    `$1\r\n1\r\n:0\r\n${invalidate("old")}:0\r\n`,
  );
});

test("CLIENT REPLY OFF keeps no push back", async (t) => {
  const { tracker, writer } = await setup(t);
  await tracker.say(["CLIENT", "TRACKING", "ON"], ["GET", "a"], ["GET", "b"]);
  tracker.write("CLIENT REPLY OFF\r\nSET b 1\r\n");
  await tracker.received(invalidate("b"));
  await writer.say(["SET", "a", 1]);
  assert.equal(await tracker.received(invalidate("a")), invalidate("a"));
});

test("RESET and the end of the connection end tracking, and with the last tracker goes the table", async (t) => {
  const { tracker, writer, open, info } = await setup(t);
  const other = await open(3);
  for (const client of [tracker, other]) await client.say(["CLIENT", "TRACKING", "ON"], ["GET", "a"]);
  assert.equal(await tracker.say(["RESET"], ["CLIENT", "GETREDIR"]), "+RESET\r\n:-1\r\n");
  assert.equal(await info("tracking_clients"), 1);
  assert.equal(await info("tracking_total_items"), 2);
  await writer.say(["SET", "a", 1]);
  assert.equal(await tracker.say(), "");
  assert.equal(await other.say(["GET", "b"]), `${invalidate("a")}_\r\n`);
  await other.close();
  while ((await info("tracking_clients")) > 0);
  if (testedProgram === "redstart") assert.equal(await info("tracking_total_keys"), 0);
});

test("what a command changed before it ran out of memory is told to nobody else", async () => {
  const { server } = assemble({ configure: (store) => applyOptions(store, { save: "" }) });
  const open = (): ManualStream => {
    const stream = new ManualStream(server.host.input);
    server.accept(stream);
    return stream;
  };
  const [tracker, other] = [open(), open()];
  tracker.deliver(Buffer.from("HELLO 3\r\nCLIENT TRACKING ON\r\nGET a\r\nMULTI\r\nINCR a\r\nECHO x\r\n"));
  await until("all is queued", () => tracker.text.endsWith("+QUEUED\r\n+QUEUED\r\n"));
  other.deliver(Buffer.from("HELLO 3\r\nCLIENT TRACKING ON\r\n"));
  await until("it tracks", () => other.text.endsWith("+OK\r\n"));
  other.sent.length = 0;
  server.context.reply.bulk = () => {
    throw new RangeError("Array buffer allocation failed");
  };
  tracker.deliver(Buffer.from("EXEC\r\n"));
  assert.ok(tracker.isClosed);
  other.deliver(Buffer.from("PING\r\n"));
  assert.equal(other.text, "+PONG\r\n");
  await server.close();
});

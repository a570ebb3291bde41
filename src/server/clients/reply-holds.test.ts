import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Random } from "../../../test/differential/random.js";
import { until } from "../../../test/support/embedded.js";
import { encodeCommand } from "../../../test/support/resp-connection.js";
import { type SimulatedClient, SimulatedServer } from "../../../test/support/simulated-server.js";
import type { EffectListener } from "../../commands/effects.js";
import type { ServerOptions } from "../config/options.js";

/** A server whose effects somebody takes who holds replies until the test lets them go. */
class Bench extends SimulatedServer implements EffectListener {
  /** Bytes of the stream that were handed on. */
  received = 0;
  /** Called with each piece that is handed on. */
  onReceive: () => void = () => {};
  readonly hold;

  constructor(options: ServerOptions = {}) {
    super(options);
    const { effects, host } = this.server;
    effects.listen(this);
    this.hold = host.holds.begin();
  }

  receive(_region: unknown, length: number): void {
    this.received += length;
    this.onReceive();
  }

  get position(): number {
    return this.server.effects.position;
  }

  release(position: number): void {
    this.hold.release(position);
    this.pass();
  }
}

describe("a reply that is held", () => {
  test("waits until its position is released, and what was written before waits for less", () => {
    const bench = new Bench();
    const [a, b] = [bench.open(), bench.open()];
    assert.equal(a.say("GET k"), "$-1\r\n");
    assert.equal(a.say("SET k 1"), "");
    assert.equal(bench.received, bench.position);
    const first = bench.position;
    // What b sees is not safe yet.
    assert.equal(b.say("GET k"), "");
    assert.equal(a.say("SET k 2", "GET k"), "");
    const second = bench.position;
    assert.equal(b.say("GET k"), "");
    bench.release(first - 1);
    assert.equal(a.received() + b.received(), "");
    bench.release(first);
    assert.equal(a.received(), "+OK\r\n");
    assert.equal(b.received(), "$1\r\n1\r\n");
    bench.release(second);
    assert.equal(a.received(), "+OK\r\n$1\r\n2\r\n");
    assert.equal(b.received(), "$1\r\n2\r\n");
    assert.equal(b.say("GET k"), "$1\r\n2\r\n");
    assert.equal(bench.server.host.holds.waitingCount, 0);
  });

  test("waits for the hold that is least far, and for nobody when the last has ended", () => {
    const bench = new Bench();
    const { holds } = bench.server.host;
    const client = bench.open();
    client.say("INCR n");
    const first = bench.position;
    const other = holds.begin();
    client.say("INCR n");
    const second = bench.position;
    bench.release(second);
    assert.equal(client.received(), ":1\r\n");
    other.release(first);
    assert.equal(client.received(), "");
    other.end();
    assert.equal(client.received(), ":2\r\n");
    const last = holds.begin();
    assert.equal(client.say("INCR n"), "");
    last.release(bench.position);
    assert.equal(client.received(), "");
    bench.hold.end();
    assert.equal(client.received(), ":3\r\n");
    assert.equal(client.say("INCR n"), "");
    last.end();
    assert.equal(client.received(), ":4\r\n");
    assert.equal(client.say("INCR n"), ":5\r\n");
  });

  test("leaves in the turn in which the effects are taken, if they are safe at once", () => {
    const bench = new Bench();
    bench.onReceive = () => bench.hold.release(bench.received);
    const client = bench.open();
    client.stream.deliver(Buffer.from("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"));
    assert.equal(client.stream.text, "");
    bench.time.step(bench.time.nowMs);
    assert.equal(client.stream.text, "+OK\r\n");
  });

  test("may be released while commands run, of its own client too", () => {
    const bench = new Bench();
    const [a, b] = [bench.open(), bench.open()];
    a.say("SET k 1");
    b.say("SET k 2");
    bench.onReceive = () => bench.hold.release(bench.received);
    // So many effects are handed on at once.
    const replies = a.say(`SET big ${"x".repeat(40_000)}`, `SET big ${"x".repeat(27_000)}`, "INCR k", "PING");
    assert.equal(replies, "+OK\r\n+OK\r\n+OK\r\n:3\r\n+PONG\r\n");
    assert.equal(b.received(), "+OK\r\n");
  });

  test("keeps its place among a pipeline's, which goes on being read", () => {
    const bench = new Bench();
    const client = bench.open();
    const positions: number[] = [];
    let expected = "";
    for (let i = 1; i <= 100; i++) {
      assert.equal(client.say("INCR n", `ECHO ${i}`, "PING", "PING", "PING"), "");
      positions.push(bench.position);
    }
    assert.equal(client.connection.commandCount, 500);
    for (const [i, position] of positions.entries()) {
      bench.release(position);
      expected = `:${i + 1}\r\n$${String(i + 1).length}\r\n${i + 1}\r\n${"+PONG\r\n".repeat(3)}`;
      assert.equal(client.received(), expected);
    }
  });

  test("to who waited for a key waits, as does that to who served him", () => {
    const bench = new Bench();
    const [waiting, pushing] = [bench.open(), bench.open()];
    assert.equal(waiting.say("BLPOP list 0"), "");
    assert.equal(pushing.say("RPUSH list a"), "");
    assert.equal(waiting.received(), "");
    assert.equal(waiting.say("PING"), "");
    bench.release(bench.position);
    assert.equal(pushing.received(), ":1\r\n");
    assert.equal(waiting.received(), "*2\r\n$4\r\nlist\r\n$1\r\na\r\n+PONG\r\n");
    waiting.say("BLPOP list 0.01");
    pushing.say("SET k v");
    bench.pass(20);
    assert.equal(waiting.received(), "");
    bench.release(bench.position);
    assert.equal(waiting.received(), "*-1\r\n");
  });

  test("goes before the pushes that come behind it, and those wait as well", () => {
    const bench = new Bench();
    const [reader, other] = [bench.open(), bench.open()];
    reader.say("HELLO 3");
    reader.say("CLIENT TRACKING ON");
    reader.say("SUBSCRIBE c");
    assert.equal(reader.say("GET k"), "_\r\n");
    other.say("SET x 1");
    const first = bench.position;
    assert.equal(reader.say("ECHO before"), "");
    other.say("PUBLISH c message");
    other.say("SET k 1");
    const second = bench.position;
    assert.equal(reader.say("ECHO after"), "");
    bench.release(first);
    // The message is about nothing that is not safe, and waits for the reply before it only.
    assert.equal(reader.received(), "$6\r\nbefore\r\n>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$7\r\nmessage\r\n");
    bench.release(second);
    assert.equal(reader.received(), ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n$5\r\nafter\r\n");
  });
});

describe("a client whose replies are held", () => {
  test("has messages counted that wait with them, and short ones copied", () => {
    const bench = new Bench();
    const [subscriber, other] = [bench.open(), bench.open()];
    subscriber.say("SUBSCRIBE c");
    other.say("SET k 1", "PUBLISH c first");
    const held = subscriber.connection.outputMemory + other.connection.outputMemory;
    assert.ok(subscriber.connection.outputBytes > 0);
    assert.equal(bench.server.host.outputBytes, held);
    for (let i = 0; i < 10; i++) other.say("PUBLISH c message");
    assert.ok(subscriber.connection.outputChunks <= 2, `${subscriber.connection.outputChunks}`);
  });

  test("that is closed gets what was released, and nothing else", () => {
    const bench = new Bench();
    const before = bench.server.host.memoryBytes;
    const [client, other] = [bench.open(), bench.open()];
    client.say("SET k 1");
    const first = bench.position;
    client.say("SET k 2", "GET k");
    bench.hold.release(first);
    assert.equal(client.stream.text, "");
    client.connection.close("end");
    assert.equal(client.stream.text, "+OK\r\n");
    bench.release(bench.position);
    assert.equal(client.stream.text, "+OK\r\n");
    assert.equal(bench.server.host.holds.waitingCount, 0);
    assert.equal(bench.server.host.outputBytes, 0);
    assert.equal(bench.server.host.memoryBytes, before + other.connection.memoryBytes);
  });

  test("that a command of another ends hears nothing of what that command does", () => {
    const bench = new Bench();
    const [client, other] = [bench.open(), bench.open()];
    const id = client.say("CLIENT ID").slice(1, -2);
    client.say("CONFIG SET notify-keyspace-events KEA", "HELLO 3", "SUBSCRIBE __keyspace@0__:k");
    client.say("SET x 1");
    bench.hold.release(bench.position);
    client.stream.sent.length = 0;
    other.stream.deliver(
      Buffer.concat(["MULTI", "SET k 1", `CLIENT KILL ID ${id}`, "EXEC"].map((text) => encodeCommand(text.split(" ")))),
    );
    assert.equal(client.stream.isClosed, true);
    assert.equal(client.stream.text, "+OK\r\n");
  });

  test("gets what was released when the server closes", async () => {
    const bench = new Bench();
    const [client, other] = [bench.open(), bench.open()];
    client.say("SET k 1");
    bench.hold.release(bench.position);
    other.say("SET k 2");
    await bench.server.close();
    assert.equal(client.stream.text, "+OK\r\n");
    assert.equal(other.stream.text, "");
  });

  test("and that wants to end, or sends no more, ends when it has them, however long that takes", () => {
    for (const isHalfClosed of [true, false]) {
      const bench = new Bench();
      const client = bench.open();
      assert.equal(isHalfClosed ? client.say("SET k 1") : client.say("SET k 1", "QUIT"), "");
      if (isHalfClosed) client.stream.finish();
      for (let i = 0; i < 5; i++) {
        bench.pass(50_000);
        client.connection.tend(bench.time.nowMs);
      }
      assert.equal(client.stream.isClosed, false);
      bench.release(bench.position);
      assert.equal(client.stream.text, isHalfClosed ? "+OK\r\n" : "+OK\r\n+OK\r\n");
      assert.equal(client.stream.isClosed, true);
    }
  });

  test("and that reads slowly waits for the one and for the other", () => {
    const bench = new Bench();
    const client = bench.open();
    client.stream.takes = 2;
    client.say("PING");
    client.say("SET k 1");
    const first = bench.position;
    client.say("SET k 2");
    bench.release(first);
    client.stream.take(1000);
    bench.pass();
    assert.equal(client.stream.sentBytes, "+PONG\r\n+OK\r\n".length);
    bench.release(bench.position);
    assert.equal(client.stream.sentBytes, "+PONG\r\n+OK\r\n+OK\r\n".length);
  });

  test("has them counted: as output, as memory and for its limits", () => {
    const bench = new Bench({ "client-output-buffer-limit": "normal 100kb 0 0" });
    const { host } = bench.server;
    const client = bench.open();
    const before = client.connection.memoryBytes;
    client.say(`SET k ${"x".repeat(30_000)}`);
    for (let i = 0; i < 3; i++) client.say("GET k");
    assert.ok(client.connection.outputBytes > 90_000);
    assert.ok(client.connection.memoryBytes > before + 90_000);
    assert.equal(host.outputBytes, client.connection.outputMemory);
    assert.equal(client.stream.isClosed, false);
    client.say("GET k");
    assert.equal(client.stream.isClosed, true);
    assert.equal(client.stream.text, "");
    assert.equal(host.outputBytes, 0);
  });

  test("and are very many has to wait with its commands, and goes on when they are released", async () => {
    const bench = new Bench();
    const client = bench.open();
    client.stream.keepsSent = false;
    bench.server.host.outputShare = 0;
    client.say(`SET k ${"x".repeat(100_000)}`);
    for (let i = 0; i < 20; i++) client.say("GET k");
    assert.equal(client.stream.isReading, false);
    assert.ok(client.connection.commandCount < 10);
    bench.release(bench.position);
    await until("it has all", () => client.connection.commandCount === 21);
    assert.equal(client.stream.sentBytes, 5 + 20 * (100_000 + "$100000\r\n\r\n".length));
  });
});

/** A client of the random test, and what it is to get: text and the position that it waits for. */
interface Reader {
  readonly client: SimulatedClient;
  readonly due: [position: number, text: string][];
}

/** Random commands of some clients, one of which hears messages; `check` is called now and then, with all that is released sent. */
class RandomRound {
  readonly bench = new Bench();
  readonly readers: Reader[];
  readonly #random: Random;
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
    this.readers = Array.from({ length: 4 }, () => ({ client: this.bench.open(), due: [] }));
    this.readers[0]!.client.say("HELLO 3");
    this.readers[0]!.client.say("SUBSCRIBE c");
  }

  run(check: () => void): void {
    const { bench } = this;
    const random = this.#random;
    for (let step = 0; step < 100; step++) {
      this.#say(this.readers[random.integer(0, this.readers.length - 1)]!);
      if (random.oneIn(3)) bench.pass();
      if (random.oneIn(3)) bench.hold.release(random.integer(bench.hold.position, bench.position));
      if (random.oneIn(3)) {
        bench.pass();
        check();
      }
    }
    bench.release(bench.position);
  }

  /** Has a client send one to eight commands in a packet. */
  #say({ client, due }: Reader): void {
    const random = this.#random;
    const command = ["INCR n", "ECHO reply", "PUBLISH c message"][random.integer(0, 2)]!;
    const commands = Array.from({ length: random.integer(1, 8) }, () => encodeCommand(command.split(" ")));
    client.stream.deliver(Buffer.concat(commands));
    const { position } = this.bench;
    const message = ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$7\r\nmessage\r\n";
    for (const _ of commands) {
      if (command === "INCR n") due.push([position, `:${++this.#count}\r\n`]);
      else if (command === "ECHO reply") due.push([position, "$5\r\nreply\r\n"]);
      else due.push([position, ":1\r\n"]);
      if (command.startsWith("PUBLISH")) this.readers[0]!.due.push([position, message]);
    }
  }

  /** What a client is to have by now. */
  released({ due }: Reader): string {
    const { position } = this.bench.hold;
    return due.map(([waitsFor, text]) => (waitsFor <= position ? text : "")).join("");
  }
}

describe("of random commands", () => {
  const seed = Number(process.env["REDSTART_TEST_SEED"] ?? 1);

  test("each reply and message leaves when its position has been released, not before and not later", () => {
    const random = new Random(seed);
    for (let i = 0; i < 20; i++) {
      const round = new RandomRound(random);
      const check = (): void => {
        for (const reader of round.readers) assert.equal(reader.client.stream.text, round.released(reader));
      };
      round.run(check);
      check();
    }
  });

  test("a client that reads slowly gets nothing before that, and all in the end", () => {
    const random = new Random(seed);
    for (let i = 0; i < 20; i++) {
      const round = new RandomRound(random);
      for (const { client } of round.readers) client.stream.takes = random.integer(0, 20);
      round.run(() => {
        for (const reader of round.readers) {
          assert.ok(round.released(reader).startsWith(reader.client.stream.text));
          reader.client.stream.take(random.integer(0, 100));
        }
      });
      for (const reader of round.readers) {
        reader.client.stream.take(1e6);
        round.bench.pass();
        assert.equal(reader.client.stream.text, round.released(reader));
      }
      assert.equal(round.bench.server.host.outputBytes, 0);
    }
  });
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { Duplex } from "node:stream";
import { describe, test } from "node:test";
import { Region } from "../bytes/region.js";
import { duplexPair } from "./duplex-pair.js";
import { DuplexStream } from "./duplex-stream.js";
import type { StreamHandler } from "./network.js";
import { unixEnds } from "./socket-ends.js";

const INPUT_BYTES = 1000;

/** A stream whose owner writes down what happens, and a client at its other end. */
function fixture(onData: (text: string, stream: DuplexStream) => void = () => {}) {
  const input = Region.allocate(INPUT_BYTES);
  const [client, serverSide] = duplexPair();
  const stream = new DuplexStream(serverSide, input, unixEnds("test"));
  const events: string[] = [];
  const handler: StreamHandler = {
    onData(length) {
      const text = Buffer.from(input.u8.subarray(0, length)).toString("latin1");
      events.push(text);
      onData(text, stream);
    },
    onDrain: () => events.push("drain"),
    onEnd: () => events.push("end"),
    onClose: () => events.push("close"),
  };
  stream.handler = handler;
  stream.resumeReading();
  return { client, stream, events };
}

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe("a stream over a Duplex", () => {
  test("hands nothing over while its owner or a client is at work", async () => {
    let isBusy = false;
    const { client, events } = fixture((text, stream) => {
      assert.ok(!isBusy, "within another");
      isBusy = true;
      stream.write(Buffer.from(`reply to ${text}`));
      isBusy = false;
    });
    const replies: string[] = [];
    client.on("data", (chunk: Buffer) => {
      replies.push(String(chunk));
      if (replies.length < 3) client.write(`question ${replies.length}`);
    });
    client.write("question 0");
    assert.deepEqual(events, []);
    await turns(20);
    assert.deepEqual(events, ["question 0", "question 1", "question 2"]);
    assert.deepEqual(replies, ["reply to question 0", "reply to question 1", "reply to question 2"]);
  });

  test("hands over what has come together, in pieces that the input takes", async () => {
    const { client, events } = fixture();
    const text = Array.from({ length: 700 }, (_, i) => `${i} `).join("");
    for (let i = 0; i < text.length; i += 300) client.write(text.slice(i, i + 300));
    await turns(10);
    assert.equal(events.join(""), text);
    assert.ok(events.every((piece) => piece.length <= INPUT_BYTES));
    assert.equal(events[0]!.length, INPUT_BYTES);
  });

  test("says that the end has come behind what waits, when reading goes on", async () => {
    const { client, stream, events } = fixture((_, own) => own.pauseReading());
    client.write("x".repeat(INPUT_BYTES));
    client.end("last");
    await turns(10);
    assert.deepEqual(events, ["x".repeat(INPUT_BYTES)]);
    stream.resumeReading();
    await turns(10);
    assert.deepEqual(events.slice(1), ["last"]);
    stream.resumeReading();
    await turns(10);
    assert.deepEqual(events.slice(2), ["end"]);
  });

  test("takes from a client that writes whenever it may no more than is handed over", async () => {
    const { client, stream, events } = fixture();
    stream.pauseReading();
    let written = 0;
    const fill = (): void => {
      for (;;) {
        written += 5000;
        if (!client.write("x".repeat(5000))) return;
      }
    };
    client.on("drain", fill);
    fill();
    await turns(50);
    assert.ok(written < 100_000, `${written} bytes`);
    client.off("drain", fill);
    stream.resumeReading();
    client.end();
    await turns(200);
    assert.equal(events.pop(), "end");
    assert.equal(events.join("").length, written);
  });

  test("has a client whose handler throws fail by itself", async () => {
    const { client, stream } = fixture();
    client.on("data", () => {
      throw new Error("the client's");
    });
    const uncaught = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const thrown = once(process, "uncaughtException");
    assert.doesNotThrow(() => stream.write(Buffer.from("reply")));
    assert.match(String(await thrown), /the client's/);
    for (const listener of uncaught) process.on("uncaughtException", listener);
  });
});

/** A Duplex whose other side is the test: what it was written, and when it takes it. */
class Wire extends Duplex {
  readonly taken: string[] = [];
  isStuck = false;
  #continue: (() => void) | null = null;

  arrive(bytes: Uint8Array | null): void {
    this.push(bytes);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk.toString("latin1"));
    if (this.isStuck) this.#continue = done;
    else done();
  }

  release(): void {
    this.isStuck = false;
    this.#continue?.();
  }
}

/** The stream over a wire, with what was handled in order. */
function wired(inputBytes: number, options: ConstructorParameters<typeof Duplex>[0] = {}) {
  const wire = new Wire(options);
  const input = Region.allocate(inputBytes);
  const stream = new DuplexStream(wire, input, unixEnds("test"));
  const seen: string[] = [];
  stream.handler = {
    onData: (length) => seen.push(Buffer.from(input.u8.subarray(0, length)).toString("latin1")),
    onDrain: () => seen.push("drain"),
    onEnd: () => seen.push("end"),
    onClose: (error) => seen.push(`close ${error}`),
  };
  return { wire, stream, seen };
}

test("the memory of a write is free at once, and onDrain says when more may come", async () => {
  const { wire, stream, seen } = wired(8, { writableHighWaterMark: 4 });
  const bytes = Buffer.from("abc");
  assert.equal(stream.write(bytes), true);
  await turns(2);
  wire.isStuck = true;
  bytes.write("def");
  assert.equal(stream.write(bytes), true);
  bytes.write("ghi");
  assert.equal(stream.write(bytes), false);
  bytes.write("xxx");
  assert.equal(stream.queuedBytes, 6);
  await turns(2);
  assert.deepEqual(seen, []);
  wire.release();
  await turns(2);
  assert.deepEqual(wire.taken, ["abc", "def", "ghi"]);
  assert.deepEqual(seen, ["drain"]);
  assert.equal(stream.queuedBytes, 0);
});

test("end sends what was written, then closes; the peer's end is heard of", async () => {
  const { wire, stream, seen } = wired(8, { writableHighWaterMark: 1 });
  wire.isStuck = true;
  stream.write(Buffer.from("last"));
  stream.end();
  await turns(2);
  assert.ok(stream.isOpen);
  wire.release();
  await turns(2);
  await turns(2);
  assert.deepEqual(wire.taken, ["last"]);
  assert.ok(!stream.isOpen);
  assert.deepEqual(seen.at(-1), "close null");

  const other = wired(8);
  other.wire.arrive(Buffer.from("a"));
  other.wire.arrive(null);
  await turns(2);
  assert.deepEqual(other.seen, ["a", "end"]);
  other.stream.destroy();
});

test("a stream that was closed hands over nothing more, takes no more, and says so once", async () => {
  const { wire, stream, seen } = wired(2);
  const record = stream.handler.onData;
  stream.handler.onData = (length) => {
    record(length);
    if (seen.length === 1) stream.pauseReading();
  };
  wire.arrive(Buffer.from("abcdef"));
  await turns(2);
  wire.destroy(new Error("broken"));
  await turns(2);
  assert.deepEqual(seen, ["ab", "close broken"]);
  assert.ok(!stream.isOpen);
  assert.equal(stream.write(Buffer.from("x")), true);
  stream.resumeReading();
  wire.emit("close");
  await turns(2);
  assert.deepEqual(seen, ["ab", "close broken"]);
  assert.deepEqual(wire.taken, []);
});

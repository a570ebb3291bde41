import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { pem } from "../../test/support/certificates.js";
import { skipWithout } from "../../test/support/servers.js";
import { temporaryDirectory } from "../../test/support/temporary-directory.js";
import { once } from "../../test/support/time-limit.js";
import { identitiesFor } from "../../test/support/tls.js";
import { clientPath } from "../../test/support/unix-socket.js";
import { Region } from "../bytes/region.js";
import type { ByteStream, ListenOptions, StreamHandler } from "./network.js";
import { createNodeNetwork } from "./node-network.js";
import { NodeStream } from "./node-stream.js";
import { learnSocketInternals } from "./socket-internals.js";

/** More than any system takes at once from somebody whose peer does not read. */
const MUCH = 64 * 1024 * 1024;

/** Notes what happens on a stream, and lets a test wait for it. */
class Events implements StreamHandler {
  received = "";
  drains = 0;
  isEnded = false;
  closed: string | null | undefined;
  onReceived: (() => void) | null = null;
  #changed: (() => void)[] = [];

  constructor(private readonly input: Region) {}

  onData(length: number): void {
    this.received += Buffer.from(this.input.u8.subarray(0, length)).toString("latin1");
    this.onReceived?.();
    this.#change();
  }

  onDrain(): void {
    this.drains++;
    this.#change();
  }

  onEnd(): void {
    this.isEnded = true;
    this.#change();
  }

  onClose(error: string | null): void {
    assert.equal(this.closed, undefined, "onClose is called once");
    this.closed = error;
    this.#change();
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  #change(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

interface Pair {
  readonly stream: ByteStream;
  readonly events: Events;
  readonly peer: Socket;
}

for (const [name, learn] of [
  ["by their handles", learnSocketInternals],
  ["as Duplexes, where nothing is known of what is inside", () => null],
] as const) {
  describe(`connections ${name}`, () => {
    async function pair(t: TestContext, options: Partial<ListenOptions> = {}): Promise<Pair> {
      const input = Region.allocate(1000);
      let accept: (stream: ByteStream) => void;
      const accepted = new Promise<ByteStream>((resolve) => (accept = resolve));
      const events = new Events(input);
      const listener = await createNodeNetwork(learn).listen(input, {
        host: "127.0.0.1",
        port: 0,
        keepAliveSeconds: () => 10,
        ...options,
        onStream(stream) {
          stream.handler = events;
          accept(stream);
        },
      });
      const peer = options.tls
        ? connectTls({ port: listener.port, host: "127.0.0.1", rejectUnauthorized: false })
        : options.path === undefined
          ? connect(listener.port, "127.0.0.1")
          : connect(clientPath(options.path));
      peer.on("error", () => {});
      const stream = await accepted;
      t.after(async () => {
        peer.destroy();
        stream.destroy();
        await listener.close();
      });
      if (peer.connecting) await once(peer, "connect");
      return { stream, events, peer };
    }

    test("what is sent arrives, in pieces that the input takes, both ways", async (t) => {
      const { stream, events, peer } = await pair(t);
      assert.equal(stream instanceof NodeStream, learn === learnSocketInternals);
      const { ends, isOpen } = stream;
      assert.deepEqual([ends.peerHost, ends.isUnixSocket, isOpen], ["127.0.0.1", false, true]);
      assert.equal(ends.peerAddress, `127.0.0.1:${peer.localPort}`);
      assert.equal(ends.localAddress, `127.0.0.1:${peer.remotePort}`);
      const text = "0123456789".repeat(1000);
      peer.write(text);
      await events.until(() => events.received.length === text.length);
      assert.equal(events.received, text);
      assert.equal(stream.write(Buffer.from("reply")), true);
      assert.equal(String((await once(peer, "data"))[0]), "reply");
    });

    test("while reading is paused nothing comes, also when it is paused by what came", async (t) => {
      const { stream, events, peer } = await pair(t);
      events.onReceived = () => stream.pauseReading();
      peer.write("x".repeat(5000));
      for (let length = 1000; length <= 5000; length += 1000) {
        await events.until(() => events.received.length >= length);
        await new Promise((resolve) => setTimeout(resolve, 5));
        assert.equal(events.received.length, length);
        stream.resumeReading();
      }
    });

    test("a write that the system does not take whole keeps its memory until onDrain", async (t) => {
      const { stream, events, peer } = await pair(t);
      peer.pause();
      assert.equal(stream.write(new Uint8Array(MUCH).fill(65)), false);
      assert.equal(events.drains, 0);
      let arrived = 0;
      peer.on("data", (chunk) => (arrived += chunk.length)).resume();
      await events.until(() => events.drains === 1);
      assert.equal(stream.queuedBytes, 0);
      assert.equal(stream.write(Buffer.from("more")), true);
      while (arrived < MUCH + 4) await once(peer, "data");
    });

    test("end sends what was written, then closes", async (t) => {
      const { stream, events, peer } = await pair(t);
      let arrived = 0;
      peer.on("data", (chunk) => (arrived += chunk.length));
      stream.write(new Uint8Array(MUCH));
      stream.end();
      await once(peer, "end");
      assert.equal(arrived, MUCH);
      peer.end();
      await events.until(() => events.closed !== undefined);
      assert.equal(events.closed, null);
      assert.equal(stream.isOpen, false);
      assert.equal(stream.write(Buffer.from("late")), true, "nobody waits for what goes nowhere");
    });

    test("destroy closes at once, with a write in flight", async (t) => {
      const { stream, events, peer } = await pair(t);
      peer.pause();
      stream.write(new Uint8Array(MUCH));
      stream.destroy();
      stream.destroy();
      await events.until(() => events.closed !== undefined);
      assert.deepEqual([events.closed, events.drains, stream.queuedBytes, stream.isOpen], [null, 0, 0, false]);
    });

    test("a peer that sends no more can still read", async (t) => {
      const { stream, events, peer } = await pair(t);
      peer.end("last");
      await events.until(() => events.isEnded);
      assert.deepEqual([events.received, events.closed], ["last", undefined]);
      stream.write(Buffer.from("answer"));
      assert.equal(String((await once(peer, "data"))[0]), "answer");
    });

    test("a connection that is reset closes with the reason", async (t) => {
      const { events, peer } = await pair(t);
      peer.resetAndDestroy();
      await events.until(() => events.closed !== undefined);
      assert.match(String(events.closed), /ECONNRESET/);
    });

    test("TLS: what is sent arrives both ways, also much at once", { skip: skipWithout("openssl") }, async (t) => {
      const { server } = identitiesFor(t);
      const context = createNodeNetwork().createTlsContext({
        cert: pem(server.cert),
        key: pem(server.key),
        passphrase: null,
        authorities: [],
        dhParams: null,
        versions: ["TLSv1.2", "TLSv1.3"],
        ciphers: null,
        cipherSuites: null,
        prefersServerCiphers: false,
        sessionSeconds: null,
      });
      const { stream, events, peer } = await pair(t, { tls: () => ({ context, clientCertificates: "no" }) });
      const text = "0123456789".repeat(5000);
      peer.write(text);
      await events.until(() => events.received.length === text.length);
      assert.equal(events.received, text);
      let arrived = "";
      peer.on("data", (chunk) => (arrived += String(chunk)));
      for (const word of ["one", "two", "three"]) assert.equal(stream.write(Buffer.from(word)), true);
      assert.equal(stream.write(new Uint8Array(MUCH / 16).fill(65)), false);
      await events.until(() => events.drains === 1);
      stream.end();
      await once(peer, "end");
      assert.equal(arrived, `onetwothree${"A".repeat(MUCH / 16)}`);
    });

    test("a Unix socket works the same and has its path for addresses", async (t) => {
      const path = join(temporaryDirectory(t), "socket");
      const { stream, events, peer } = await pair(t, { path, mode: 0o700 });
      const { peerHost, isUnixSocket, peerAddress } = stream.ends;
      assert.deepEqual([peerHost, isUnixSocket, peerAddress], ["", true, `${path}:0`]);
      peer.write("hello");
      await events.until(() => events.received === "hello");
      stream.write(Buffer.from("reply"));
      assert.equal(String((await once(peer, "data"))[0]), "reply");
    });
  });
}

test("nothing is learnt from a handle that is not made as expected", async (t) => {
  const input = Region.allocate(10);
  const seen: unknown[] = [];
  const listener = await createNodeNetwork((handleClass) => {
    class NoSize extends handleClass {}
    Object.defineProperty(NoSize.prototype, "writeQueueSize", { value: undefined });
    seen.push(learnSocketInternals(NoSize));
    return learnSocketInternals(handleClass);
  }).listen(input, { host: "127.0.0.1", port: 0, keepAliveSeconds: () => 0, onStream: (stream) => stream.destroy() });
  t.after(() => listener.close());
  await once(connect(listener.port, "127.0.0.1"), "close");
  assert.deepEqual(seen, [null]);
});

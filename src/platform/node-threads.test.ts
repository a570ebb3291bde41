import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { NodeGarbageCollector } from "./garbage-collector.js";
import { NodeThreads } from "./node-threads.js";
import type { Thread } from "./threads.js";

const PLATFORM = new URL(".", import.meta.url);
/** Works for these tests, as a text, the way bundles have them. */
const CODE = `
  import(${JSON.stringify(new URL("node-thread.js", PLATFORM).href)}).then(({ runThread }) => runThread({
    echo: (reply) => ({ receive: (message) => reply(message) }),
    add: (reply) => {
      let words = null;
      return {
        receive: (message) => { words = message; },
        woken: () => { if (words !== null) Atomics.add(words, 0, 1); },
      };
    },
    fail: () => ({ receive: (message) => { throw new TypeError(message); } }),
    exit: () => ({ receive: () => process.exit(3) }),
  }));
`;

interface Started {
  readonly thread: Thread;
  readonly received: unknown[];
  readonly failures: Error[];
  /** Resolves at the next message or failure. */
  next(): Promise<void>;
}

function start(t: TestContext, work: string, threads = new NodeThreads(CODE)): Started {
  const received: unknown[] = [];
  const failures: Error[] = [];
  let wake: () => void = () => {};
  const thread = threads.start(work, {
    received: (message) => {
      received.push(message);
      wake();
    },
    failed: (error) => {
      failures.push(error);
      wake();
    },
  });
  t.after(() => thread.end());
  return { thread, received, failures, next: () => new Promise((resolve) => (wake = resolve)) };
}

/** A thread does not keep the process alive, and so not a test's promise either. */
function alive(t: TestContext): void {
  const timer = setInterval(() => {}, 1000);
  t.after(() => clearInterval(timer));
}

test("messages arrive in their order, and so do the replies", async (t) => {
  alive(t);
  const { thread, received, next } = start(t, "echo");
  for (let i = 0; i < 100; i++) thread.post({ i });
  while (received.length < 100) await next();
  assert.deepEqual(
    received,
    Array.from({ length: 100 }, (_, i) => ({ i })),
  );
});

test("shared memory that was posted is shared, and a wake without a message is noticed", async (t) => {
  alive(t);
  const { thread } = start(t, "add");
  const words = new Int32Array(new SharedArrayBuffer(4));
  thread.post(words);
  await changed(words, 0);
  const before = Atomics.load(words, 0);
  thread.wake();
  await changed(words, before);
  assert.ok(Atomics.load(words, 0) > before);
});

/** Resolves when the first word is another. */
async function changed(words: Int32Array, from: number): Promise<void> {
  while (Atomics.load(words, 0) === from) await new Promise((resolve) => setImmediate(resolve));
}

test("memory a thread was told of goes back to the system though the thread sleeps on", {
  timeout: 30_000,
}, async (t) => {
  alive(t);
  const { thread, received, next } = start(t, "echo");
  const rss = () => process.memoryUsage.rss();
  const before = rss();
  thread.post(new Uint8Array(new SharedArrayBuffer(2 ** 27)).fill(1));
  await next();
  assert.ok(rss() - before > 2 ** 26);
  received.length = 0;
  const collector = new NodeGarbageCollector();
  while (rss() - before > 2 ** 26) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    collector.collect();
  }
});

test("a thread that ends receives what was posted before, replies nothing, and leaves nothing behind", async (t) => {
  const { thread, received } = start(t, "add");
  const words = new Int32Array(new SharedArrayBuffer(4));
  thread.post(words);
  await thread.end();
  assert.ok(Atomics.load(words, 0) > 0);
  assert.deepEqual(received, []);
  await thread.end();
});

test("an error in a work ends the thread, and its owner hears of it once", async (t) => {
  alive(t);
  const { thread, failures, next } = start(t, "fail");
  thread.post("broken");
  thread.post("again");
  await next();
  await thread.end();
  assert.deepEqual(
    failures.map(({ message }) => message),
    ["broken"],
  );
  thread.post("to nobody");
  thread.wake();
});

test("a work that nobody knows is an error, not a crash", async (t) => {
  alive(t);
  const { failures, next } = start(t, "unknown");
  await next();
  assert.match(failures[0]!.message, /works\[name\]/);
});

for (const [how, ends] of [
  ["runs out of what to do", ""],
  ["is told to exit", "process.exit(0);"],
]) {
  test(`a process with a sleeping thread ends when it ${how}`, async () => {
    const script = `
      import { NodeThreads } from ${JSON.stringify(new URL("node-threads.js", PLATFORM).href)};
      const thread = new NodeThreads(${JSON.stringify(CODE)}).start("echo", {
        received() { clearInterval(timer); ${ends} },
        failed(error) { throw error; },
      });
      const timer = setInterval(() => {}, 1000);
      thread.post(1);
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  });
}

test("the works of a server are found beside the compiled files", async (t) => {
  const { thread, failures } = start(t, "touch", new NodeThreads());
  const buffer = new SharedArrayBuffer(65_536);
  thread.post({ buffer, from: 0, to: buffer.byteLength });
  await thread.end();
  assert.deepEqual(failures, []);
});

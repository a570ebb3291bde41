import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../../../test/support/fuzzing.js";
import { Loan } from "../../bytes/loan.js";
import { MessageJoiner, OutputQueue } from "./output-queue.js";

/** What a piece takes besides its bytes. */
const PART_BYTES = 96;

const message = (size: number, value: number): Uint8Array => new Uint8Array(size).fill(value);

test("what goes in comes out in its order, however it went in", () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed >>> 8) % below;
  };
  const queue = new OutputQueue();
  const joiner = new MessageJoiner();
  let expected = Buffer.alloc(0);
  for (let step = 0; step < 3000; step++) {
    const size = 1 + (random(20) === 0 ? random(100_000) : random(300));
    const bytes = message(size, random(256));
    if (random(3) === 0) queue.append(message(size + random(10), bytes[0]!), size);
    else queue.push(bytes, random(2) === 0);
    expected = Buffer.concat([expected, bytes]);
    assert.equal(queue.bytes, expected.length);
    while (random(4) === 0 && !queue.isEmpty) {
      const taken = queue.take(joiner);
      assert.ok(expected.subarray(0, taken.length).equals(taken));
      expected = expected.subarray(taken.length);
    }
  }
  while (!queue.isEmpty) expected = expected.subarray(queue.take(joiner).length);
  assert.deepEqual([expected.length, queue.length, queue.memory], [0, 0, 0]);
});

test("the number of pieces that wait is told, however many have gone", () => {
  const queue = new OutputQueue();
  const joiner = new MessageJoiner();
  const lengths: number[] = [];
  // Too large to be joined with the next.
  for (let i = 0; i < 5; i++) queue.push(message(700_000, i), false);
  for (; !queue.isEmpty; queue.take(joiner)) lengths.push(queue.length);
  assert.deepEqual([...lengths, queue.length], [5, 4, 3, 2, 1, 0]);
  queue.append(message(10, 1), 10);
  assert.equal(queue.length, 1);
});

test("copies are collected in chunks that begin small and double, up to a limit; what is longer has its own", () => {
  const queue = new OutputQueue();
  const taken: number[] = [];
  while (taken.length < 7) {
    const before = queue.memory;
    queue.append(message(512, 1), 512);
    if (queue.memory > before) taken.push(queue.memory - before - PART_BYTES);
  }
  assert.deepEqual(taken, [1024, 2048, 4096, 8192, 16384, 16384, 16384]);
  const { bytes, length } = queue;
  queue.append(message(50_000, 2), 16385);
  assert.equal(queue.memory, queue.bytes + queue.length * PART_BYTES);
  assert.deepEqual([queue.bytes - bytes, queue.length - length], [16385, 1]);
});

test("one message is handed on as it is, several are joined once for all who got the same", () => {
  const [a, b, c] = [message(10, 1), message(20, 2), message(30, 3)];
  const joiner = new MessageJoiner();
  const queues = [new OutputQueue(), new OutputQueue(), new OutputQueue()];
  for (const queue of queues) queue.push(a, false);
  for (const queue of queues) assert.equal(queue.take(joiner), a);
  for (const queue of queues) for (const bytes of [a, b]) queue.push(bytes, false);
  queues[2]!.push(c, false);
  const [first, second, third] = queues.map((queue) => queue.take(joiner));
  assert.equal(first, second);
  assert.deepEqual(Buffer.from(first!), Buffer.concat([a, b]));
  assert.deepEqual(Buffer.from(third!), Buffer.concat([a, b, c]));
});

test("short messages for a client that does not take them are copied into chunks, long ones are shared", () => {
  const queue = new OutputQueue();
  for (let i = 0; i < 1000; i++) queue.push(message(50, i), true);
  assert.equal(queue.bytes, 50_000);
  assert.ok(queue.length < 10, `${queue.length} pieces`);
  assert.ok(queue.memory < 68_000, `${queue.memory} for ${queue.bytes}`);
  queue.clear();
  assert.deepEqual([queue.length, queue.bytes, queue.memory], [0, 0, 0]);
  const long = message(5000, 1);
  queue.push(long, true);
  assert.equal(queue.take(new MessageJoiner()), long);
});

test("a write takes about a megabyte, of a longer message a piece", () => {
  const queue = new OutputQueue();
  const joiner = new MessageJoiner();
  for (let i = 0; i < 30; i++) queue.push(message(100_000, i), false);
  const long = message(3_000_000, 1);
  queue.push(long, false);
  const sizes: number[] = [];
  while (!queue.isEmpty) {
    const bytes = queue.take(joiner);
    sizes.push(bytes.length);
    // Pieces are no copies.
    assert.equal(bytes.buffer === long.buffer, sizes.length > 3);
  }
  assert.deepEqual(sizes, [1_000_000, 1_000_000, 1_000_000, 1_048_576, 1_048_576, 902_848]);
});

test("lent parts are the lender's memory until he gives it up, and loans end when their last byte has left", () => {
  const loans = new Set<Loan>();
  const value = message(2_500_000, 1);
  let told = 0;
  const queue = new OutputQueue(() => told++);
  const joiner = new MessageJoiner();
  // Two replies with the same value.
  for (let i = 0; i < 2; i++) {
    const loan = new Loan(value.subarray(), loans);
    const chunks = [message(10, 2), loan.bytes, message(2, 3)];
    queue.pushChunks({ chunks, loans: [loan] });
  }
  assert.equal(queue.bytes, 5_000_024);
  assert.ok(queue.memory < 1000, `${queue.memory}`);
  const take = (): number => {
    const { length } = queue.take(joiner);
    queue.sent();
    return length;
  };
  assert.deepEqual([take(), take(), take()], [10, 1_048_576, 1_048_576]);
  assert.equal(loans.size, 2);
  // The last piece: it is on its way until that is said.
  assert.equal(queue.take(joiner).length, 402_848);
  assert.equal(loans.size, 2);
  queue.sent();
  assert.equal(loans.size, 1);
  assert.deepEqual([take(), take()], [12, 1_048_576]);
  for (const loan of loans) {
    loan.isOrphaned = true;
    loan.borrower!.orphaned(loan);
  }
  assert.equal(told, 1);
  const rest = 2_500_000 - 1_048_576;
  assert.ok(queue.memory >= rest + 2 && queue.memory < rest + 1000, `${queue.memory}`);
  assert.equal(take(), 1_048_576);
  assert.ok(queue.memory < 500_000);
  queue.clear();
  assert.deepEqual([loans.size, queue.bytes, queue.memory], [0, 0, 0]);
});

test("thousands of parts are taken one after the other in little time", () => {
  const queue = new OutputQueue();
  const joiner = new MessageJoiner();
  for (let i = 0; i < 20_000; i++) queue.push(message(1, i & 255), false);
  queue.push(message(2_000_000, 1), false);
  const long = new Uint8Array(300_000);
  for (let i = 0; i < 20_000; i++) queue.push(long, false);
  const since = performance.now();
  let bytes = 0;
  while (!queue.isEmpty) bytes += queue.take(joiner).length;
  assert.equal(bytes, 20_000 + 2_000_000 + 20_000 * 300_000);
  assert.ok(performance.now() - since < 2000);
});

test("what changes while it is lent leaves as it was, unless it is just being sent", () => {
  let refused = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const random = new SeededRandom(seed);
    const loans = new Set<Loan>();
    // A buffer has other things in front.
    const value = new Uint8Array(new ArrayBuffer(3_500_000), 1000, 3_400_000);
    const queue = new OutputQueue();
    const joiner = new MessageJoiner();
    const expected: Buffer[] = [];
    const take = (): void => {
      const wanted = Buffer.concat(expected.splice(0));
      const taken = queue.take(joiner);
      // It is read late.
      if (random.chance(0.5)) change();
      assert.ok(wanted.subarray(0, taken.length).equals(taken), `seed ${seed}`);
      queue.sent();
      expected.push(wanted.subarray(taken.length));
    };
    const change = (): void => {
      const from = random.below(value.length);
      const to = Math.min(value.length, from + 1 + random.below(random.chance(0.3) ? 1_500_000 : 100));
      const at = [value.byteOffset + from, value.byteOffset + to] as const;
      if ([...loans].every((loan) => loan.borrower!.save(loan, ...at))) value.fill(random.below(256), from, to);
      else refused++;
    };
    for (let step = 0; step < 60; step++) {
      const kind = random.below(5);
      if (kind === 0 && loans.size < 6) {
        const from = random.below(1_000_000);
        const loan = new Loan(value.subarray(from, from + 1_048_576 + random.below(1_300_000)), loans);
        const chunks = [message(20, 1), loan.bytes, message(2, 2)];
        queue.pushChunks({ chunks, loans: [loan] });
        expected.push(...chunks.map((chunk) => Buffer.from(chunk)));
      } else if (kind === 1) {
        const bytes = message(1 + random.below(300), step);
        queue.append(bytes, bytes.length);
        expected.push(Buffer.from(bytes));
      } else if (kind < 4) {
        change();
      } else if (!queue.isEmpty) {
        take();
      }
      const lent = [...loans].reduce((sum, { bytes }) => sum + bytes.length, 0);
      assert.ok(queue.memory >= queue.bytes - lent);
    }
    while (!queue.isEmpty) take();
    assert.equal(Buffer.concat(expected).length, 0);
    assert.deepEqual([loans.size, queue.memory], [0, 0]);
  }
  assert.ok(refused > 0);
});

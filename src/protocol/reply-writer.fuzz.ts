/**
 * Fuzzes a writer with tiny chunks against one with a single region: whatever is written, lent, given a header in front or taken back, both
 * count the same bytes, and the chunks put together are the region of the other. Loans end exactly when they are taken back or dropped.
 */
import assert from "node:assert/strict";
import { fuzz, type SeededRandom } from "../../test/support/fuzzing.js";
import { Loan } from "../bytes/loan.js";
import { Region } from "../bytes/region.js";
import { ReplyWriter } from "./reply-writer.js";

const CHUNK = 128;
const source = new Region(Uint8Array.from({ length: 2000 }, (_, i) => 97 + (i % 26)));

fuzz("reply-writer", (random) => {
  const whole = new ReplyWriter();
  const split = new ReplyWriter(CHUNK);
  split.restart(Region.allocate(64));
  const both = [whole, split];
  const resp = random.pick([2, 3] as const);
  for (const reply of both) reply.resp = resp;
  const loans = new Set<Loan>();
  for (let turn = 0; turn < 4; turn++) {
    writeSome(random, both, loans, 3);
    const expected = Buffer.from(whole.region.u8.subarray(0, whole.length)).toString("latin1");
    const isDropped = random.chance(0.1);
    if (isDropped) split.restart(Region.allocate(64));
    else assert.equal(taken(split, loans), expected);
    assert.equal(loans.size, 0);
    whole.length = 0;
    assert.deepEqual([split.length, split.isSplit], [0, false]);
  }
});

/** Writes the same into both, down to some depth of aggregates; returns how many values there are then. */
function writeSome(random: SeededRandom, both: readonly ReplyWriter[], loans: Set<Loan>, depth: number): number {
  let count = 0;
  for (let left = random.below(12); left > 0; left--) {
    const length = random.below(random.chance(0.2) ? 700 : 30);
    const offset = random.below(1000);
    const kind = random.below(10);
    count++;
    if (kind === 0 && depth > 0) {
      const marks = both.map((reply) => reply.begin());
      assert.equal(marks[0], marks[1]);
      const inside = writeSome(random, both, loans, depth - 1);
      const end = random.below(3);
      both.forEach((reply, i) => {
        if (end === 0) reply.endArray(marks[i]!, inside);
        else if (end === 1) reply.endSet(marks[i]!, inside);
        else reply.endMap(marks[i]!, inside);
      });
    } else if (kind === 1 && depth > 0) {
      const start = both[0]!.length;
      writeSome(random, both, loans, depth - 1);
      for (const reply of both) reply.length = start;
    } else if (kind === 2) {
      both[0]!.bulk(source, offset, length);
      both[1]!.bulkLoan(new Loan(source.u8.subarray(offset, offset + length), loans));
    } else {
      for (const reply of both) write(reply, kind, offset, length);
    }
    assert.equal(both[0]!.length, both[1]!.length);
  }
  return count;
}

function write(reply: ReplyWriter, kind: number, offset: number, length: number): void {
  if (kind === 3) reply.integer(offset * 1e7);
  else if (kind === 4) reply.double(offset / 7);
  else if (kind === 5) reply.bulkText("\u00e4".repeat(length));
  else if (kind === 6) reply.verbatim("txt", "x".repeat(length));
  else if (kind === 7) reply.raw(source.u8.subarray(offset, offset + length));
  else reply.bulk(source, offset, length);
}

function taken(reply: ReplyWriter, loans: Set<Loan>): string {
  const { length } = reply;
  const { chunks, loans: lent } = reply.takeChunks(Region.allocate(64));
  assert.deepEqual(new Set(lent), loans);
  let from = 0;
  assert.ok(chunks.every((chunk) => chunk.length > 0 || lent.some(({ bytes }) => bytes === chunk)));
  // In the order of the chunks.
  for (const loan of lent) {
    const at = chunks.indexOf(loan.bytes, from);
    assert.ok(at >= from);
    from = at + 1;
    loan.end();
  }
  const text = Buffer.concat(chunks).toString("latin1");
  assert.equal(text.length, length);
  return text;
}

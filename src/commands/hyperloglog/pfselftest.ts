import { Region } from "../../bytes/region.js";
import { Hll, writeHeader } from "../../structures/hyperloglog/hyperloglog.js";
import { denseRegister, raiseDenseRegister, setDenseRegister } from "../../structures/hyperloglog/hyperloglog-dense.js";
import { HyperLogLogEditor } from "../../structures/hyperloglog/hyperloglog-editor.js";
import { elementPattern } from "../../structures/hyperloglog/hyperloglog-hash.js";
import type { Context } from "../context.js";
import { defineCommand } from "../spec.js";
import { sparseLimit } from "./hyperloglog-value.js";

const CYCLES = 1000;
const ELEMENTS = 10_000_000;

/** The standard error of an estimate, 0.81 %. */
const STANDARD_ERROR = 1.04 / Math.sqrt(Hll.REGISTERS);

/** PFSELFTEST: checks registers, both representations and the estimate against each other. As in Redis it takes a second or two. */
export const pfselftest = defineCommand(
  {
    name: "PFSELFTEST",
    group: "hyperloglog",
    since: "2.8.9",
    summary: "An internal command for testing HyperLogLog values.",
    complexity: "N/A",
    flags: ["admin"],
    docFlags: ["syscmd"],
  },
  (ctx) => {
    const failure = testRegisters(ctx) ?? testEstimates(ctx);
    if (failure === null) ctx.reply.ok();
    else ctx.reply.error(`ERR TESTFAILED ${failure}`);
  },
);

/** Registers keep what was written, whatever is written beside them. Returns what is wrong, or null. */
function testRegisters({ keyspace }: Context): string | null {
  const dense = Region.allocate(Hll.DENSE_BYTES);
  const expected = new Uint8Array(Hll.REGISTERS);
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    for (let i = 0; i < Hll.REGISTERS; i++) {
      expected[i] = keyspace.random() & 63;
      setDenseRegister(dense, Hll.HEADER, i, expected[i]!);
    }
    for (let i = 0; i < Hll.REGISTERS; i++) {
      const value = denseRegister(dense, Hll.HEADER, i);
      if (value !== expected[i]) return `Register ${i} should be ${expected[i]} but is ${value}`;
    }
  }
  return null;
}

/** Up to ten million elements, both representations have the same estimate, near enough to the truth. */
function testEstimates(ctx: Context): string | null {
  const { random } = ctx.keyspace;
  const limit = sparseLimit(ctx);
  const { union } = ctx.keyspace.hyperloglog;
  const dense = Region.allocate(Hll.DENSE_BYTES);
  writeHeader(dense, 0, Hll.DENSE);
  const other = new HyperLogLogEditor();
  other.create(limit);
  const element = Region.allocate(8);
  const seed = random();
  element.dv.setInt32(4, random(), true);
  let checkpoint = 1;
  for (let n = 1; n <= ELEMENTS; n++) {
    element.dv.setInt32(0, n ^ seed, true);
    const pattern = elementPattern(element, 0, 8);
    raiseDenseRegister(dense, Hll.HEADER, pattern & Hll.INDEX_MASK, pattern >>> Hll.INDEX_BITS);
    other.add(element, 0, 8);
    if (n !== checkpoint) continue;

    if (n < limit / 2 && other.isDense) return "sparse encoding not used";
    const count = union.countAlone(dense, 0, Hll.DENSE_BYTES);
    if (count !== union.countAlone(other.region, other.offset, other.length)) return "dense/sparse disagree";
    // Of ten elements two may well share a register.
    const tolerance = n === 10 ? 1 : Math.ceil(STANDARD_ERROR * 6 * n);
    const error = Math.abs(n - count);
    if (error > tolerance) return `Too big error. card:${n} abserr:${error}`;
    checkpoint *= 10;
  }
  return null;
}

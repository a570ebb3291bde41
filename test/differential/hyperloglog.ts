/**
 * Commands on HyperLogLogs. They have two pools of keys of their own: whole values, and values that SETRANGE and APPEND break. To those
 * PFADD adds one element at a time: of several, Redis keeps what it added before it found the value to be broken, Redstart nothing.
 */
import type { Random } from "./random.js";
import { fixed, type Group, type Step, step } from "./step.js";
import { anyCase, shortKey, value } from "./values.js";

const wholeKeys = ["H1", "H2", "H3", "H4", "H5"];
const brokenKeys = ["B1", "B2"];

const element = (r: Random): string => (r.oneIn(3) ? value(r) : `e${r.integer(0, 9999)}`);

/** A key of a whole value, now and then one that mostly holds another string. */
const wholeKey = (r: Random): string => (r.oneIn(30) ? shortKey(r) : r.pick(wholeKeys));
const anyKey = (r: Random): string => (r.oneIn(6) ? r.pick(brokenKeys) : wholeKey(r));

/** A sparse value of any opcodes; mostly as many registers as there must be. */
function sparseValue(r: Random): string {
  let opcodes = "";
  let registers = 16384;
  const add = (run: number, ...bytes: number[]) => {
    opcodes += String.fromCharCode(...bytes);
    registers -= run;
  };
  for (let count = r.integer(0, 60); count > 0 && registers > 300; count--) {
    const zeros = r.integer(1, r.oneIn(20) ? 16384 : 300);
    const run = r.integer(1, 4);
    r.pick([
      () => add(zeros, 64 + ((zeros - 1) >> 8), (zeros - 1) & 255),
      () => add(((zeros - 1) & 63) + 1, (zeros - 1) & 63),
      () => add(run, 128 + r.integer(0, 31) * 4 + run - 1),
    ])();
  }
  while (registers >= 64 && !r.oneIn(500)) add(64, 63);
  if (registers > 0 && registers <= 64) add(registers, registers - 1);
  const cardinality = r.pick(["\0\0\0\0\0\0\0\x80", "\x05\0\0\0\0\0\0\0", "\xff\xff\xff\xff\xff\xff\xff\x7f"]);
  return `HYLL\x01\0\0\0${cardinality}${opcodes}`;
}

/** A dense value of equal bytes: 12 bits that registers 0 and 1, 2 and 3 … have in common. */
const denseValue = (r: Random): string =>
  `HYLL\0\0\0\0\0\0\0\0\0\0\0\x80${String.fromCharCode(r.integer(0, 255)).repeat(r.oneIn(8) ? 12287 : 12288)}`;

/** Puts a byte somewhere, and a VALUE opcode at the end: Redis reads past the end when an XZERO is cut off there. */
function damage(r: Random): readonly Step[] {
  const key = r.pick(brokenKeys);
  const offset = r.weighted([
    [6, r.integer(16, 80)],
    [1, r.integer(0, 7)],
    [1, r.integer(8, 15)],
    [1, r.integer(80, 3000)],
  ]);
  return [
    fixed("SETRANGE", key, String(offset), String.fromCharCode(r.integer(0, 255))),
    fixed("APPEND", key, String.fromCharCode(r.integer(128, 255))),
  ];
}

export const hyperloglogGroup: Group = [
  [14, (r) => step(["PFADD", wholeKey(r), ...r.list(0, 4, () => element(r))])],
  [3, (r) => step(["PFADD", wholeKey(r), ...r.list(5, 300, () => element(r))])],
  [5, (r) => fixed("PFADD", r.pick(brokenKeys), element(r))],
  [9, (r) => step(["PFCOUNT", ...r.list(1, 4, () => anyKey(r))])],
  [6, (r) => step(["PFMERGE", ...r.list(1, 4, () => anyKey(r))])],
  [3, (r) => step(["GET", anyKey(r)])],
  [2, (r) => step(["STRLEN", anyKey(r)])],
  [2, (r) => step(["OBJECT", "ENCODING", anyKey(r)])],
  [3, (r) => step(["PFDEBUG", anyCase(r, "ENCODING"), anyKey(r)])],
  [3, (r) => step(["PFDEBUG", anyCase(r, "DECODE"), anyKey(r)])],
  [0.5, (r) => step(["PFDEBUG", anyCase(r, r.pick(["TODENSE", "GETREG"])), anyKey(r)])],
  [0.5, (r) => step(["PFDEBUG", r.pick(["junk", "", "x\r\ny", "GETREGS", "a\0b"]), anyKey(r)])],
  [2, (r) => step(["DEL", anyKey(r)])],
  [1, (r) => step(["PEXPIREAT", anyKey(r), `${r.integer(3_000_000_000, 9_000_000_000)}000`])],
  [1, (r) => fixed("SET", r.pick(wholeKeys), "HYLL\x01\0\0\0\x00\0\0\0\0\0\0\x80\x7f\xff")],
  [1, (r) => fixed("SET", r.pick(brokenKeys), r.oneIn(3) ? denseValue(r) : sparseValue(r))],
  [1, (r) => fixed("COPY", r.pick(wholeKeys), r.pick(brokenKeys), "REPLACE")],
  [3, damage],
  [1, (r) => fixed("CONFIG", "SET", "hll-sparse-max-bytes", r.pick(["3000", "3000", "0", "18", "40", "500", "16000"]))],
];

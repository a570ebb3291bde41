import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Region } from "../../bytes/region.js";
import { ElementView } from "../entry/element-view.js";
import * as listpack from "./listpack.js";
import { Frame, validate, validateRun, writeFrame } from "./listpack-frame.js";

const INTEGERS = (
  "0 1 127 128 -1 4095 4096 -4096 -4097 32767 32768 -32768 -32769 8388607 8388608 -8388608 -8388609 2147483647 2147483648 " +
  "-2147483648 -2147483649 9007199254740991 9007199254740992 -9007199254740993 9223372036854775807 -9223372036854775808"
).split(" ");

const NEARLY_INTEGERS = [
  ...["", "a", "-", "-0", "00", "01", "+1", " 1", "1 ", "1.0", "9223372036854775808", "-9223372036854775809"],
  ...["18446744073709551616", "123456789012345678901", "-1234567890123456789a", "x".repeat(63), "x".repeat(64)],
];

/** What redis-server 7.0.15 keeps for these elements, as DUMP of a list, a hash or a sorted set shows it (rdbcompression no). */
const DUMPED: [elements: readonly string[], frame: string][] = [
  [
    INTEGERS,
    "9b0000001a00000101017f01c08002dfff02cfff02f1001003d00002f1ffef03f1ff7f03f200800004f1008003f2ff7fff04f2ffff7f04f3000080000" +
      "5f200008004f3ffff7fff05f3ffffff7f05f4000000800000000009f30000008005f4ffffff7fffffffff09f4ffffffffffff1f0009f4000000000000" +
      "200009f4ffffffffffffdfff09f4ffffffffffffff7f09f4000000000000008009ff",
  ],
  [
    NEARLY_INTEGERS,
    "1f01000011008001816102812d02822d30038230300382303103822b3103822031038231200383312e3004933932323333373230333638353437373538" +
      "303814942d3932323333373230333638353437373538303915943138343436373434303733373039353531363136159531323334353637383930313233" +
      "343536373839303116952d31323334353637383930313233343536373839611" +
      `6bf${"78".repeat(63)}40e040${"78".repeat(64)}42ff`,
  ],
  [
    ["field:1", "value:0001", "field:2", "2", "7", "seven", "-300", "100000"],
    "380000000800876669656c643a31088a76616c75653a303030310b876669656c643a32080201070185736576656e06ded402f2a0860104ff",
  ],
  // The same after HSET, HDEL and HINCRBY.
  [
    ["field:1", "value:0001", "field:2", "two", "-300", "9000000000000100000"],
    "370000000600876669656c643a31088a76616c75653a303030310b876669656c643a32088374776f04ded402f4a08685e2506ce67c09ff",
  ],
  [["a", "1.5", "b", "3", "c", "17179869184"], "21000000060081610283312e35048162020301816302f4000000000400000009ff"],
];

/** Hashes of one field `f` with a value of so many bytes `y` there: what DUMP shows before and behind these bytes. */
const DUMPED_LONG: [length: number, before: string, behind: string][] = [
  [124, "890000000200816602e07c", "7eff"],
  [125, "8a0000000200816602e07d", "7fff"],
  [126, "8c0000000200816602e07e", "0180ff"],
  [127, "8d0000000200816602e07f", "0181ff"],
  [4093, "0b1000000200816602effd", "1fffff"],
  [4095, "0d1000000200816602efff", "2081ff"],
  [4096, "111000000200816602f000100000", "2085ff"],
  [16377, "0a4000000200816602f0f93f0000", "7ffeff"],
  [16378, "0c4000000200816602f0fa3f0000", "00ffffff"],
  [16380, "0e4000000200816602f0fc3f0000", "018081ff"],
  [2097145, "0b0020000200816602f0f9ff1f00", "7ffffeff"],
  [2097146, "0d0020000200816602f0faff1f00", "00ffffffff"],
  [2097147, "0e0020000200816602f0fbff1f00", "01808080ff"],
];

/** The frame of these elements. */
function frameOf(elements: readonly string[]): Region {
  const texts = elements.map((element) => new Region(Buffer.from(element, "latin1")));
  const size = texts.reduce((sum, text) => sum + listpack.sizeOfString(text, 0, text.u8.length), 0);
  const run = Region.allocate(size);
  let end = 0;
  for (const text of texts) end = listpack.writeString(run, end, text, 0, text.u8.length);
  assert.equal(end, size);
  const frame = Region.allocate(size + Frame.OVERHEAD_BYTES);
  assert.equal(writeFrame(frame, 0, run, 0, end, elements.length), frame.u8.length);
  return frame;
}

const hex = (region: Region): string => Buffer.from(region.u8).toString("hex");

test("frames are byte for byte those redis-server dumps", () => {
  for (const [elements, dumped] of DUMPED) {
    assert.equal(hex(frameOf(elements)), dumped);
    assert.equal(validate(frameOf(elements), 0, dumped.length / 2), elements.length);
  }
  for (const [length, before, behind] of DUMPED_LONG) {
    const frame = frameOf(["f", "y".repeat(length)]);
    const text = before.length / 2;
    assert.equal(Buffer.from(frame.u8.subarray(0, text)).toString("hex"), before);
    assert.equal(Buffer.from(frame.u8.subarray(text + length)).toString("hex"), behind);
    assert.equal(validate(frame, 0, frame.u8.length), 2);
    assert.equal(listpack.previous(frame, frame.u8.length - 1), Frame.HEADER_BYTES + 3);
  }
});

test("dumped frames read back as the elements they were made of, from both ends", () => {
  const view = new ElementView();
  for (const [elements, dumped] of DUMPED) {
    const region = new Region(Buffer.from(dumped, "hex"));
    const read: string[] = [];
    let at: number = Frame.HEADER_BYTES;
    const end = region.u8.length - 1;
    for (; at < end; at = listpack.next(region, at)) {
      listpack.load(region, at, view);
      read.push(view.latin1());
      const value = view.isInteger ? Number(view.latin1()) : Number.NaN;
      assert.equal(view.integer, Number.isSafeInteger(value) ? value : Number.NaN);
      assert.equal(listpack.readInteger(region, at), view.integer);
      assert.equal(listpack.isInteger(region, at), view.isInteger);
    }
    assert.deepEqual(read, elements);
    while (at > Frame.HEADER_BYTES) {
      at = listpack.previous(region, at);
      listpack.load(region, at, view);
      assert.equal(view.latin1(), read.pop());
    }
  }
});

test("a frame of 65535 elements or more says that they are to be counted", () => {
  for (const count of [65534, 65535, 70000]) {
    const frame = frameOf(Array.from({ length: count }, () => "1"));
    assert.equal(frame.dv.getUint16(Frame.COUNT, true), Math.min(count, 65535));
    assert.equal(validate(frame, 0, frame.u8.length), count);
  }
  const small = frameOf(["a", "b"]);
  small.dv.setUint16(Frame.COUNT, Frame.COUNT_UNKNOWN, true);
  assert.equal(validate(small, 0, small.u8.length), 2);
});

test("broken frames are refused with the position of what is wrong", () => {
  const broken: [what: string, frame: string, position: number][] = [
    ["nothing", "", 0],
    ["only a header", "060000000000", 0],
    ["total too small", "080000000100016101ff", 0],
    ["total too large", "0b0000000100816102ff", 0],
    ["no terminator", "0a000000010081610200", 9],
    ["too few elements", "0a0000000200816102ff", 4],
    ["too many elements", "0a0000000000816102ff", 4],
    ["text beyond the end", "0a0000000100846102ff", 6],
    ["text that takes the terminator", "0a0000000100826102ff", 6],
    ["back length of another size", "0a0000000100816103ff", 6],
    ["back length with its top bit set", "0a0000000100816182ff", 6],
    ["second element broken", "0c00000002000101816103ff", 8],
    ["terminator inside", "0a0000000100ff0101ff", 6],
    ["unknown heads", "0a0000000100f50101ff", 6],
    ["16-bit integer cut off", "090000000100f101ff", 6],
    ["64-bit integer cut off", "0f0000000100f40000000000000000ff", 0],
    ["12-bit length cut off", "080000000100e0ff", 6],
    ["32-bit length cut off", "0b0000000100f0010000ff", 6],
    ["32-bit length beyond everything", "0e0000000100f0ffffffff610705ff", 0],
    ["32-bit length that wraps around", "0d0000000100f0ffffffff04ff", 6],
  ];
  for (const [what, frame, position] of broken) {
    // Behind the frame lie bytes that would make some of them valid.
    const region = new Region(Buffer.from(`${frame}0203ffff`, "hex"));
    assert.equal(validate(region, 0, frame.length / 2), ~position, what);
  }
});

test("a back length of several bytes must be right in each, and may not end with the terminator", () => {
  const frame = frameOf(["y".repeat(300)]);
  const end = frame.u8.length - 1;
  for (const [at, byte] of [
    [end - 1, 0xaf],
    [end - 1, 0x2e],
    [end - 2, 0x03],
    [end - 2, 0x82],
  ] as const) {
    const copy = new Region(frame.u8.slice());
    copy.u8[at] = byte;
    assert.equal(validate(copy, 0, copy.u8.length), ~Frame.HEADER_BYTES);
  }
  // 255 bytes of head and text have the back length 01 ff.
  const short = new Region(frameOf(["y".repeat(253)]).u8.slice(0, -1));
  short.dv.setUint32(0, short.u8.length, true);
  assert.equal(validate(short, 0, short.u8.length), ~Frame.HEADER_BYTES);
});

test("a run that ends inside the length of a text is refused without reading on", () => {
  for (const run of ["e0", "e001", "f0", "f001", "f00100", "f0010000", "f001000000", "80", "f1", "f40000"]) {
    const region = new Region(Buffer.from(run, "hex"));
    assert.equal(validateRun(region, 0, region.u8.length), ~0, run);
  }
});

test("elements in longer forms than needed are valid, and are found and read", () => {
  // 5 as 13, 16, 24, 32 and 64 bits, "5" and "a" as texts of all three kinds.
  const integers = ["c00502", "f1050003", "f205000004", "f30500000005", "f4050000000000000009"];
  const digits = ["813502", "e0013503", "f0010000003506"];
  const letters = ["816102", "e0016103", "f0010000006106"];
  const view = new ElementView();
  for (const [text, forms] of [
    ["5", integers],
    ["5", digits],
    ["a", letters],
  ] as const) {
    const needle = Region.fromString(text);
    for (const form of forms) {
      const run = new Region(Buffer.from(`0101${form}`, "hex"));
      assert.equal(validateRun(run, 0, run.u8.length), 2, form);
      assert.equal(listpack.find(run, 0, run.u8.length, needle, 0, 1, 0), 2, form);
      assert.equal(listpack.next(run, 2), run.u8.length);
      assert.equal(listpack.previous(run, run.u8.length), 2);
      listpack.load(run, 2, view);
      assert.equal(view.latin1(), text);
      assert.ok(listpack.equals(run, 2, needle, 0, 1), form);
    }
  }
});

test("no change of bytes makes validation read outside, and what it accepts can be walked", () => {
  const valid = DUMPED.map(([, frame]) => Buffer.from(frame, "hex"));
  const change = fc.record({
    at: fc.nat(),
    byte: fc.constantFrom(0, 1, 0x7f, 0x80, 0xbf, 0xc0, 0xe0, 0xf0, 0xf4, 0xff),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...valid),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      fc.nat(),
      (bytes, changes, cut) => {
        const copy = new Uint8Array(bytes);
        for (const { at, byte } of changes) copy[at % copy.length] = byte;
        // The region ends with the frame: a word read beyond it throws.
        const region = new Region(cut % 2 === 0 ? copy : copy.slice(0, (cut >> 1) % copy.length));
        const end = region.u8.length - 1;
        const count = validate(region, 0, region.u8.length);
        if (count < 0) return;
        assert.equal(listpack.countElements(region, Frame.HEADER_BYTES, end), count);
        let at = end;
        for (let i = 0; i < count; i++) at = listpack.previous(region, at);
        assert.equal(at, Frame.HEADER_BYTES);
      },
    ),
    { numRuns: 5000 },
  );
});

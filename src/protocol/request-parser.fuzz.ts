/**
 * Fuzzes the parser in three ways: bytes that are valid but cut anywhere must give what was sent; bytes that were valid and then
 * damaged, and bytes that never were, must give the same commands and the same error however they are cut. None may take longer than
 * its bytes allow. The look-ahead must stay within the same bytes.
 */
import assert from "node:assert/strict";
import { fuzz, type SeededRandom } from "../../test/support/fuzzing.js";
import { readPackets } from "../../test/support/packet-reader.js";
import { encodeCommand } from "../../test/support/resp-connection.js";
import { LookAhead } from "./look-ahead.js";

/** Bytes that mean something to the parser come up more often than others. */
const MEANINGFUL = [...Buffer.from("*$\r\n\r\n*$0123456789-+ \"'\\x\0\t", "latin1")];

fuzz("request-parser", (random) => {
  const { bytes, commands } = randomCommands(random);
  const cut = readPackets(bytes, randomCuts(random, bytes.length));
  assert.deepEqual(cut, { commands, error: null });

  const bad = random.chance(0.5) ? damaged(random, bytes) : randomBytes(random, random.below(400), true);
  const whole = readPackets(bad, []);
  for (let i = 0; i < 3; i++) assert.deepEqual(readPackets(bad, randomCuts(random, bad.length)), whole);
  lookAhead(random, bad);
});

function randomCommands(random: SeededRandom): { bytes: Buffer; commands: string[][] } {
  const parts: Buffer[] = [];
  const commands: string[][] = [];
  for (let left = random.below(8); left > 0; left--) {
    const args = Array.from({ length: 1 + random.below(random.chance(0.1) ? 60 : 5) }, () => {
      const length = random.below(random.chance(0.002) ? 70_000 : random.chance(0.3) ? 300 : 12);
      return randomBytes(random, length, random.chance(0.5));
    });
    commands.push(args.map((arg) => arg.toString("latin1")));
    parts.push(random.chance(0.7) ? encodeCommand(args) : inline(random, args));
    if (random.chance(0.1)) parts.push(Buffer.from(random.pick(["\r\n", "\n", "*0\r\n", "*-1\r\n", "  \r\n"])));
  }
  // An inline line has a limit, and no end while a NUL is in it; `inline` knows both.
  return { bytes: Buffer.concat(parts), commands };
}

/** The command as one line, in quotes of both kinds, or as an array where a line could not hold it. */
function inline(random: SeededRandom, args: readonly Buffer[]): Buffer {
  const words = args.map((arg) => {
    const text = arg.toString("latin1");
    if (/^[\w]+$/.test(text) && random.chance(0.8)) return text;
    if (/^[\x20-\x26\x28-\x5b\x5d-\xff]*$/.test(text) && random.chance(0.5)) return `'${text}'`;
    return `"${[...arg].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}"`;
  });
  const line = `${words.join(random.pick([" ", "  ", "\t"]))}${random.pick(["\r\n", "\n"])}`;
  return line.length > 60_000 || line.startsWith("*") ? encodeCommand(args) : Buffer.from(line, "latin1");
}

function randomBytes(random: SeededRandom, length: number, isMeaningful: boolean): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) {
    bytes[i] = isMeaningful && random.chance(0.8) ? random.pick(MEANINGFUL) : random.below(256);
  }
  return bytes;
}

function damaged(random: SeededRandom, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let left = 1 + random.below(4); left > 0 && copy.length > 0; left--) {
    copy[random.below(copy.length)] = random.chance(0.7) ? random.pick(MEANINGFUL) : random.below(256);
  }
  return copy.subarray(random.chance(0.3) ? random.below(copy.length + 1) : 0);
}

function randomCuts(random: SeededRandom, length: number): number[] {
  const cuts = Array.from({ length: random.below(12) }, () => random.below(length + 1));
  return cuts.sort((a, b) => a - b);
}

function lookAhead(random: SeededRandom, bytes: Buffer): void {
  const ahead = new LookAhead();
  const end = random.below(bytes.length + 1);
  ahead.find(new Uint8Array(bytes), 0, end);
  assert.ok(ahead.end <= end);
  for (let i = 0; i < ahead.count; i++) {
    assert.ok(ahead.length[i]! >= 0 && ahead.offset[i]! + ahead.length[i]! <= end);
  }
}

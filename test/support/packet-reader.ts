/**
 * Feeds a RequestParser as a connection does: packets arrive in one shared region, what they leave unfinished moves to a private
 * buffer, and later packets are appended there. For tests of the parser.
 */
import { Argv } from "../../src/bytes/argv.js";
import { Region } from "../../src/bytes/region.js";
import { ParseResult, RequestParser } from "../../src/protocol/request-parser.js";

/** What came of a stream of packets: commands as arguments in latin1, and the protocol error that ended it, if any. */
interface ReadResult {
  commands: string[][];
  error: string | null;
}

export class PacketReader {
  readonly parser = new RequestParser(new Argv());
  readonly commands: string[][] = [];
  error: string | null = null;
  /** Bytes the parser was shown so far, repetitions included. */
  shownBytes = 0;
  #kept: Uint8Array | null = null;

  /** A packet arrives. */
  receive(packet: Uint8Array): void {
    if (this.error !== null) return;
    const { parser } = this;
    // Every packet gets memory of its own, and the last one's is spoilt, so that a slice kept by mistake shows.
    const bytes = new Uint8Array((this.#kept?.length ?? 0) + packet.length);
    if (this.#kept !== null) {
      bytes.set(this.#kept);
      this.#kept.fill(0xdd);
    }
    bytes.set(packet, this.#kept?.length ?? 0);
    if (this.#kept === null) parser.begin(0);
    // Beyond what has arrived there is always something else.
    const region = new Region(new Uint8Array(bytes.length + 8).fill(0x0d));
    region.u8.set(bytes);
    this.#readAll(region, bytes.length);
    const from = parser.isIdle ? parser.position : parser.start;
    this.#kept = from < bytes.length ? bytes.slice(from) : null;
    parser.rebase(0);
    region.u8.fill(0xdd);
  }

  #readAll(region: Region, end: number): void {
    const { parser } = this;
    for (;;) {
      const before = parser.position;
      const result = parser.parse(region, end);
      if (result === ParseResult.INCOMPLETE) return;
      if (result === ParseResult.ERROR) {
        this.error = parser.error;
        return;
      }
      if (parser.position <= before || parser.position > end)
        throw new Error(`position ${before} -> ${parser.position}`);
      if (parser.argv.count > 0) this.commands.push(texts(parser.argv));
    }
  }
}

/** Reads `bytes` cut into packets at the given positions, which must ascend. */
export function readPackets(
  bytes: Uint8Array,
  cuts: readonly number[] = [],
  setUp?: (p: RequestParser) => void,
): ReadResult {
  const reader = new PacketReader();
  setUp?.(reader.parser);
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    reader.receive(bytes.slice(from, cut));
    from = cut;
  }
  return { commands: reader.commands, error: reader.error };
}

function texts(argv: Argv): string[] {
  return Array.from({ length: argv.count }, (_, i) => argv.latin1(i));
}

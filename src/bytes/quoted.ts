/** Bytes as Redis quotes them for people: in MONITOR and its log. */
import type { Region } from "./region.js";

const ESCAPES: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  13: "\\r",
  34: '\\"',
  92: "\\\\",
};

/** What each byte is written as: itself, an escape, or \xff. */
const FORMS = Array.from({ length: 256 }, (_, byte) => {
  const escape = ESCAPES[byte];
  if (escape !== undefined) return escape;
  return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
});
const SIZES = Uint8Array.from(FORMS, (form) => form.length);
/** Four bytes for each byte, of which `SIZES` count. */
const BYTES = new Uint8Array(1024);
FORMS.forEach((form, byte) => BYTES.set(Buffer.from(form, "latin1"), byte * 4));

const QUOTE = 34;

/** Bytes that `writeQuoted` writes. */
export function quotedSize(source: Region, offset: number, length: number): number {
  const { u8 } = source;
  let size = 2;
  for (let i = offset; i < offset + length; i++) size += SIZES[u8[i]!]!;
  return size;
}

/** Writes `length` bytes of `source` in double quotes, what cannot be printed in ASCII escaped; returns where that ends. There must be room. */
export function writeQuoted(source: Region, offset: number, length: number, into: Uint8Array, at: number): number {
  const { u8 } = source;
  into[at++] = QUOTE;
  for (let i = offset; i < offset + length; i++) {
    const byte = u8[i]!;
    const size = SIZES[byte]!;
    for (let k = 0; k < size; k++) into[at++] = BYTES[byte * 4 + k]!;
  }
  into[at++] = QUOTE;
  return at;
}

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

/** `length` bytes of `source` in double quotes; what cannot be printed in ASCII is escaped, as \n or \xff. */
export function quoted(source: Region, offset: number, length: number): string {
  let text = '"';
  for (let i = offset; i < offset + length; i++) {
    const byte = source.u8[i]!;
    const escape = ESCAPES[byte];
    if (escape !== undefined) text += escape;
    else if (byte >= 32 && byte < 127) text += String.fromCharCode(byte);
    else text += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `${text}"`;
}

/** Names and library attributes of clients: printable ASCII without spaces, so that CLIENT LIST can be split. */
import type { Argv } from "../../bytes/argv.js";

export const INVALID_CLIENT_NAME = "ERR Client names cannot contain spaces, newlines or special characters.";

/** True when every byte of argument i is between "!" and "~"; an empty name is one. */
export function isClientName(argv: Argv, i: number): boolean {
  const end = argv.offset[i]! + argv.length[i]!;
  for (let at = argv.offset[i]!; at < end; at++) {
    const byte = argv.source.u8[at]!;
    if (byte < 33 || byte > 126) return false;
  }
  return true;
}

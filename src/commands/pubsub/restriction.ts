/** What a RESP2 client may call while it is subscribed: its replies could not be told from messages. */
import type { CommandEntry } from "../command-entry.js";

const ALLOWED: ReadonlySet<string> = new Set([
  "ping",
  "subscribe",
  "ssubscribe",
  "psubscribe",
  "unsubscribe",
  "sunsubscribe",
  "punsubscribe",
  "quit",
  "reset",
]);

/** True when a subscribed RESP2 client may run the command. */
export function isAllowedWhileSubscribed(entry: CommandEntry): boolean {
  return ALLOWED.has(entry.name);
}

/** What it is told otherwise. */
export function restrictionError(entry: CommandEntry): string {
  return (
    `ERR Can't execute '${entry.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in ` +
    "this context"
  );
}

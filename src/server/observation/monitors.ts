/**
 * MONITOR: clients that see every command as it is done. A command is put into words once, for all of them; they get it like any other
 * reply, so the output limits hold for them too. Of long arguments they see the beginning: to put megabytes into words would keep everybody
 * waiting, and take four times their memory.
 */
import type { Argv } from "../../bytes/argv.js";
import { quotedSize, writeQuoted } from "../../bytes/quoted.js";
import type { Client } from "../../commands/client.js";
import { GateBit } from "../../commands/gate.js";
import type { Monitors as MonitorsInterface } from "../../commands/observation-context.js";

/** Bytes that are shown of a command's arguments together. */
const SHOWN_BYTES = 1_048_576;
const REDACTED = '"(redacted)"';
const SPACE = 32;

export class Monitors implements MonitorsInterface {
  readonly #clients = new Set<Client>();

  /** `changed` hears when there are clients where there were none, and when the last has gone. */
  constructor(private readonly changed: () => void) {}

  get count(): number {
    return this.#clients.size;
  }

  add(client: Client): void {
    client.monitor = true;
    client.gates |= GateBit.MONITOR;
    this.#clients.add(client);
    this.changed();
  }

  remove(client: Client): void {
    if (!client.monitor) return;
    client.monitor = false;
    client.gates &= ~GateBit.MONITOR;
    this.#clients.delete(client);
    this.changed();
  }

  /** Shows a command of `client`; `secrets` has the indexes of arguments not to be shown. */
  feed(client: Client, argv: Argv, secrets: ReadonlySet<number> | null, nowUs: number): void {
    const micros = String(nowUs % 1_000_000).padStart(6, "0");
    const head = `+${Math.floor(nowUs / 1_000_000)}.${micros} [${client.db.index} ${origin(client)}]`;
    const bytes = inWords(head, argv, secrets);
    for (const monitor of this.#clients) monitor.send(bytes);
  }
}

function inWords(head: string, argv: Argv, secrets: ReadonlySet<number> | null): Buffer {
  const { source, offset, length, count } = argv;
  let size = head.length + 2;
  let left: number = SHOWN_BYTES;
  for (let i = 0; i < count; i++) {
    const shown = Math.min(length[i]!, left);
    left -= shown;
    size +=
      1 + (secrets?.has(i) ? REDACTED.length : quotedSize(source, offset[i]!, shown) + more(length[i]! - shown).length);
  }
  const line = Buffer.allocUnsafe(size);
  let at = line.write(head, "latin1");
  left = SHOWN_BYTES;
  for (let i = 0; i < count; i++) {
    const shown = Math.min(length[i]!, left);
    left -= shown;
    line[at++] = SPACE;
    if (secrets?.has(i)) {
      at += line.write(REDACTED, at, "latin1");
      continue;
    }
    at = writeQuoted(source, offset[i]!, shown, line, at);
    if (shown < length[i]!) at += line.write(more(length[i]! - shown), at, "latin1");
  }
  line.write("\r\n", at, "latin1");
  return line;
}

/** What stands behind an argument of which so many bytes are not shown. */
function more(bytes: number): string {
  return bytes === 0 ? "" : `... (${bytes} more bytes)`;
}

function origin(client: Client): string {
  return client.isUnixSocket ? `unix:${client.peerAddress.replace(/:0$/, "")}` : client.peerAddress;
}

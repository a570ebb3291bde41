/**
 * MONITOR: clients that see every command as it is done. A command is put into words once, for all of them; they get it like any other
 * reply, so the output limits hold for them too.
 */
import type { Argv } from "../../bytes/argv.js";
import { quoted } from "../../bytes/quoted.js";
import type { Client } from "../../commands/client.js";
import type { Monitors as MonitorsInterface } from "../../commands/context.js";

export class Monitors implements MonitorsInterface {
  readonly #clients = new Set<Client>();

  /** `changed` hears when there are clients where there were none, and when the last has gone. */
  constructor(private readonly changed: () => void) {}

  get count(): number {
    return this.#clients.size;
  }

  add(client: Client): void {
    client.monitor = true;
    this.#clients.add(client);
    this.changed();
  }

  remove(client: Client): void {
    if (!client.monitor) return;
    client.monitor = false;
    this.#clients.delete(client);
    this.changed();
  }

  /** Shows a command of `client`; `secrets` has the indexes of arguments not to be shown. */
  feed(client: Client, argv: Argv, secrets: ReadonlySet<number> | null, nowUs: number): void {
    const micros = String(nowUs % 1_000_000).padStart(6, "0");
    let line = `+${Math.floor(nowUs / 1_000_000)}.${micros} [${client.db.index} ${origin(client)}]`;
    for (let i = 0; i < argv.count; i++) {
      line += ` ${secrets?.has(i) ? '"(redacted)"' : quoted(argv.source, argv.offset[i]!, argv.length[i]!)}`;
    }
    const bytes = Buffer.from(`${line}\r\n`, "latin1");
    for (const monitor of this.#clients) monitor.send(bytes);
  }
}

function origin(client: Client): string {
  return client.isUnixSocket ? `unix:${client.peerAddress.replace(/:0$/, "")}` : client.peerAddress;
}

/** The connected clients: found by id, listed, described, killed by filters, paused. */
import type { Client } from "../commands/client.js";
import type { ClientFilter, ClientRegistry } from "../commands/context.js";
import type { Connection } from "./connection.js";
import type { Pause } from "./pause.js";
import type { Throttling } from "./throttle/throttling.js";

export interface RegistryParts {
  pause: Pause;
  throttling: Throttling;
  nowMs(): number;
}

export class Clients implements ClientRegistry {
  readonly #byId = new Map<number, Connection>();
  readonly #parts: RegistryParts;
  #nextId = 1;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#byId.size;
  }

  /** An id that no client of this server had before. */
  takeId(): number {
    return this.#nextId++;
  }

  add(connection: Connection): void {
    this.#byId.set(connection.id, connection);
  }

  remove(connection: Connection): void {
    this.#byId.delete(connection.id);
  }

  byId(id: number): Client | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Client> {
    return this.#byId.values();
  }

  connections(): Iterable<Connection> {
    return this.#byId.values();
  }

  matching(filter: ClientFilter): Client[] {
    const found: Client[] = [];
    for (const client of this.#byId.values()) {
      if (filter.ids !== undefined && !filter.ids.includes(client.id)) continue;
      if (filter.type !== undefined && filter.type !== clientType(client)) continue;
      if (filter.address !== undefined && filter.address !== client.peerAddress) continue;
      if (filter.localAddress !== undefined && filter.localAddress !== client.localAddress) continue;
      if (filter.user !== undefined && (filter.user !== client.user || !client.authenticated)) continue;
      if (filter.skipId !== undefined && filter.skipId === client.id) continue;
      if (filter.maxAgeSeconds !== undefined) {
        if (this.#parts.nowMs() - client.createdMs < filter.maxAgeSeconds * 1000) continue;
      }
      found.push(client);
    }
    return found;
  }

  describe(client: Client): string {
    const nowMs = this.#parts.nowMs();
    const seconds = (ms: number): number => Math.max(0, Math.floor((nowMs - ms) / 1000));
    const subscriptions = client.subscriptions;
    const command = client.lastCommand?.name ?? "NULL";
    const used = client.queryBufferUsed;
    return [
      `id=${client.id} addr=${client.peerAddress} laddr=${client.localAddress} fd=${client.fd} name=${client.name}`,
      `age=${seconds(client.createdMs)} idle=${seconds(client.lastInteractionMs)} flags=${flags(client)} db=${client.db.index}`,
      `sub=${subscriptions?.channel.size ?? 0} psub=${subscriptions?.pattern.size ?? 0} ssub=${subscriptions?.shard.size ?? 0}`,
      `multi=${client.transaction?.queue.length ?? -1} qbuf=${used} qbuf-free=${client.queryBufferFree} argv-mem=0`,
      `multi-mem=${client.transaction?.bytes ?? 0} rbs=${16384} rbp=0 obl=0 oll=${client.outputChunks} omem=${client.outputBytes}`,
      `tot-mem=${client.memoryBytes} events=${client.outputBytes > 0 ? "rw" : "r"} cmd=${command} user=${userOf(client)}`,
      `redir=${client.tracking?.redirect ?? -1} resp=${client.resp} lib-name=${client.libName} lib-ver=${client.libVersion}${this.#parts.throttling.describe(client)}`,
    ].join(" ");
  }

  pause(untilMs: number, mode: "all" | "write"): void {
    this.#parts.pause.begin(untilMs, mode);
  }

  unpause(): void {
    this.#parts.pause.end();
  }
}

function clientType(client: Client): ClientFilter["type"] {
  return client.subscriptionCount > 0 ? "pubsub" : "normal";
}

function userOf(client: Client): string {
  return client.authenticated ? client.user : "(superuser)";
}

/** Redis' letters. */
function flags(client: Client): string {
  let text = "";
  if (client.monitor) text += "O";
  if (client.subscriptionCount > 0) text += "P";
  if (client.transaction !== null) text += "x";
  if (client.blocked !== null && client.blocked.kind !== "pause") text += "b";
  if (client.tracking !== null) text += "t";
  if (client.tracking?.isRedirectBroken) text += "R";
  if (client.tracking?.broadcast) text += "B";
  if (client.watchDirty) text += "d";
  if (client.closeAfterReply) text += "c";
  if (client.isUnixSocket) text += "U";
  if (client.noEvict) text += "e";
  if (client.noTouch) text += "T";
  if ((client as Connection).suspension === "throttled") text += "H";
  return text === "" ? "N" : text;
}

/**
 * Publish/subscribe: who listens to which channels and patterns, and the delivery of messages.
 *
 * A message is encoded once for each protocol version among its receivers, whatever their number, and the same bytes are queued for
 * all of them. Names are strings of one character per byte. Cost of publishing: one look-up for the channel, one match for each
 * pattern of the server.
 */
import type { Argv } from "../bytes/argv.js";
import { matchGlob } from "../bytes/glob.js";
import { Region } from "../bytes/region.js";
import type { Client, SubscriptionKind } from "../commands/client.js";
import type { PubSub } from "../commands/context.js";
import { ReplyWriter } from "../protocol/reply-writer.js";

/** Clients in the order they subscribed, with the name as bytes. */
class Subscribers {
  readonly clients = new Set<Client>();
  readonly name: Region;

  constructor(name: string) {
    this.name = new Region(Buffer.from(name, "latin1"));
  }
}

/** A message on its way: encoded when the first receiver of a version turns up. */
class Message {
  readonly #writer: ReplyWriter;
  #resp2: Uint8Array | null = null;
  #resp3: Uint8Array | null = null;

  constructor(
    writer: ReplyWriter,
    readonly kind: "message" | "smessage" | "pmessage",
    readonly pattern: Region | null,
    readonly channel: Region,
    readonly source: Region,
    readonly offset: number,
    readonly length: number,
  ) {
    this.#writer = writer;
  }

  encoded(resp: 2 | 3): Uint8Array {
    if (resp === 2) {
      this.#resp2 ??= this.#encode(2);
      return this.#resp2;
    }
    this.#resp3 ??= this.#encode(3);
    return this.#resp3;
  }

  #encode(resp: 2 | 3): Uint8Array {
    const writer = this.#writer;
    writer.length = 0;
    writer.resp = resp;
    writer.push(this.pattern === null ? 3 : 4);
    writer.bulkText(this.kind);
    if (this.pattern !== null) writer.bulk(this.pattern, 0, this.pattern.u8.length);
    writer.bulk(this.channel, 0, this.channel.u8.length);
    writer.bulk(this.source, this.offset, this.length);
    return writer.region.u8.slice(0, writer.length);
  }
}

/** What a subscription takes besides its name: measured by the resident memory of 200 000 on Node 20.20. */
const SUBSCRIPTION_BYTES = 400;

export class Channels implements PubSub {
  readonly #subscribers: Record<SubscriptionKind, Map<string, Subscribers>> = {
    channel: new Map(),
    pattern: new Map(),
    shard: new Map(),
  };
  #writer = new ReplyWriter();

  subscribe(client: Client, kind: SubscriptionKind, name: string): number {
    client.subscriptions ??= { channel: new Set(), pattern: new Set(), shard: new Set() };
    const names = client.subscriptions[kind];
    if (!names.has(name)) {
      names.add(name);
      client.subscriptionCount++;
      const all = this.#subscribers[kind];
      let subscribers = all.get(name);
      if (subscribers === undefined) {
        subscribers = new Subscribers(name);
        all.set(name, subscribers);
      }
      subscribers.clients.add(client);
      client.hold(SUBSCRIPTION_BYTES + name.length);
    }
    return this.subscriptionCount(client, kind);
  }

  unsubscribe(client: Client, kind: SubscriptionKind, name: string): number {
    if (client.subscriptions?.[kind].delete(name)) {
      client.subscriptionCount--;
      this.#forget(client, kind, name);
    }
    return this.subscriptionCount(client, kind);
  }

  subscriptionCount(client: Client, kind: SubscriptionKind): number {
    const { subscriptions } = client;
    if (subscriptions === null) return 0;
    return kind === "shard" ? subscriptions.shard.size : subscriptions.channel.size + subscriptions.pattern.size;
  }

  leave(client: Client): void {
    const { subscriptions } = client;
    if (subscriptions === null) return;
    for (const kind of ["channel", "pattern", "shard"] as const) {
      for (const name of subscriptions[kind]) this.#forget(client, kind, name);
    }
    client.subscriptions = null;
    client.subscriptionCount = 0;
  }

  publish(kind: "channel" | "shard", argv: Argv, channel: number, message: number): number {
    return this.deliver(kind, argv.latin1(channel), argv.source, argv.offset[message]!, argv.length[message]!);
  }

  /** Sends a slice of bytes to a channel; returns how many got it. */
  deliver(kind: "channel" | "shard", channel: string, source: Region, offset: number, length: number): number {
    const direct = this.#subscribers[kind].get(channel);
    const patterns = this.#subscribers.pattern;
    if (direct === undefined && (kind === "shard" || patterns.size === 0)) return 0;
    const writer = this.#writer;
    let receivers = 0;
    if (direct !== undefined) {
      const label = kind === "shard" ? "smessage" : "message";
      receivers += send(new Message(writer, label, null, direct.name, source, offset, length), direct);
    }
    if (kind === "channel" && patterns.size > 0) {
      const name = direct?.name ?? new Region(Buffer.from(channel, "latin1"));
      for (const pattern of patterns.values()) {
        if (!matchGlob(pattern.name, 0, pattern.name.u8.length, name, 0, name.u8.length, false)) continue;
        receivers += send(new Message(writer, "pmessage", pattern.name, name, source, offset, length), pattern);
      }
    }
    // Do not keep the room of one large message for ever.
    if (writer.region.u8.length > 1 << 20) this.#writer = new ReplyWriter();
    return receivers;
  }

  channels(kind: "channel" | "shard"): Iterable<string> {
    return this.#subscribers[kind].keys();
  }

  subscriberCount(kind: "channel" | "shard", channel: string): number {
    return this.#subscribers[kind].get(channel)?.clients.size ?? 0;
  }

  get patternCount(): number {
    return this.#subscribers.pattern.size;
  }

  #forget(client: Client, kind: SubscriptionKind, name: string): void {
    const all = this.#subscribers[kind];
    const subscribers = all.get(name);
    subscribers?.clients.delete(client);
    if (subscribers?.clients.size === 0) all.delete(name);
    client.hold(-SUBSCRIPTION_BYTES - name.length);
  }
}

function send(message: Message, { clients }: Subscribers): number {
  const receivers = clients.size;
  // A client that is closed for not reading leaves the set meanwhile, which a Set's iterator allows.
  for (const client of clients) client.send(message.encoded(client.resp));
  return receivers;
}

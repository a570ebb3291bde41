/** The confirmations of subscribing and unsubscribing: one push for each name, RESP2 gets arrays. */
import type { Argv } from "../../bytes/argv.js";
import { ReplyWriter } from "../../protocol/reply-writer.js";
import type { SubscriptionKind } from "../client.js";
import type { ServiceContext } from "../context.js";

const SUBSCRIBED: Record<SubscriptionKind, string> = {
  channel: "subscribe",
  pattern: "psubscribe",
  shard: "ssubscribe",
};
const UNSUBSCRIBED: Record<SubscriptionKind, string> = {
  channel: "unsubscribe",
  pattern: "punsubscribe",
  shard: "sunsubscribe",
};

/** Subscribes to the names among the arguments. */
export function subscribeTo(ctx: ServiceContext, argv: Argv, kind: SubscriptionKind): void {
  confirm(ctx, (reply) => {
    for (let i = 1; i < argv.count; i++) {
      const name = argv.latin1(i);
      writeConfirmation(reply, SUBSCRIBED[kind], name, ctx.pubsub.subscribe(ctx.client, kind, name));
    }
  });
}

/** Unsubscribes from the names among the arguments, or from all there are. */
export function unsubscribeFrom(ctx: ServiceContext, argv: Argv, kind: SubscriptionKind): void {
  const { client, pubsub } = ctx;
  const names: (string | null)[] = argv.count === 1 ? [...(client.subscriptions?.[kind] ?? [])] : [];
  for (let i = 1; i < argv.count; i++) names.push(argv.latin1(i));
  // With nothing to unsubscribe from there is still one confirmation, which states the count.
  if (names.length === 0) names.push(null);
  confirm(ctx, (reply) => {
    for (const name of names) {
      const count = name === null ? pubsub.subscriptionCount(client, kind) : pubsub.unsubscribe(client, kind, name);
      writeConfirmation(reply, UNSUBSCRIBED[kind], name, count);
    }
  });
}

/** Confirmations are pushes: CLIENT REPLY does not drop them, so then they take the way of messages. */
function confirm(ctx: ServiceContext, write: (reply: ReplyWriter) => void): void {
  if (ctx.client.replyMode === "on") return write(ctx.reply);
  const reply = new ReplyWriter();
  reply.resp = ctx.client.resp;
  write(reply);
  ctx.client.send(reply.region.u8.slice(0, reply.length));
}

function writeConfirmation(reply: ReplyWriter, what: string, name: string | null, count: number): void {
  reply.push(3);
  reply.bulkText(what);
  if (name === null) reply.null();
  else reply.bulkLatin1(name);
  reply.integer(count);
}

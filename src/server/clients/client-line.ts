/** A client as CLIENT LIST prints it: the fields of Redis 7.2 in their order, then those that Redis 8 added at the end. */
import type { Client } from "../../commands/client.js";

/** The line about a client, without the line break. */
export function clientLine(client: Client, nowMs: number): string {
  const seconds = (sinceMs: number): number => Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
  const { subscriptions, transaction } = client;
  return [
    `id=${client.id} addr=${client.peerAddress} laddr=${client.localAddress} fd=${client.fd} name=${client.name}`,
    `age=${seconds(client.createdMs)} idle=${seconds(client.lastInteractionMs)} flags=${flags(client)} db=${client.db.index}`,
    `sub=${subscriptions?.channel.size ?? 0} psub=${subscriptions?.pattern.size ?? 0} ssub=${subscriptions?.shard.size ?? 0}`,
    `multi=${transaction?.queue.length ?? -1} watch=${client.watchedKeys}`,
    `qbuf=${client.queryBufferUsed} qbuf-free=${client.queryBufferFree}`,
    `argv-mem=${client.argvBytes} multi-mem=${transaction?.bytes ?? 0}`,
    `rbs=${client.replyBufferSize} rbp=${client.replyBufferPeak} obl=0 oll=${client.outputChunks} omem=${client.outputMemory}`,
    `tot-mem=${client.memoryBytes} events=${client.events} cmd=${client.lastCommand?.name ?? "NULL"} user=${client.user}`,
    `redir=${client.tracking?.redirect ?? -1} resp=${client.resp} lib-name=${client.libName} lib-ver=${client.libVersion}`,
    `tot-net-in=${client.netInputBytes} tot-net-out=${client.netOutputBytes} tot-cmds=${client.commandCount}`,
  ].join(" ");
}

/** Redis' letters, in its order, and an H for one held by client-throttle. */
function flags(client: Client): string {
  // A command that has waited and runs again does not block.
  const { suspension } = client;
  let text = "";
  if (client.monitor) text += "O";
  if (client.subscriptionCount > 0) text += "P";
  if (client.transaction !== null) text += "x";
  if (client.blocked !== null && suspension !== null) text += "b";
  if (client.tracking !== null) text += "t";
  if (client.tracking?.isRedirectBroken) text += "R";
  if (client.tracking?.broadcast) text += "B";
  if (client.watchDirty) text += "d";
  if (client.closeAfterReply) text += "c";
  if (client.isUnixSocket) text += "U";
  if (client.noEvict) text += "e";
  if (client.noTouch) text += "T";
  if (suspension === "throttled") text += "H";
  return text === "" ? "N" : text;
}

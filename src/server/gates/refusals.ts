/** The gates that refuse: what a command, its client or its user may not. */
import type { Client } from "../../commands/client.js";
import type { CommandEntry } from "../../commands/command-entry.js";
import type { ServiceContext } from "../../commands/context.js";
import { CommandBit } from "../../commands/flag-bits.js";
import { declaredFlags, type Gate, GateBit } from "../../commands/gate.js";
import { keptBackError } from "../../commands/protected-command.js";
import { isAllowedWhileSubscribed, restrictionError } from "../../commands/pubsub/restriction.js";
import { NO_REPLICAS, NOT_IN_TRANSACTION, OUT_OF_MEMORY } from "../../protocol/errors.js";
import type { AccessControl } from "../acl/acl.js";
import type { MemoryLimit } from "../memory/memory-limit.js";

/** Always closed: commands that reach into the process, kept back by enable-debug-command and the like. */
export function protectedGate(context: ServiceContext): Gate {
  return {
    bit: GateBit.PROTECTED,
    concerns: (entry) => has(entry.flagBits, CommandBit.PROTECTED),
    // Those queued were looked at when they came.
    check: (_, entry) => (has(entry.flagBits, CommandBit.PROTECTED) ? keptBackError(context, entry) : null),
  };
}

/** Always closed: commands that make no sense in MULTI. */
export const noMultiGate: Gate = {
  bit: GateBit.NO_MULTI,
  concerns: (entry) => has(entry.flagBits, CommandBit.NO_MULTI),
  check: (client) => (client.transaction === null ? null : NOT_IN_TRANSACTION),
};

/** Closed for users who may not do everything, and for who is nobody yet. */
export function aclGate(acl: AccessControl): Gate {
  return {
    bit: GateBit.ACL,
    concerns: () => true,
    check: (client, entry, argv) => acl.refusal(client, entry, argv),
  };
}

/** Closed while `maxmemory` is set: makes room before each command, and keeps out what needs memory when there is none. */
export function maxmemoryGate(limit: MemoryLimit): Gate {
  return {
    bit: GateBit.MAXMEMORY,
    concerns: () => true,
    check(client, entry) {
      if (limit.free()) return null;
      // A queue takes memory, too, whatever is queued.
      const isQueued = client.transaction !== null && !endsQueue(entry);
      return isQueued || has(declaredFlags(client, entry), CommandBit.DENYOOM) ? OUT_OF_MEMORY : null;
    },
  };
}

/** Closed while min-replicas-to-write asks for more replicas than there are. */
export const replicasGate: Gate = {
  bit: GateBit.REPLICAS,
  concerns: (entry) => has(entry.flagBits, CommandBit.WRITE),
  check: () => NO_REPLICAS,
};

/** Closed for clients that listen to channels: in RESP2 the replies to other commands could not be told from messages. */
export const subscribedGate: Gate = {
  bit: GateBit.SUBSCRIBED,
  concerns: (entry) => !isAllowedWhileSubscribed(entry),
  check: (client: Client, entry: CommandEntry) => (client.resp === 2 ? restrictionError(entry) : null),
};

/** Closed for clients that monitor: Redis takes them for replicas. */
export const monitorGate: Gate = {
  bit: GateBit.MONITOR,
  concerns: (entry) => has(entry.flagBits, CommandBit.WRITE | CommandBit.READONLY | CommandBit.MAY_REPLICATE),
  check: () => "ERR Replica can't interact with the keyspace",
};

function has(flags: number, wanted: number): boolean {
  return (flags & wanted) !== 0;
}

function endsQueue({ name }: CommandEntry): boolean {
  return name === "exec" || name === "discard" || name === "quit" || name === "reset";
}

/**
 * One client as commands see it: plain state, no socket. `server/clients/` has the two kinds there are: those with a connection, and those
 * that the server makes itself, to load a file or to follow a primary.
 */
import type { Argv } from "../bytes/argv.js";
import type { Database } from "../keyspace/database.js";
import type { CommandEntry } from "./command-entry.js";
import { GateBit } from "./gate.js";
import type { LongWrite } from "./string/long-write.js";

/** Who a client is: one object for each user, shared by its clients and changed in place by ACL SETUSER. */
export interface AclUser {
  readonly name: string;
  /** May run every command on every key and channel, so that nothing has to be checked. */
  readonly isUnrestricted: boolean;
  /** The gates closed for it: GateBit.ACL if it is restricted. */
  readonly gates: number;
}

/** Who has not authenticated: bears the default user's name, and may do nothing. */
export const NOBODY: AclUser = { name: "default", isUnrestricted: false, gates: GateBit.ACL };

/** A command waiting for EXEC. */
interface QueuedCommand {
  readonly command: CommandEntry;
  readonly argv: Argv;
}

/** What MULTI collects until EXEC or DISCARD. */
interface Transaction {
  readonly queue: QueuedCommand[];
  /** A queued command was refused, so EXEC aborts. */
  aborted: boolean;
  /** Memory of the queue. */
  bytes: number;
  /** The gates that concern the commands of the queue, and their flags. */
  gates: number;
  flagBits: number;
}

/** What SUBSCRIBE, PSUBSCRIBE and SSUBSCRIBE subscribe to. */
export type SubscriptionKind = "channel" | "pattern" | "shard";

/** What CLIENT TRACKING has switched on for a client. Kept by Tracking. */
export interface TrackingMode {
  /** Id of the client that gets the messages, 0 for this one. */
  readonly redirect: number;
  /** That client was gone when there was a message for it. */
  isRedirectBroken: boolean;
  /** BCAST: it hears of all keys under its prefixes, whether it has read them or not. */
  readonly broadcast: boolean;
  readonly optIn: boolean;
  readonly optOut: boolean;
  /** It does not hear of what it changes itself. */
  readonly noLoop: boolean;
  /** CLIENT CACHING YES or NO, whichever the mode allows, was given for the next command or transaction. */
  isCachingGiven: boolean;
  /** Of BCAST, one character per byte. */
  readonly prefixes: ReadonlySet<string>;
}

/** Why a client waits. */
interface Blocked {
  readonly kind: "gate" | "keys" | "wait";
  /** Bytes of the arguments kept meanwhile. */
  readonly argvBytes: number;
  unblock(how: "timeout" | "error"): void;
  /** Ends the wait for good, without a reply: the peer has closed its half. */
  abandon(): void;
}

/**
 * Why nothing of a client is processed for the moment; "draining" is until it has read its replies, "throttled" until a limit of
 * client-throttle allows more, "moving" until the rest of the input has been moved out of a buffer that a command took over.
 */
export type Suspension = "paused" | "blocked" | "yielding" | "draining" | "throttled" | "moving" | null;

export abstract class Client {
  /** Set by HELLO, kept for the life of the connection. */
  resp: 2 | 3 = 2;
  name = "";
  libName = "";
  libVersion = "";
  /** Who AUTH made it, or who it was when it connected. */
  aclUser: AclUser = NOBODY;
  transaction: Transaction | null = null;
  /** The gates closed for this client, not counting those for its user. */
  gates = 0;
  /** A watched key was touched, so EXEC answers null. */
  watchDirty = false;
  /** CLIENT REPLY. */
  replyMode: "on" | "off" | "skip" | "skip-next" = "on";
  /** CLIENT NO-EVICT, set by `setNoEvict`. */
  noEvict = false;
  /** Reads by this client do not refresh LRU/LFU. */
  noTouch = false;
  /** Close once the replies written so far are sent. */
  closeAfterReply = false;
  closed = false;
  monitor = false;
  /** What the client is subscribed to, in the order it asked for it; null while it never was. Kept by PubSub. */
  subscriptions: Record<SubscriptionKind, Set<string>> | null = null;
  /** Size of all three sets. While it is not 0, a RESP2 client may use few other commands (`pubsub/restriction.ts`). */
  subscriptionCount = 0;
  /** Null while it does not track. */
  tracking: TrackingMode | null = null;
  /** Full name of the last command, for CLIENT LIST. */
  lastCommand: CommandEntry | null = null;
  lastInteractionMs: number;
  commandCount = 0;
  /** Keys that WATCH watches. */
  watchedKeys = 0;
  /** Bytes read from and written to the peer. */
  netInputBytes = 0;
  netOutputBytes = 0;
  /** Microseconds that the command the client waits in has run so far. */
  waitedUs = 0;
  /** Memory kept for this client besides its buffers: queued commands, watched keys, subscriptions. */
  heldBytes = 0;
  /** How far its command has come that writes a long argument in slices. */
  longWrite: LongWrite | null = null;
  /** While set, input is kept but not looked at. */
  suspension: Suspension = null;
  /** What this client waits for, with the way to wake it; null while it runs. */
  blocked: Blocked | null = null;
  /** A gate has held its last command, which therefore comes again. */
  wasHeld = false;

  constructor(
    readonly id: number,
    public db: Database,
    readonly createdMs: number,
  ) {
    this.lastInteractionMs = createdMs;
  }

  get authenticated(): boolean {
    return this.aclUser !== NOBODY;
  }

  /** The user's name. */
  get user(): string {
    return this.aclUser.name;
  }

  /** Counts memory that is kept for this client, or (negative) no longer. */
  hold(bytes: number): void {
    this.heldBytes += bytes;
  }

  /** Spares this client when maxmemory-clients is exceeded, or no longer. */
  setNoEvict(isSpared: boolean): void {
    this.noEvict = isSpared;
  }

  /** "address:port" of the peer, or "path:0" for a Unix socket. */
  abstract readonly peerAddress: string;
  abstract readonly localAddress: string;
  abstract readonly fd: number;
  abstract readonly isUnixSocket: boolean;
  /** Bytes received that have not been parsed yet, and bytes the buffer could take besides. */
  abstract readonly queryBufferUsed: number;
  abstract readonly queryBufferFree: number;
  /** Bytes of the arguments of the command that runs, or of those parsed of one that has not arrived whole. */
  abstract readonly argvBytes: number;
  /** Bytes of replies accepted and not yet taken by the system, in how many pieces, and the memory that holds them. */
  abstract readonly outputBytes: number;
  abstract readonly outputChunks: number;
  abstract readonly outputMemory: number;
  /** More output than this closes the client: the hard limit of its class, infinite without one. */
  abstract readonly outputLimitBytes: number;
  /** CLIENT LIST's rbs and rbp. */
  abstract readonly replyBufferSize: number;
  abstract readonly replyBufferPeak: number;
  /** What is waited for: "r" while the client may be read from, "w" while it has to take replies. */
  abstract readonly events: string;
  /** Bytes of memory this client accounts for, buffers included. */
  abstract readonly memoryBytes: number;
  /**
   * Queues ready-made protocol bytes for this client, which may be kept and must not be changed afterwards. When the
   * client is the one whose command (or EXEC) is running, they follow its reply. CLIENT REPLY does not drop them.
   */
  abstract send(bytes: Uint8Array): void;
  /** Closes now, dropping what is unsent. */
  abstract close(reason: string): void;
}

const LOOPBACK = /^(127\.0\.0\.1|::1|\[::1\]|::ffff:127\.0\.0\.1|\[::ffff:127\.0\.0\.1\]):\d+$/;

/** Whether a client is on this machine. */
export function isLocal(client: Pick<Client, "isUnixSocket" | "peerAddress">): boolean {
  return client.isUnixSocket || LOOPBACK.test(client.peerAddress);
}

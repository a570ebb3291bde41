/**
 * What INFO reports about, and the shape in which its sections do. `assemble` fills the sources in.
 */

import type { ClientRegistry } from "../../commands/clients-context.js";
import type { CommandTable } from "../../commands/command-table.js";
import type { ConfigAccess } from "../../commands/config-context.js";
import type { PubSub } from "../../commands/pubsub-context.js";
import type { InfoField } from "../../commands/subsystem.js";
import type { KeySizes } from "../../keyspace/key-sizes.js";
import type { Keyspace } from "../../keyspace/keyspace.js";
import type { Clock } from "../../platform/clock.js";
import type { ProcessFacts } from "../../platform/process-facts.js";
import type { TcpTotals } from "../listening/tcp-options.js";
import type { ServerMemory } from "../memory/server-memory.js";
import type { ServerStats } from "../observation/stats.js";

/** A listener that is open. */
export interface ListenerFacts {
  readonly kind: "tcp" | "tls" | "unix";
  /** Addresses it is bound to; the path of a Unix socket. */
  readonly addresses: readonly string[];
  /** 0 for a Unix socket. */
  readonly port: number;
}

/** Who the server is. All may be getters. */
export interface ServerIdentity {
  /** Redstart's version. */
  readonly version: string;
  readonly runId: string;
  readonly replicationId: string;
  readonly startedMs: number;
  /** The port for clients, 0 while there is none. */
  readonly port: number;
  readonly listeners: readonly ListenerFacts[];
  /** The absolute path of the configuration file, or null. */
  readonly configFile: string | null;
}

/** What WATCH holds. */
export interface WatchFigures {
  readonly watchingClients: number;
  /** Different keys watched by anybody. */
  readonly watchedKeys: number;
}

/** What clients wait for. */
export interface BlockingFigures {
  /** Different keys waited for, and those whose deletion is. */
  readonly blockingKeys: number;
  readonly deletionKeys: number;
  /** Clients that wait for a limited time. */
  readonly timeoutCount: number;
}

/** What CLIENT TRACKING remembers. */
export interface TrackingFigures {
  readonly clientCount: number;
  readonly keyCount: number;
  /** Pairs of a key and a client. */
  readonly itemCount: number;
  readonly prefixCount: number;
}

/** What `client-throttle` does. */
export interface ThrottlingFigures {
  /** Clients that wait now. */
  readonly waitingCount: number;
  /** How long clients have waited since the statistics were reset. */
  readonly delayedUs: number;
}

/** The largest buffers of any client in the last seconds, in bytes. */
export interface BufferFigures {
  readonly maxInput: number;
  readonly maxOutput: number;
}

/** Everything INFO reads. */
export interface InfoSources {
  readonly identity: ServerIdentity;
  readonly keyspace: Keyspace;
  readonly keySizes: KeySizes;
  readonly commands: CommandTable;
  readonly config: ConfigAccess;
  readonly clients: ClientRegistry;
  readonly watches: WatchFigures;
  readonly pubsub: PubSub;
  readonly blocking: BlockingFigures;
  readonly tracking: TrackingFigures;
  readonly throttling: ThrottlingFigures;
  readonly buffers: BufferFigures;
  readonly stats: ServerStats;
  readonly tcp: { totals(): TcpTotals };
  readonly memory: ServerMemory;
  readonly clock: Clock;
  readonly process: ProcessFacts;
}

/** Computes the lines of a section. */
export type InfoSection = (sources: InfoSources) => readonly InfoField[];

/** A name without the characters that have a meaning in INFO's text. */
export function safeName(name: string): string {
  return name.replace(/[#:\n\r]/g, "_");
}

const UNITS = "KMGTP";

/** A size as people read it: 100B, 1.50K, 2.00G. */
export function humanBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`;
  let unit = -1;
  while (bytes >= 1024 && unit < UNITS.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return `${bytes.toFixed(2)}${UNITS[unit]}`;
}

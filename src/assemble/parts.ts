/**
 * The parts of a server, in the groups in which they are made. What a part asks of one that is made later, it asks when the server runs:
 * `Later` gives it then.
 */
import type { CommandTable } from "../commands/command-table.js";
import type { DebugSwitches } from "../commands/debug-switches.js";
import type { Effects } from "../commands/effects.js";
import type { Subsystem } from "../commands/subsystem.js";
import type { Eviction } from "../keyspace/evict.js";
import type { KeySizes } from "../keyspace/key-sizes.js";
import type { Keyspace, KeyspaceListener } from "../keyspace/keyspace.js";
import type { Network } from "../platform/network.js";
import type { Platform } from "../platform/platform.js";
import type { AccessControl } from "../server/acl/acl.js";
import type { UserLine } from "../server/acl/user-lines.js";
import type { UserRules } from "../server/acl/user-rules.js";
import type { ClientEviction } from "../server/clients/client-eviction.js";
import type { Clients } from "../server/clients/client-registry.js";
import type { OutputLimits } from "../server/clients/output-limits.js";
import type { ConfigStore } from "../server/config/config-store.js";
import type { Cron } from "../server/cron.js";
import type { Execution } from "../server/execution/execution.js";
import type { KeyInterest } from "../server/execution/key-interest.js";
import type { Gates } from "../server/gates/gates.js";
import type { Pause } from "../server/gates/pause.js";
import type { ServerInfo } from "../server/info/info.js";
import type { Listening } from "../server/listening/listening.js";
import type { TcpOptions } from "../server/listening/tcp-options.js";
import type { LonePrimary } from "../server/lone-primary.js";
import type { EvictionTurns } from "../server/memory/eviction-turns.js";
import type { MemoryAhead } from "../server/memory/memory-ahead.js";
import type { MemoryLimit } from "../server/memory/memory-limit.js";
import type { ServerMemory } from "../server/memory/server-memory.js";
import type { UnusedMemory } from "../server/memory/unused-memory.js";
import type { CommandObservers } from "../server/observation/command-observers.js";
import type { ServerStats } from "../server/observation/stats.js";
import type { Log } from "../server/process/log.js";
import type { Channels } from "../server/pubsub/pubsub.js";
import type { Server } from "../server/server.js";
import type { SnapshotSlices } from "../server/snapshot-slices.js";
import type { Throttling } from "../server/throttle/throttling.js";
import type { Tracking } from "../server/tracking/tracking.js";

/** What a server stands on. */
export interface Ground {
  readonly platform: Platform;
  readonly network: Network;
  readonly log: Log;
  readonly config: ConfigStore;
  readonly table: CommandTable;
  readonly keyspace: Keyspace;
  readonly memoryAhead: MemoryAhead;
  readonly userRules: UserRules;
  /** The users of the configuration. */
  readonly userLines: readonly UserLine[];
}

/** What nearly all parts need. */
export interface Common extends Ground {
  readonly startedMs: number;
  readonly runId: string;
  readonly stats: ServerStats;
  readonly effects: Effects;
  readonly debug: DebugSwitches;
  readonly observers: CommandObservers;
  readonly interest: KeyInterest;
  readonly keySizes: KeySizes;
  readonly snapshots: SnapshotSlices;
  readonly gates: Gates;
  readonly pause: Pause;
}

/** Clients, and what is done for them. */
export interface ClientParts {
  readonly throttling: Throttling;
  readonly tcp: TcpOptions;
  readonly clients: Clients;
  readonly clientEviction: ClientEviction;
  readonly pubsub: Channels;
  readonly tracking: Tracking;
  readonly acl: AccessControl;
  readonly outputLimits: OutputLimits;
}

export interface MemoryParts {
  readonly eviction: Eviction;
  readonly evictionTurns: EvictionTurns;
  readonly memoryLimit: MemoryLimit;
  readonly memory: ServerMemory;
  readonly unusedMemory: UnusedMemory;
}

export interface ExecutionParts {
  readonly execution: Execution;
  readonly info: ServerInfo;
  readonly replication: LonePrimary;
}

export interface Parts extends Common, ClientParts, MemoryParts, ExecutionParts {
  /** What hears of changes to keys while nobody tracks. */
  readonly listener: KeyspaceListener;
  readonly listening: Listening;
  readonly cron: Cron;
  /** Those that are no part of `server/`. */
  readonly subsystems: readonly Subsystem[];
  readonly server: Server;
}

/** The parts, once they are all there. */
export type Later = () => Parts;

/** What a change of the configuration changes in a running server, besides its listeners. */
import { GateBit } from "../commands/gate.js";
import type { Eviction } from "../keyspace/evict.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import type { ClientEviction } from "./clients/client-eviction.js";
import type { Clients } from "./clients/client-registry.js";
import type { ConnectionHost } from "./clients/connection-host.js";
import type { OutputLimits } from "./clients/output-limits.js";
import { outputShare } from "./clients/output-share.js";
import type { CommandClock } from "./command-clock.js";
import type { ConfigStore } from "./config/config-store.js";
import type { Cron } from "./cron.js";
import type { Gates } from "./gates/gates.js";
import type { MemoryLimit } from "./memory-limit.js";
import type { CommandObservers } from "./observation/command-observers.js";
import type { Log } from "./process/log.js";
import type { Throttling } from "./throttle/throttling.js";
import type { Tracking } from "./tracking/tracking.js";

/** Positions in a query buffer have 31 bits. */
const MAX_QUERY_BYTES = 2 ** 31 - 2 ** 20;

/** The parts of a server that have settings. */
export interface Followers {
  readonly keyspace: Keyspace;
  readonly log: Log;
  readonly memoryLimit: MemoryLimit;
  readonly eviction: Eviction;
  readonly clientEviction: ClientEviction;
  readonly clients: Clients;
  readonly host: ConnectionHost;
  readonly outputLimits: OutputLimits;
  readonly throttling: Throttling;
  readonly tracking: Tracking;
  readonly commandClock: CommandClock;
  readonly gates: Gates;
  readonly observers: CommandObservers;
  readonly cron: Cron;
}

/** Gives each part its settings, now and whenever they change. */
export function followConfig(config: ConfigStore, followers: Followers): void {
  const { keyspace, log, commandClock, cron, gates, tracking } = followers;
  followEncodingLimits(config, keyspace);
  followMemoryLimits(config, followers);
  followClientLimits(config, followers);
  followObserverLimits(config, followers.observers);
  config.follow("notify-keyspace-events", (flags) => (keyspace.notifyFlags = flags));
  config.follow("tracking-table-max-keys", (count) => (tracking.maxKeys = count));
  config.follow("latency-tracking", (isOn) => (commandClock.tracksLatency = isOn));
  config.follow("loglevel", (level) => (log.level = level));
  config.follow("hz", (hz) => {
    cron.hz = Math.max(1, Math.min(500, hz));
    if (cron.isRunning) cron.restart();
  });
  config.follow("active-expire-effort", (effort) => (cron.expireEffort = effort));
  config.follow("timeout", (seconds) => (cron.idleTimeoutSeconds = seconds));
  const needReplicas = (): void => {
    const areNeeded = config.number("min-replicas-to-write") > 0 && config.number("min-replicas-max-lag") > 0;
    gates.set(GateBit.REPLICAS, areNeeded);
  };
  config.follow("min-replicas-to-write", needReplicas);
  config.follow("min-replicas-max-lag", needReplicas);
}

function followEncodingLimits(config: ConfigStore, { limits }: Keyspace): void {
  config.follow("hash-max-listpack-entries", (count) => (limits.hashMaxListpackEntries = count));
  config.follow("hash-max-listpack-value", (bytes) => (limits.hashMaxListpackValue = bytes));
  config.follow("list-max-listpack-size", (size) => (limits.listMaxListpackSize = size));
  config.follow("set-max-intset-entries", (count) => (limits.setMaxIntsetEntries = count));
  config.follow("set-max-listpack-entries", (count) => (limits.setMaxListpackEntries = count));
  config.follow("set-max-listpack-value", (bytes) => (limits.setMaxListpackValue = bytes));
  config.follow("zset-max-listpack-entries", (count) => (limits.zsetMaxListpackEntries = count));
  config.follow("zset-max-listpack-value", (bytes) => (limits.zsetMaxListpackValue = bytes));
  config.follow("stream-node-max-bytes", (bytes) => (limits.streamNodeMaxBytes = bytes));
  config.follow("stream-node-max-entries", (count) => (limits.streamNodeMaxEntries = count));
}

function followMemoryLimits(config: ConfigStore, followers: Followers): void {
  const { keyspace, memoryLimit, eviction, clientEviction, gates, host } = followers;
  const limitClients = (): void => {
    clientEviction.limit(config.number("maxmemory-clients"), memoryLimit.limitBytes);
  };
  config.follow("maxmemory", (bytes) => {
    memoryLimit.limitBytes = bytes;
    gates.set(GateBit.MAXMEMORY, bytes > 0);
    host.outputShare = outputShare(bytes);
    memoryLimit.free();
    limitClients();
  });
  config.follow("maxmemory-policy", (policy) => {
    eviction.policy = policy;
    keyspace.isLfu = policy.endsWith("lfu");
  });
  config.follow("maxmemory-clients", limitClients);
  config.follow("maxmemory-samples", (samples) => (memoryLimit.samples = samples));
  config.follow("maxmemory-eviction-tenacity", (tenacity) => (memoryLimit.tenacity = tenacity));
  config.follow("lfu-log-factor", (factor) => (keyspace.lfuLogFactor = factor));
  config.follow("lfu-decay-time", (minutes) => (keyspace.lfuDecayMinutes = minutes));
}

function followClientLimits(config: ConfigStore, followers: Followers): void {
  const { clients, host, outputLimits, throttling } = followers;
  config.follow("client-output-buffer-limit", (limits) => (outputLimits.limits = limits));
  config.follow("client-throttle", (limits) => (throttling.limits = limits));
  config.follow("client-query-buffer-limit", (bytes) => {
    host.queryBufferLimit = Math.min(bytes, MAX_QUERY_BYTES);
  });
  config.follow("proto-max-bulk-len", (bytes) => {
    host.maxBulkLength = bytes;
    for (const connection of clients.connections()) connection.parser.maxBulkLength = bytes;
  });
}

function followObserverLimits(config: ConfigStore, observers: CommandObservers): void {
  const { slowLog, latency } = observers;
  config.follow("slowlog-log-slower-than", (us) => {
    slowLog.slowerThanUs = us;
    observers.update();
  });
  config.follow("slowlog-max-len", (length) => {
    slowLog.maxLength = length;
    observers.update();
  });
  config.follow("latency-monitor-threshold", (ms) => {
    latency.thresholdMs = ms;
    observers.update();
  });
}

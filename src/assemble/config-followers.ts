/** What a change of the configuration changes in a running server, besides its listeners. */
import { GateBit } from "../commands/gate.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import { outputShare } from "../server/clients/output-share.js";
import type { ConfigStore } from "../server/config/config-store.js";
import type { CommandObservers } from "../server/observation/command-observers.js";
import type { Parts } from "./parts.js";

/** Positions in a query buffer have 31 bits. */
const MAX_QUERY_BYTES = 2 ** 31 - 2 ** 20;

/** Gives each part its settings, now and whenever they change. */
export function followConfig(config: ConfigStore, parts: Parts): void {
  const { cron, execution, gates, keyspace, log, tracking } = parts;
  followEncodingLimits(config, keyspace);
  followMemoryLimits(config, parts);
  followClientLimits(config, parts);
  followObserverLimits(config, parts.observers);
  config.follow("notify-keyspace-events", (flags) => (keyspace.notifyFlags = flags));
  config.follow("tracking-table-max-keys", (count) => (tracking.maxKeys = count));
  config.follow("latency-tracking", (isOn) => (execution.clock.tracksLatency = isOn));
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

function followMemoryLimits(config: ConfigStore, parts: Parts): void {
  const { keyspace, memoryLimit, eviction, clientEviction, execution, gates } = parts;
  const limitClients = (): void => {
    clientEviction.limit(config.number("maxmemory-clients"), memoryLimit.limitBytes);
  };
  config.follow("maxmemory", (bytes) => {
    memoryLimit.limitBytes = bytes;
    gates.set(GateBit.MAXMEMORY, bytes > 0);
    execution.host.outputShare = outputShare(bytes);
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

function followClientLimits(config: ConfigStore, parts: Parts): void {
  const { clients, execution, outputLimits, throttling } = parts;
  const { host } = execution;
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

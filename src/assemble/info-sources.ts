/** Where INFO gets its figures from. */
import type { InfoSources } from "../server/info/sources.js";
import { VERSION } from "../server/version.js";
import type { Parts } from "./parts.js";

export function createInfoSources(parts: Parts): InfoSources {
  const { config, execution, keyspace, listening, platform, table } = parts;
  const { blocking, host, transactions } = execution;
  return {
    identity: {
      version: VERSION.redstart,
      runId: parts.runId,
      replicationId: parts.replication.id,
      startedMs: parts.startedMs,
      port: listening.port,
      listeners: listening.facts(),
      configFile: config.file,
    },
    keyspace,
    keySizes: parts.keySizes,
    commands: table,
    config,
    clients: parts.clients,
    watches: { watchingClients: transactions.watchingCount, watchedKeys: transactions.watchedKeyCount },
    pubsub: parts.pubsub,
    blocking,
    tracking: parts.tracking,
    throttling: parts.throttling,
    buffers: host.recentBuffers(platform.clock.nowMs()),
    stats: parts.stats,
    tcp: parts.tcp,
    memory: parts.memory,
    clock: platform.clock,
    process: platform.process,
  };
}

/** Makes what runs commands, with all that their handlers can reach, and puts the gates of the server into their places. */
import { GateBit } from "../commands/gate.js";
import { freshKeyspaceStats } from "../keyspace/keyspace.js";
import { Execution, type Services } from "../server/execution/execution.js";
import {
  aclGate,
  maxmemoryGate,
  monitorGate,
  noMultiGate,
  protectedGate,
  replicasGate,
  subscribedGate,
} from "../server/gates/refusals.js";
import { ServerInfo } from "../server/info/info.js";
import { LonePrimary, unsaved } from "../server/lone-primary.js";
import { VERSION } from "../server/version.js";
import { forgetClient } from "./clients.js";
import { createInfoSources } from "./info-sources.js";
import type { ClientParts, Common, ExecutionParts, Later, MemoryParts } from "./parts.js";

type Made = Common & ClientParts & MemoryParts;

export function createExecution(made: Made, later: Later): ExecutionParts {
  const { keyspace, platform, table } = made;
  const replication = new LonePrimary(platform.random, made.config);
  const info = new ServerInfo({
    sources: () => createInfoSources(later()),
    others: () => later().subsystems.flatMap((each) => each.info ?? []),
    resetStats: () => {
      made.stats.reset();
      keyspace.stats = freshKeyspaceStats();
      table.resetStats();
    },
  });
  const execution = new Execution({
    ...made,
    services: createServices(made, info, replication, later),
    clock: platform.clock,
    timers: platform.timers,
    outputLimit: (client) => made.outputLimits.of(client),
    closed: (connection, reason) => forgetClient(later(), connection, reason),
  });
  addGates(made, execution);
  return { execution, info, replication };
}

function createServices(made: Made, info: ServerInfo, replication: LonePrimary, later: Later): Services {
  const { acl, clients, config, debug, effects, keyspace, log, observers, pubsub, table, tracking } = made;
  const { latency, monitors, slowLog } = observers;
  return {
    keyspace,
    commands: table,
    config,
    clients,
    pubsub,
    tracking,
    slowLog,
    latency,
    monitors,
    acl,
    effects,
    debug,
    server: { version: VERSION.redis },
    info,
    memory: {
      figures: () => made.memory.figures(),
      clientBuckets: () => made.clientEviction.buckets(),
      purge: () => {
        made.unusedMemory.purge(keyspace.lazyFree.isPending);
        later().cron.wake();
      },
    },
    lifecycle: { shutdown: (options) => later().server.shutdown(options) },
    persistence: unsaved(made.startedMs, made.snapshots),
    replication,
    log,
  };
}

function addGates({ acl, gates, memoryLimit, pause }: Made, { context }: Execution): void {
  const ofCommands = [protectedGate(context), noMultiGate, aclGate(acl), subscribedGate, monitorGate];
  for (const gate of [...ofCommands, maxmemoryGate(memoryLimit), replicasGate, pause]) gates.add(gate);
  gates.close(GateBit.PROTECTED);
  gates.close(GateBit.NO_MULTI);
}

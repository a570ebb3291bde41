/** Makes the parts of a server in their order, connects them, and gives each its settings. */
import type { Subsystem } from "../commands/subsystem.js";
import { ExpireCycle } from "../keyspace/expire-cycle.js";
import { Cron } from "../server/cron.js";
import { Listening } from "../server/listening/listening.js";
import { Server } from "../server/server.js";
import { Subsystems } from "../server/subsystems.js";
import { createClients } from "./clients.js";
import { createCommon } from "./common.js";
import { followConfig } from "./config-followers.js";
import { createExecution } from "./execution.js";
import { createListener } from "./keyspace-listener.js";
import { createMemory } from "./memory.js";
import type { ClientParts, Common, ExecutionParts, Ground, Later, MemoryParts, Parts } from "./parts.js";

/** What subsystems from outside can be made of. */
export type Base = Common & ClientParts & MemoryParts & ExecutionParts;

/** `others` makes the subsystems that are no part of `server/`; `onShutdown` ends the process, or tells the embedder. */
export function buildServer(
  ground: Ground,
  others: (base: Base) => readonly Subsystem[],
  onShutdown: () => void,
): Server {
  const later: Later = () => parts;
  const common = createCommon(ground, later);
  const clients = createClients(common, later);
  const memory = createMemory(common, later);
  const base = { ...common, ...clients, ...memory, ...createExecution({ ...common, ...clients, ...memory }, later) };
  const subsystems = others(base);
  const { blocking, host } = base.execution;
  const cron = createCron(base, subsystems);
  const { evictionTurns } = memory;
  const own: Subsystem[] = [
    base.memoryAhead,
    base.snapshots,
    base.pause,
    evictionTurns,
    blocking,
    clients.throttling,
    cron,
  ];
  const listening = new Listening({ ...base, input: host.input, accept: (stream) => server.accept(stream) });
  const server: Server = new Server(
    { ...base, listening, onShutdown },
    new Subsystems([...subsystems, ...own], base.effects),
  );
  const listener = createListener(base, later);
  const parts: Parts = { ...base, subsystems, cron, listening, listener, server };
  for (const gate of subsystems.flatMap((each) => each.gates ?? [])) base.gates.add(gate);
  base.keyspace.listener = listener;
  followConfig(ground.config, parts);
  memory.memory.markStarted();
  return server;
}

function createCron(base: Base, subsystems: readonly Subsystem[]): Cron {
  const {
    clients,
    debug,
    execution,
    keyspace,
    memory,
    memoryAhead,
    observers,
    pause,
    platform,
    stats,
    tracking,
    unusedMemory,
  } = base;
  const { clock, timers } = platform;
  const everyTick = (run: (nowMs: number) => void) => ({ everyMs: 0, run });
  return new Cron({
    clock,
    timers,
    keyspace,
    expireCycle: new ExpireCycle(keyspace),
    keySizes: base.keySizes,
    clients,
    stats,
    usedMemory: () => memory.usedBytes,
    isExpiring: () => debug.activeExpire && !pause.isActive,
    isPaused: () => debug.cronPaused,
    expired: (us) => observers.latency.add("expire-cycle", us, clock.nowMs()),
    tasks: [
      everyTick((nowMs) => {
        execution.host.nowMs = nowMs;
        execution.host.tidy(nowMs);
      }),
      everyTick(() => tracking.limitTable()),
      everyTick((nowMs) => memoryAhead.watch(nowMs)),
      everyTick((nowMs) => unusedMemory.watch(nowMs, keyspace.lazyFree.isPending, stats.totalCommands)),
      ...subsystems.flatMap((each) => each.tasks ?? []),
    ],
  });
}

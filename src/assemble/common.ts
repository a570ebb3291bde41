/** Makes what nearly all parts of a server need, and the gates that stand by themselves. */
import { DebugSwitches } from "../commands/debug-switches.js";
import { Effects } from "../commands/effects.js";
import { Expiry } from "../keyspace/expiry.js";
import { KeySizes } from "../keyspace/key-sizes.js";
import { randomHex } from "../platform/random.js";
import { KeyInterest } from "../server/execution/key-interest.js";
import { Gates } from "../server/gates/gates.js";
import { Pause } from "../server/gates/pause.js";
import { CommandObservers } from "../server/observation/command-observers.js";
import { ServerStats } from "../server/observation/stats.js";
import { SnapshotSlices } from "../server/snapshot-slices.js";
import type { Common, Ground, Later } from "./parts.js";

/** A run id is so many bytes in hexadecimal. */
const RUN_ID_BYTES = 20;

export function createCommon(ground: Ground, later: Later): Common {
  const { config, keyspace, platform, table } = ground;
  const { clock, random, timers } = platform;
  const gates = new Gates(table, () => later().execution.blocking.tryAgain());
  const stats = new ServerStats();
  const startedMs = clock.nowMs();
  keyspace.setNow(startedMs);
  return {
    ...ground,
    startedMs,
    snapshots: new SnapshotSlices({ keyspace, clock, timers, commandCount: () => stats.totalCommands }),
    runId: randomHex(random, RUN_ID_BYTES),
    stats,
    effects: new Effects(() => later().execution.host.endTurnSoon()),
    debug: new DebugSwitches(),
    observers: new CommandObservers(clock, config),
    interest: new KeyInterest([random.uint32(), random.uint32()]),
    keySizes: new KeySizes(keyspace),
    gates,
    pause: new Pause({
      gates,
      clock,
      timers,
      changed: (isActive) => keyspace.setExpiry(isActive ? Expiry.HIDDEN : Expiry.REMOVED),
    }),
  };
}

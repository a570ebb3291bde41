import type { Command } from "../spec.js";
import { command } from "./command.js";
import { config } from "./config.js";
import { dbsize } from "./dbsize.js";
import { debug } from "./debug.js";
import { failover } from "./failover.js";
import { flushall } from "./flushall.js";
import { flushdb } from "./flushdb.js";
import { info } from "./info.js";
import { lastsave } from "./lastsave.js";
import { latency } from "./latency.js";
import { lolwut } from "./lolwut.js";
import { memory } from "./memory.js";
import { moduleCommand } from "./module.js";
import { monitor } from "./monitor.js";
import { replicaof, slaveof } from "./replicaof.js";
import { role } from "./role.js";
import { bgrewriteaof, bgsave, save } from "./save.js";
import { shutdown } from "./shutdown.js";
import { slowlog } from "./slowlog.js";
import { swapdb } from "./swapdb.js";
import { psync, replconf, sync } from "./sync.js";
import { time } from "./time.js";

/** The commands of the group "server". */
export const serverCommands: readonly Command[] = [
  bgrewriteaof,
  bgsave,
  command,
  config,
  dbsize,
  debug,
  failover,
  flushall,
  flushdb,
  info,
  lastsave,
  latency,
  lolwut,
  memory,
  moduleCommand,
  monitor,
  psync,
  replconf,
  replicaof,
  role,
  save,
  shutdown,
  slaveof,
  slowlog,
  swapdb,
  sync,
  time,
];

/** Builds a server from its configuration. */

import { commandGroups } from "../commands/all.js";
import { CommandTable } from "../commands/command-table.js";
import type { Subsystem } from "../commands/subsystem.js";
import { Keyspace } from "../keyspace/keyspace.js";
import { Arena } from "../memory/arena.js";
import { segmentBuffer } from "../memory/segment.js";
import type { Network } from "../platform/network.js";
import { createNodePlatform } from "../platform/node.js";
import { createNodeNetwork } from "../platform/node-network.js";
import type { Platform } from "../platform/platform.js";
import { reservedBuffer } from "../platform/reserved-buffer.js";
import { UserLines } from "../server/acl/user-lines.js";
import { UserRules } from "../server/acl/user-rules.js";
import { ConfigStore } from "../server/config/config-store.js";
import { MemoryAhead } from "../server/memory/memory-ahead.js";
import { Log, type LogSink, silentSink } from "../server/process/log.js";
import type { Server } from "../server/server.js";
import { type Base, buildServer } from "./build-server.js";

export interface AssembleOptions {
  /** Fills the configuration, which decides how the rest is built; may throw. */
  configure(store: ConfigStore, table: CommandTable, users: UserLines): void;
  /** Where the log goes; nowhere if left out. */
  sink?: (store: ConfigStore, platform: Platform) => LogSink;
  onShutdown?: () => void;
  /** Makes what is to be in the server besides `server/`. */
  subsystems?: (base: Base) => readonly Subsystem[];
  platform?: Platform;
  network?: Network;
}

/** A server that is not listening yet, with what it was built from. */
export interface Assembled {
  readonly server: Server;
  readonly config: ConfigStore;
  readonly log: Log;
  readonly platform: Platform;
}

export function assemble(options: AssembleOptions): Assembled {
  const platform = options.platform ?? createNodePlatform();
  const table = new CommandTable(...commandGroups);
  const log = new Log({ pid: platform.process.pid, clock: platform.clock, sink: silentSink });
  let server: Server | null = null;
  const config = new ConfigStore({
    files: platform.files,
    users: () => server?.acl.configLines() ?? [],
    isLocalClient: () => server?.isCurrentClientLocal() ?? true,
    log: (level, message) => log.write(level, message),
  });
  const userRules = new UserRules({ table, digest: platform.digest, warn: (message) => log.warning(message) });
  const users = new UserLines(userRules);
  options.configure(config, table, users);
  if (options.sink !== undefined) log.sink = options.sink(config, platform);
  log.level = config.get("loglevel");
  const memoryAhead = new MemoryAhead({
    threads: platform.threads,
    createBuffer: (size) => segmentBuffer(size + platform.process.bufferPadBytes),
    warn: (message) => log.warning(message),
  });
  const keyspace = new Keyspace({
    arena: new Arena({
      createBuffer: (size) => memoryAhead.createBuffer(size),
      createReserve: (size) => reservedBuffer(size, platform.process.reservedBufferBytes(size)),
      reached: (segment, index, end) => memoryAhead.reached(segment, index, end),
    }),
    databaseCount: config.number("databases"),
    hashKey: [platform.random.uint32(), platform.random.uint32()],
    random: () => platform.random.uint32(),
  });
  const network = options.network ?? createNodeNetwork();
  const ground = { platform, network, keyspace, memoryAhead, table, config, userRules, userLines: users.all, log };
  server = buildServer(ground, options.subsystems ?? (() => []), options.onShutdown ?? (() => {}));
  return { server, config, log, platform };
}

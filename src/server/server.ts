/** A server from outside: it listens, takes in clients, and ends. What it consists of is made and connected in `assemble/`. */
import { isLocal } from "../commands/client.js";
import type { Effects } from "../commands/effects.js";
import type { GateSwitches } from "../commands/gate.js";
import type { ShutdownOptions } from "../commands/server-context.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import type { ByteStream } from "../platform/network.js";
import type { Platform } from "../platform/platform.js";
import type { AccessControl } from "./acl/acl.js";
import { admits } from "./clients/admission.js";
import type { Clients } from "./clients/client-registry.js";
import { Connection } from "./clients/connection.js";
import type { ConnectionHost } from "./clients/connection-host.js";
import { limitClientsByFiles } from "./clients/open-files.js";
import type { ServerContext } from "./clients/server-client.js";
import type { ConfigStore } from "./config/config-store.js";
import type { ServerInfo } from "./info/info.js";
import type { Listeners } from "./listening/listeners.js";
import type { Listening } from "./listening/listening.js";
import type { TcpOptions } from "./listening/tcp-options.js";
import type { MemoryLimit } from "./memory/memory-limit.js";
import type { ServerStats } from "./observation/stats.js";
import type { Log } from "./process/log.js";
import { PidFile } from "./process/pid-file.js";
import type { Subsystems } from "./subsystems.js";

export interface ServerParts {
  readonly platform: Platform;
  readonly config: ConfigStore;
  readonly log: Log;
  readonly keyspace: Keyspace;
  readonly stats: ServerStats;
  readonly clients: Clients;
  readonly acl: AccessControl;
  readonly tcp: TcpOptions;
  readonly execution: { readonly context: ServerContext; readonly host: ConnectionHost };
  readonly memoryLimit: MemoryLimit;
  readonly effects: Effects;
  readonly gates: GateSwitches;
  readonly info: ServerInfo;
  readonly listening: Listening;
  /** Ends the process, or tells the embedder; called when the server has closed. */
  onShutdown(): void;
}

export class Server {
  readonly clients: Clients;
  readonly acl: AccessControl;
  readonly context: ServerContext;
  readonly host: ConnectionHost;
  readonly memoryLimit: MemoryLimit;
  readonly effects: Effects;
  readonly gates: GateSwitches;
  readonly info: ServerInfo;
  readonly #parts: ServerParts;
  readonly #subsystems: Subsystems;
  readonly #pidFile: PidFile;
  /** Set when the server began to close; then nothing is accepted. */
  #closed: Promise<void> | null = null;

  constructor(parts: ServerParts, subsystems: Subsystems) {
    this.#parts = parts;
    this.#subsystems = subsystems;
    this.#pidFile = new PidFile(parts.platform.files, parts.log);
    this.clients = parts.clients;
    this.acl = parts.acl;
    this.context = parts.execution.context;
    this.host = parts.execution.host;
    this.memoryLimit = parts.memoryLimit;
    this.effects = parts.effects;
    this.gates = parts.gates;
    this.info = parts.info;
  }

  get listeners(): Listeners {
    return this.#parts.listening.listeners;
  }

  /**
   * Starts what has a life of its own and opens the listeners; `anyPort` takes a free port. Throws an Error when an address cannot be had, or
   * something cannot start; the log says why.
   */
  async listen(anyPort: boolean): Promise<void> {
    const { config, listening, log, platform } = this.#parts;
    limitClientsByFiles(config, log, platform.process.maxOpenFiles);
    await this.#subsystems.start();
    try {
      await listening.open(anyPort);
    } catch (error) {
      await this.#subsystems.stop();
      throw error;
    }
    const pidFile = config.text("pidfile");
    if (pidFile !== "") this.#pidFile.write(pidFile, config.get("dir"), platform.process.pid);
  }

  /** Whether the client whose command runs is on this machine. */
  isCurrentClientLocal(): boolean {
    const { current } = this.host;
    return current === null || isLocal(current);
  }

  /** Takes in a new client. */
  accept(stream: ByteStream): void {
    const { acl, clients, config, keyspace, log, platform, stats, tcp } = this.#parts;
    if (this.#closed !== null) return stream.destroy();
    const isProtected = acl.isDefaultNopass && config.flag("protected-mode");
    if (!admits(stream, { clientCount: clients.count, maxClients: config.number("maxclients"), isProtected })) {
      stats.rejectedConnections++;
      return;
    }
    const nowMs = platform.clock.nowMs();
    const client = new Connection(this.host, stream, clients.takeId(), keyspace.database(0), nowMs);
    acl.resetClient(client);
    clients.add(client);
    tcp.accepted(client);
    stats.totalConnections++;
    if (log.isOn("verbose")) log.verbose(`Accepted ${client.peerAddress}`);
  }

  /** SHUTDOWN. Returns an error reply's text, or null when the server is going down. */
  shutdown(options: ShutdownOptions): string | null {
    if (options.abort) return "ERR No shutdown in progress.";
    if (this.#closed !== null) return null;
    const { log } = this.#parts;
    log.warning("User requested shutdown...");
    const refusal = this.#subsystems.refuseShutdown(options);
    if (refusal !== null) return refusal;
    void this.close().then(() => {
      log.warning("Redstart is now ready to exit, bye bye...");
      this.#parts.onShutdown();
    });
    return null;
  }

  /** Stops accepting, closes all clients and the listeners; resolves when no handle is left. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#pidFile.remove();
    const closed = this.#parts.listening.close();
    for (const connection of [...this.clients.connections()]) connection.close("server closes");
    await this.#subsystems.stop();
    await closed;
  }
}

/**
 * A server: the parts of this layer around one key space, connected. `assemble.ts` gives it the lower layers and the platform.
 */

import type { Argv } from "../bytes/argv.js";
import type { Region } from "../bytes/region.js";
import { isLocal } from "../commands/client.js";
import type { CommandEntry } from "../commands/command-entry.js";
import type { CommandTable } from "../commands/command-table.js";
import type { ClientMemoryBucket, Context, MemoryFigures, ServerControl } from "../commands/context.js";
import { DebugSwitches } from "../commands/debug-switches.js";
import { Effects } from "../commands/effects.js";
import { Eviction } from "../keyspace/evict.js";
import { ExpireCycle } from "../keyspace/expire-cycle.js";
import { Expiry } from "../keyspace/expiry.js";
import { KeySizes } from "../keyspace/key-sizes.js";
import { freshKeyspaceStats, type Keyspace, type KeyspaceListener } from "../keyspace/keyspace.js";
import type { ByteStream, Network } from "../platform/network.js";
import type { Platform } from "../platform/platform.js";
import type { Timer } from "../platform/timers.js";
import { ReplyWriter } from "../protocol/reply-writer.js";
import { AccessControl } from "./acl/acl.js";
import type { UserLine } from "./acl/user-lines.js";
import type { UserRules } from "./acl/user-rules.js";
import { Blocking } from "./blocking/blocking.js";
import { admits } from "./clients/admission.js";
import { ClientEviction } from "./clients/client-eviction.js";
import { Clients } from "./clients/client-registry.js";
import { Connection } from "./clients/connection.js";
import { ConnectionHost } from "./clients/connection-host.js";
import { limitClientsByFiles } from "./clients/open-files.js";
import { OutputLimits } from "./clients/output-limits.js";
import { Pause } from "./clients/pause.js";
import type { ConfigStore } from "./config/config-store.js";
import { followConfig } from "./config-followers.js";
import { Cron } from "./cron.js";
import { Dispatcher } from "./dispatcher.js";
import { infoText } from "./info/info.js";
import type { InfoSources, ListenerFacts } from "./info/sources.js";
import { KeyInterest } from "./key-interest.js";
import { Listeners, type ListenSettings } from "./listening/listeners.js";
import { ServerTls } from "./listening/server-tls.js";
import { TcpOptions } from "./listening/tcp-options.js";
import type { MemoryAhead } from "./memory-ahead.js";
import { MemoryLimit } from "./memory-limit.js";
import { CommandObservers } from "./observation/command-observers.js";
import { ServerStats } from "./observation/stats.js";
import type { Log } from "./process/log.js";
import { PidFile } from "./process/pid-file.js";
import { KeyspaceEvents } from "./pubsub/keyspace-events.js";
import { Channels } from "./pubsub/pubsub.js";
import { ServerMemory } from "./server-memory.js";
import { Throttling } from "./throttle/throttling.js";
import { Tracking } from "./tracking/tracking.js";
import { Transactions } from "./transactions.js";
import { UnusedMemory } from "./unused-memory.js";
import { VERSION } from "./version.js";

/** Replies longer than this are written in pieces of that. */
const REPLY_CHUNK = 1_048_576;
/** How the reason begins why a connection was closed before its TLS handshake was done. */
const HANDSHAKE = "handshake: ";

export interface ServerParts {
  platform: Platform;
  network: Network;
  keyspace: Keyspace;
  memoryAhead: MemoryAhead;
  table: CommandTable;
  config: ConfigStore;
  userRules: UserRules;
  /** The users of the configuration. */
  userLines: readonly UserLine[];
  log: Log;
  /** Ends the process, or tells the embedder; called when the server has closed. */
  onShutdown(): void;
}

export class Server implements ServerControl {
  readonly version = VERSION.redis;
  readonly startedMs: number;
  readonly runId: string;
  readonly pid: number;
  readonly stats = new ServerStats();
  readonly clients: Clients;
  readonly acl: AccessControl;
  readonly host: ConnectionHost;
  readonly listeners: Listeners;
  readonly context: Context;
  readonly memoryLimit: MemoryLimit;
  readonly debug = new DebugSwitches();
  readonly effects: Effects;
  readonly pubsub: Channels;
  readonly tracking: Tracking;
  readonly observers: CommandObservers;
  readonly #parts: ServerParts;
  readonly #dispatcher: Dispatcher;
  readonly #interest: KeyInterest;
  readonly #transactions: Transactions;
  readonly #blocking: Blocking;
  readonly #throttling: Throttling;
  readonly #cron: Cron;
  readonly #keySizes: KeySizes;
  readonly #pause: Pause;
  readonly #eviction: Eviction;
  readonly #clientEviction: ClientEviction;
  readonly #pidFile: PidFile;
  readonly #tls: ServerTls;
  readonly #tcp: TcpOptions;
  #pauseTimer: Timer | null = null;
  #evictionTimer: Timer | null = null;
  #replicationId: string;
  /** Set when the server began to close; then nothing is accepted. */
  #closed: Promise<void> | null = null;
  /** The port was not chosen by the configuration, which says 0. */
  #hasAnyPort = false;
  readonly #memory: ServerMemory;
  readonly #unusedMemory: UnusedMemory;
  readonly #outputLimits: OutputLimits;
  /** What hears of changes while nobody tracks. */
  #listener!: KeyspaceListener;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    const { platform, keyspace, table, config } = parts;
    const { clock } = platform;
    this.startedMs = clock.nowMs();
    this.pid = platform.process.pid;
    this.runId = hex(platform.random.bytes(20));
    this.#replicationId = hex(platform.random.bytes(20));
    keyspace.setNow(this.startedMs);
    this.effects = new Effects((action) => void platform.timers.soon(action));
    this.#pause = new Pause((untilMs) => this.#schedulePauseEnd(untilMs));
    this.#throttling = new Throttling({ clock, timers: platform.timers, stats: this.stats });
    this.#tcp = new TcpOptions({
      config,
      log: parts.log,
      load: platform.loadSocketOptions,
      connections: () => this.clients.connections(),
      listeners: () => this.listeners.portSockets(),
    });
    this.clients = new Clients({
      pause: this.#pause,
      throttling: this.#throttling,
      tcp: this.#tcp,
      nowMs: () => clock.nowMs(),
    });
    this.#clientEviction = new ClientEviction({ clients: this.clients, stats: this.stats, log: parts.log });
    this.pubsub = new Channels();
    this.tracking = this.#createTracking();
    this.observers = new CommandObservers(clock, config, (each) => {
      this.#dispatcher.briefMask = each ? 0 : -1;
    });
    this.#eviction = new Eviction(keyspace);
    this.memoryLimit = new MemoryLimit({
      keyspace,
      eviction: this.#eviction,
      clock,
      stats: this.stats,
      otherBytes: () => this.host.memoryBytes,
      uncountedBytes: () => this.host.outputBeyondShare,
      spent: (us) => this.#spentOnEviction(us),
      continueSoon: () => this.#evictSoon(),
    });
    this.#pidFile = new PidFile(platform.files, parts.log);
    const interest = new KeyInterest([platform.random.uint32(), platform.random.uint32()]);
    this.#interest = interest;
    this.#transactions = new Transactions(interest);
    this.#blocking = new Blocking({ interest, stats: this.stats, pause: this.#pause, clock, timers: platform.timers });
    this.acl = this.#createAcl();
    this.#outputLimits = new OutputLimits(this.acl);
    this.context = this.#createContext();
    this.#transactions.context = this.context;
    this.#blocking.context = this.context;
    this.#dispatcher = new Dispatcher({
      context: this.context,
      table,
      keyspace,
      acl: this.acl,
      stats: this.stats,
      clock,
      memoryLimit: this.memoryLimit,
      pause: this.#pause,
      blocking: this.#blocking,
      tracking: this.tracking,
      throttling: this.#throttling,
      observers: this.observers,
      isLoading: () => false,
    });
    this.#transactions.dispatcher = this.#dispatcher;
    this.#transactions.acl = this.acl;
    this.#blocking.dispatcher = this.#dispatcher;
    this.host = this.#createHost();
    this.#memory = new ServerMemory({
      keyspace,
      process: platform.process,
      stats: this.stats,
      clientBytes: () => this.host.memoryBytes,
      outputBytes: () => this.host.outputBytes,
      uncountedBytes: () => (this.memoryLimit.isSet ? this.host.outputBeyondShare : 0),
    });
    this.#unusedMemory = new UnusedMemory({
      garbageCollector: platform.garbageCollector,
      unusedBytes: () => keyspace.unusedBytes,
      droppedBytes: () => keyspace.droppedBytes + this.host.droppedBytes,
      trim: (least, moveLimit) => {
        const bytes = keyspace.trim(least, moveLimit);
        if (bytes > 0) parts.memoryAhead.shrank();
        return bytes;
      },
    });
    this.#dispatcher.host = this.host;
    const { network, log } = parts;
    this.#tls = new ServerTls({ config, files: platform.files, network, log });
    const accept = (stream: ByteStream): void => this.accept(stream);
    const opened = (fd: number): void => this.#tcp.opened(fd);
    const listening = { network, input: this.host.input, log, accept, opened };
    this.listeners = new Listeners(listening, () => this.#tls.acceptance());
    this.#keySizes = new KeySizes(keyspace);
    this.#cron = new Cron({
      clock,
      timers: platform.timers,
      keyspace,
      expireCycle: new ExpireCycle(keyspace),
      keySizes: this.#keySizes,
      clients: this.clients,
      stats: this.stats,
      usedMemory: () => this.memoryLimit.usedBytes,
      isExpiring: () => this.debug.activeExpire && !this.#pause.isActive,
      isPaused: () => this.debug.cronPaused,
      expired: (us) => this.observers.latency.add("expire-cycle", us, clock.nowMs()),
      onTick: (nowMs) => {
        this.host.nowMs = nowMs;
        this.host.tidy(nowMs);
        this.tracking.limitTable();
        parts.memoryAhead.watch(nowMs);
        this.#unusedMemory.watch(nowMs, keyspace.lazyFree.isPending, this.stats.totalCommands);
      },
    });
    this.#listenToKeyspace();
    followConfig(config, {
      keyspace,
      log: parts.log,
      memoryLimit: this.memoryLimit,
      eviction: this.#eviction,
      clientEviction: this.#clientEviction,
      clients: this.clients,
      host: this.host,
      outputLimits: this.#outputLimits,
      throttling: this.#throttling,
      tracking: this.tracking,
      dispatcher: this.#dispatcher,
      observers: this.observers,
      cron: this.#cron,
    });
    this.#followListeners(config);
    this.#memory.markStarted();
  }

  /** Opens the listeners and starts the cron. Throws an Error when an address cannot be had; the log says why. */
  async listen(anyPort: boolean): Promise<void> {
    this.#hasAnyPort = anyPort;
    const { config, log, platform } = this.#parts;
    limitClientsByFiles(config, log, platform.process.maxOpenFiles);
    this.#tls.start();
    this.#tcp.start();
    await this.listeners.open(this.#listenSettings(anyPort));
    const pidFile = config.text("pidfile");
    if (pidFile !== "") this.#pidFile.write(pidFile, config.get("dir"), platform.process.pid);
    this.#cron.start();
  }

  /** Whether the client whose command runs is on this machine. */
  isCurrentClientLocal(): boolean {
    const { current } = this.host;
    return current === null || isLocal(current);
  }

  /** Takes in a new client. */
  accept(stream: ByteStream): void {
    const { config, log, keyspace, platform } = this.#parts;
    if (this.#closed !== null) return stream.destroy();
    const isProtected = this.acl.isDefaultNopass && config.flag("protected-mode");
    if (!admits(stream, { clientCount: this.clients.count, maxClients: config.number("maxclients"), isProtected })) {
      this.stats.rejectedConnections++;
      return;
    }
    const nowMs = platform.clock.nowMs();
    const client = new Connection(this.host, stream, this.clients.takeId(), keyspace.database(0), nowMs);
    this.acl.resetClient(client);
    this.clients.add(client);
    this.#tcp.accepted(client);
    this.stats.totalConnections++;
    if (log.isOn("verbose")) log.verbose(`Accepted ${client.peerAddress}`);
  }

  /** Stops accepting, closes all clients and the listeners; resolves when no handle is left. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#cron.stop();
    this.#pauseTimer?.cancel();
    this.#evictionTimer?.cancel();
    this.#blocking.stop();
    this.#throttling.stop();
    this.#pidFile.remove();
    if (this.listeners.hasUnix) this.#parts.log.notice("Removing the unix socket file.");
    const closed = this.listeners.close();
    for (const connection of [...this.clients.connections()]) connection.close("server closes");
    await Promise.all([closed, this.#parts.memoryAhead.stop()]);
  }

  // ServerControl

  call(command: CommandEntry, argv: Argv): void {
    this.#dispatcher.run1(command, argv);
  }

  get canRunAgain(): boolean {
    return !this.context.inTransaction && this.#dispatcher.isInBatch;
  }

  runAgain(): void {
    this.#dispatcher.runsAgain();
    this.host.current!.runAgain();
  }

  info(sections: readonly string[]): string {
    return infoText(this.#infoSources(), sections);
  }

  resetStats(): void {
    this.stats.reset();
    this.#parts.keyspace.stats = freshKeyspaceStats();
    this.#parts.table.resetStats();
  }

  shutdown(options: { save: boolean | null; now: boolean; force: boolean; abort: boolean }): string | null {
    if (options.abort) return "ERR No shutdown in progress.";
    if (this.#closed !== null) return null;
    const { log } = this.#parts;
    log.warning("User requested shutdown...");
    void this.close().then(() => {
      log.warning("Redstart is now ready to exit, bye bye...");
      this.#parts.onShutdown();
    });
    return null;
  }

  lastSaveSeconds(): number {
    return Math.floor(this.startedMs / 1000);
  }

  memory(): MemoryFigures {
    return this.#memory.figures();
  }

  clientMemoryBuckets(): ClientMemoryBucket[] | null {
    return this.#clientEviction.buckets();
  }

  purgeMemory(): void {
    this.#unusedMemory.purge(this.#parts.keyspace.lazyFree.isPending);
    this.#cron.wake();
  }

  followNobody(): void {
    this.#parts.config.assign("replicaof", ["no", "one"]);
  }

  changeReplicationId(): void {
    this.#replicationId = hex(this.#parts.platform.random.bytes(20));
  }

  log(level: "debug" | "verbose" | "notice" | "warning", message: string): void {
    this.#parts.log.write(level, message);
  }

  // Inside

  #createContext(): Context {
    const { keyspace, table, config } = this.#parts;
    return {
      keyspace,
      reply: new ReplyWriter(REPLY_CHUNK),
      commands: table,
      config,
      clients: this.clients,
      transactions: this.#transactions,
      pubsub: this.pubsub,
      blocking: this.#blocking,
      tracking: this.tracking,
      server: this,
      slowLog: this.observers.slowLog,
      latency: this.observers.latency,
      monitors: this.observers.monitors,
      acl: this.acl,
      effects: this.effects,
      debug: this.debug,
      client: undefined as never,
      db: keyspace.database(0),
      command: undefined as never,
      hadMuchToDo: false,
      nowMs: this.startedMs,
      inTransaction: false,
    };
  }

  #createAcl(): AccessControl {
    const { platform, table, config, log, userRules, userLines } = this.#parts;
    const acl = new AccessControl({
      rules: userRules,
      config,
      stats: this.stats,
      digest: platform.digest,
      random: platform.random,
      log,
      idCount: table.idCount,
      nowMs: () => platform.clock.nowMs(),
      clients: () => this.clients.all(),
      current: () => this.host.current,
      describe: (client) => this.clients.describe(client),
      identified: (client, isAuthenticated) => {
        (client as Connection).parser.isAuthenticated = isAuthenticated;
      },
    });
    acl.start(userLines);
    return acl;
  }

  #createHost(): ConnectionHost {
    const { platform, log } = this.#parts;
    return new ConnectionHost({
      reply: this.context.reply,
      stats: this.stats,
      nowMs: () => platform.clock.nowMs(),
      longBuffer: (bytes) => this.#parts.keyspace.arena.createReserve(bytes),
      soon: (action) => void platform.timers.soon(action),
      runCommands: (connection, region, end) => this.#run(connection, region, end),
      beginBatch: () => this.#dispatcher.beginBatch(),
      eviction: this.#clientEviction,
      debug: this.debug,
      connectionClosed: (connection, reason) => this.#forget(connection, reason),
      describe: (client) => this.clients.describe(client),
      outputLimit: (client) => this.#outputLimits.of(client),
      log: (level, message) => log.write(level, message),
    });
  }

  #run(connection: Connection, region: Region, end: number): boolean {
    try {
      return this.#dispatcher.run(connection, region, end);
    } catch (error) {
      if (!isAllocationFailure(error)) throw error;
      this.context.inTransaction = false;
      this.host.isRunningCommand = false;
      this.tracking.forgetOwn();
      this.#parts.log.warning(`No memory for a reply, closing its client: ${this.clients.describe(connection)}`);
      connection.close("no memory");
      this.host.replaceReplyRegion();
      return false;
    }
  }

  #forget(connection: Connection, reason: string): void {
    const { log } = this.#parts;
    this.clients.remove(connection);
    this.#pause.forget(connection);
    this.#blocking.forget(connection);
    this.#throttling.forget(connection);
    this.#transactions.discard(connection);
    this.pubsub.leave(connection);
    this.tracking.disable(connection);
    this.observers.monitors.remove(connection);
    if (reason.startsWith(HANDSHAKE)) {
      const { peerAddress, localAddress } = connection;
      const problem = reason.slice(HANDSHAKE.length);
      log.warning(`Error accepting a client connection: ${problem} (addr=${peerAddress} laddr=${localAddress})`);
    } else if (log.isOn("verbose")) log.verbose(closingMessage(reason, this.clients.describe(connection)));
  }

  #listenSettings(anyPort: boolean): ListenSettings {
    const { config } = this.#parts;
    const port = config.number("port");
    return {
      bind: config.get("bind"),
      port: port === 0 && this.#hasAnyPort ? this.listeners.port : port,
      anyPort,
      tlsPort: config.number("tls-port"),
      backlog: config.number("tcp-backlog"),
      unixSocket: config.text("unixsocket"),
      unixSocketMode: config.number("unixsocketperm"),
      keepAliveSeconds: () => config.number("tcp-keepalive"),
    };
  }

  #listenToKeyspace(): void {
    const { keyspace } = this.#parts;
    const events = new KeyspaceEvents(keyspace, this.pubsub);
    const interest = this.#interest;
    const transactions = this.#transactions;
    const blocking = this.#blocking;
    this.#listener = {
      touched: (db, argv, i) => {
        const key = interest.find(db, argv, i);
        if (key === null) return;
        transactions.touched(key, argv, i);
        blocking.touched(key);
      },
      notify: (notifyClass, event, db, argv, i) => events.notify(notifyClass, event, db, argv, i),
      removed: (_, db, argv, i) => {
        if (this.effects.isOn) this.effects.keyRemoved(db.index, argv, i);
      },
      fieldRemoved: (db, argv, i, field, offset, length) => {
        if (this.effects.isOn) this.effects.fieldRemoved(db.index, argv, i, field, offset, length);
      },
      flushing: (db) => {
        transactions.flushing(db);
        blocking.flushing(db);
        this.#cron.wake();
      },
      swapping: (a, b) => {
        transactions.flushing(a, b);
        transactions.flushing(b, a);
        blocking.swapping(a, b);
      },
    };
    keyspace.listener = this.#listener;
  }

  #createTracking(): Tracking {
    const { keyspace, platform } = this.#parts;
    const tracking = new Tracking({
      arena: keyspace.arena,
      random: () => platform.random.uint32(),
      clients: this.clients,
      timers: platform.timers,
      currentClient: () => this.host.current,
      runningClient: () => (this.host.isRunningCommand ? this.host.current : null),
      switched: (isOn) => {
        keyspace.listener = isOn ? tracking.listening(this.#listener) : this.#listener;
      },
    });
    return tracking;
  }

  #followListeners(config: ConfigStore): void {
    const { listeners } = this;
    const portProblem = "Unable to listen on this port. Check server logs.";
    config.onChange("port", () => (listeners.changeTcp(this.#listenSettings(false)) ? null : portProblem));
    this.#tls.follow();
    this.#tcp.follow();
    config.onChange("tls-port", () => (listeners.changeTls(this.#listenSettings(false)) ? null : portProblem));
    config.onChange("bind", () => {
      const settings = this.#listenSettings(false);
      const isBound = listeners.changeTcp(settings) && listeners.changeTls(settings);
      return isBound ? null : "Failed to bind to specified addresses.";
    });
  }

  #spentOnEviction(us: number): void {
    this.#dispatcher.exclude(us);
    this.observers.latency.add("eviction-cycle", us, this.#parts.platform.clock.nowMs());
  }

  #schedulePauseEnd(untilMs: number): void {
    const { clock, timers } = this.#parts.platform;
    this.#pauseTimer?.cancel();
    this.#parts.keyspace.setExpiry(untilMs === 0 ? Expiry.REMOVED : Expiry.HIDDEN);
    if (untilMs === 0) this.#blocking.serveSoon();
    else this.#pauseTimer = timers.after(Math.max(0, untilMs - clock.nowMs()), () => this.#pause.end());
  }

  #evictSoon(): void {
    if (this.#evictionTimer !== null || this.#closed !== null) return;
    this.#evictionTimer = this.#parts.platform.timers.soon(() => {
      this.#evictionTimer = null;
      this.memoryLimit.free();
    });
  }

  #infoSources(): InfoSources {
    const { keyspace, table, config, platform } = this.#parts;
    const transactions = this.#transactions;
    return {
      identity: {
        version: VERSION.redstart,
        runId: this.runId,
        replicationId: this.#replicationId,
        startedMs: this.startedMs,
        port: this.listeners.port || this.listeners.tls.port,
        listeners: this.#listenerFacts(),
        configFile: config.file,
      },
      keyspace,
      keySizes: this.#keySizes,
      commands: table,
      config,
      clients: this.clients,
      watches: {
        get watchingClients() {
          return transactions.watchingCount;
        },
        get watchedKeys() {
          return transactions.watchedKeyCount;
        },
      },
      pubsub: this.pubsub,
      blocking: this.#blocking,
      tracking: this.tracking,
      throttling: this.#throttling,
      buffers: this.host.recentBuffers(platform.clock.nowMs()),
      stats: this.stats,
      tcp: this.#tcp,
      memory: this.#memory,
      clock: platform.clock,
      process: platform.process,
    };
  }

  #listenerFacts(): ListenerFacts[] {
    const { config } = this.#parts;
    const { listeners } = this;
    return listeners.kinds.map((kind) =>
      kind === "unix"
        ? { kind, addresses: [config.text("unixsocket")], port: 0 }
        : { kind, addresses: config.get("bind"), port: listeners[kind].port },
    );
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** True when the system had no memory for a buffer, such as one for a reply of gigabytes. */
function isAllocationFailure(error: unknown): boolean {
  return (
    error instanceof RangeError &&
    /allocation failed|Invalid typed array length|Invalid array buffer length/.test(error.message)
  );
}

/** What the log says about a connection that ended, in Redis' words where it has some. */
function closingMessage(reason: string, client: string): string {
  if (reason === "end") return `Client closed connection ${client}`;
  if (reason === "idle timeout") return "Closing idle client";
  return /^E[A-Z]+$/.test(reason)
    ? `Reading from client: ${reason} ${client}`
    : `Closed connection (${reason}) ${client}`;
}

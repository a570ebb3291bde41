/**
 * What the kernel does for each TCP connection: its figures in CLIENT LIST and INFO tcp, and the directives that Node has no means to set.
 *
 * Both need the platform's SocketOptions, which may be missing. They are loaded when one of the directives is set or the figures are
 * asked for; a server that does neither pays nothing.
 */
import type { LoadSocketOptions, SocketOptions, TcpFigures } from "../../platform/socket-options.js";
import { TcpOption } from "../../platform/socket-options.js";
import type { ConfigStore } from "../config/config-store.js";
import type { Log } from "../process/log.js";

/** A client's connection, as far as it is seen here. */
export interface TcpConnection {
  /** The system's number of its TCP socket, -1 when it has none or it is being closed. */
  readonly tcpSocket: number;
}

export interface TcpOptionsParts {
  readonly config: ConfigStore;
  readonly log: Log;
  readonly load: LoadSocketOptions;
  connections(): Iterable<TcpConnection>;
  /** Numbers of the sockets that are listened on for TCP. */
  listeners(): Iterable<number>;
}

/** Redis' number of probes without an answer that end a connection; they come at a third of the time before the first. */
const KEEPALIVE_PROBES = 3;

/** The sum of all connections' figures. */
export interface TcpTotals {
  /** Connections that have figures. */
  connections: number;
  rttUs: number;
  maxRttUs: number;
  retransmits: number;
  congestionWindow: number;
  /** How many have which option. */
  readonly options: Map<string, number>;
  readonly congestionControls: Map<string, number>;
}

export class TcpOptions {
  readonly #parts: TcpOptionsParts;
  #congestion = "";
  #userTimeoutMs = 0;
  #fastOpen = 0;
  /** 0 while Node's own settings are good enough: the directive was not given. */
  #keepAliveSeconds = 0;
  /** Something has to be set for each new connection. */
  #isSetting = false;

  constructor(parts: TcpOptionsParts) {
    this.#parts = parts;
  }

  /** Takes what the server starts with. Throws an Error when it cannot be had; the log says why. */
  start(): void {
    const { config, log } = this.#parts;
    const problem = this.#applyCongestion() ?? this.#applyUserTimeout() ?? this.#applyFastOpen();
    if (problem !== null) {
      log.warning(problem);
      throw new Error(problem);
    }
    if (config.isAssigned("tcp-keepalive")) this.#applyKeepAlive();
  }

  /** Follows CONFIG SET. */
  follow(): void {
    const { config } = this.#parts;
    config.onChange("tcp-congestion", () => this.#applyCongestion());
    config.onChange("tcp-user-timeout", () => this.#applyUserTimeout());
    config.onChange("tcp-fastopen", () => this.#applyFastOpen());
    config.onChange("tcp-keepalive", () => {
      this.#applyKeepAlive();
      return null;
    });
  }

  /** A connection was accepted. */
  accepted(connection: TcpConnection): void {
    if (!this.#isSetting || connection.tcpSocket < 0) return;
    const options = this.#parts.load();
    if (typeof options !== "string") this.#set(options, connection.tcpSocket);
  }

  /** A listener was opened. */
  opened(fd: number): void {
    const options = this.#fastOpen > 0 ? this.#parts.load() : "";
    if (typeof options !== "string") options.setFastOpen(fd, this.#fastOpen);
  }

  /** The figures at the end of a client's line, with a space before; nothing where there are none. */
  describe(connection: TcpConnection): string {
    const figures = this.#figures(connection);
    if (figures === null) return "";
    const { rttUs, rttVariationUs, retransmissionTimeoutUs, retransmits, congestionWindow, congestionControl } =
      figures;
    return (
      ` tcp-rtt=${rttUs} tcp-rttvar=${rttVariationUs} tcp-rto=${retransmissionTimeoutUs} tcp-retrans=${retransmits}` +
      ` tcp-cwnd=${congestionWindow} tcp-cc=${congestionControl} tcp-opts=${optionNames(figures.options).join(",")}`
    );
  }

  totals(): TcpTotals {
    const totals: TcpTotals = {
      connections: 0,
      rttUs: 0,
      maxRttUs: 0,
      retransmits: 0,
      congestionWindow: 0,
      options: new Map(),
      congestionControls: new Map(),
    };
    for (const connection of this.#parts.connections()) {
      const figures = this.#figures(connection);
      if (figures === null) continue;
      totals.connections++;
      totals.rttUs += figures.rttUs;
      totals.maxRttUs = Math.max(totals.maxRttUs, figures.rttUs);
      totals.retransmits += figures.retransmits;
      totals.congestionWindow += figures.congestionWindow;
      for (const name of optionNames(figures.options)) count(totals.options, name);
      count(totals.congestionControls, figures.congestionControl);
    }
    return totals;
  }

  #figures(connection: TcpConnection): TcpFigures | null {
    const fd = connection.tcpSocket;
    const options = fd < 0 ? "" : this.#parts.load();
    return typeof options === "string" ? null : options.figures(fd);
  }

  #applyCongestion(): string | null {
    const name = this.#parts.config.get("tcp-congestion");
    if (name === this.#congestion) return null;
    const options = this.#parts.load();
    if (typeof options === "string") return `tcp-congestion cannot be set: ${options}`;
    const error = name === "" ? null : options.tryCongestionControl(name);
    if (error === "ENOENT" || error === "EINVAL") return `The system has no congestion control '${name}'`;
    if (error !== null) return `The system does not allow the congestion control '${name}' (${error})`;
    this.#congestion = name;
    this.#noteSettings();
    const used = name === "" ? options.defaultCongestionControl() : name;
    this.#forEachConnection((fd) => options.setCongestionControl(fd, used));
    return null;
  }

  #applyUserTimeout(): string | null {
    const ms = this.#parts.config.get("tcp-user-timeout");
    if (ms === this.#userTimeoutMs) return null;
    const options = this.#parts.load();
    if (typeof options === "string") return `tcp-user-timeout cannot be set: ${options}`;
    this.#userTimeoutMs = ms;
    this.#noteSettings();
    this.#forEachConnection((fd) => options.setUserTimeout(fd, ms));
    return null;
  }

  #applyFastOpen(): string | null {
    const { config, log, load, listeners } = this.#parts;
    const count = config.get("tcp-fastopen");
    if (count === this.#fastOpen) return null;
    const options = load();
    if (typeof options === "string") return `tcp-fastopen cannot be set: ${options}`;
    this.#fastOpen = count;
    for (const fd of listeners()) options.setFastOpen(fd, count);
    if (count > 0 && !options.servesFastOpen()) {
      log.warning("tcp-fastopen has no effect before net.ipv4.tcp_fastopen has the bit 2, which is for servers");
    }
    return null;
  }

  /** New connections only, as in Redis. Without the platform's help they get what Node sets: the time before the first probe. */
  #applyKeepAlive(): void {
    this.#keepAliveSeconds = this.#parts.config.get("tcp-keepalive");
    this.#noteSettings();
  }

  #noteSettings(): void {
    this.#isSetting = this.#congestion !== "" || this.#userTimeoutMs !== 0 || this.#keepAliveSeconds !== 0;
  }

  #forEachConnection(set: (fd: number) => void): void {
    for (const { tcpSocket } of this.#parts.connections()) if (tcpSocket >= 0) set(tcpSocket);
  }

  #set(options: SocketOptions, fd: number): void {
    if (this.#congestion !== "") options.setCongestionControl(fd, this.#congestion);
    if (this.#userTimeoutMs !== 0) options.setUserTimeout(fd, this.#userTimeoutMs);
    const idle = this.#keepAliveSeconds;
    if (idle !== 0) options.setKeepAlive(fd, idle, Math.max(1, Math.floor(idle / 3)), KEEPALIVE_PROBES);
  }
}

const OPTION_NAMES: readonly (readonly [bit: TcpOption, name: string])[] = [
  [TcpOption.TIMESTAMPS, "timestamps"],
  [TcpOption.SACK, "sack"],
  [TcpOption.WINDOW_SCALING, "wscale"],
  [TcpOption.ECN, "ecn"],
  [TcpOption.FAST_OPEN, "fastopen"],
];

function optionNames(options: number): string[] {
  return OPTION_NAMES.filter(([bit]) => (options & bit) !== 0).map(([, name]) => name);
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

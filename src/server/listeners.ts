/** Opens and closes what clients connect to: TCP addresses of `bind`, and the Unix socket. */
import type { Region } from "../bytes/region.js";
import type { ByteStream, Listener, Network } from "../platform/network.js";
import type { Log } from "./log.js";

export interface ListenSettings {
  /** Addresses as in `bind`: "*" all of IPv4, "::*" all of IPv6, "-" before what may be missing. */
  bind: readonly string[];
  /** 0 in the settings of a server means no TCP; `anyPort` asks for a free one. */
  port: number;
  anyPort: boolean;
  backlog: number;
  unixSocket: string;
  unixSocketMode: number;
  keepAliveSeconds(): number;
}

/** An address being listened on. */
interface OpenAddress {
  readonly address: string;
  readonly listener: Listener;
}

export class Listeners {
  /** The port in use, 0 when there is no TCP. */
  port = 0;
  readonly #network: Network;
  readonly #input: Region;
  readonly #log: Log;
  readonly #accept: (stream: ByteStream) => void;
  #tcp: OpenAddress[] = [];
  #unix: Listener | null = null;

  constructor(network: Network, input: Region, log: Log, accept: (stream: ByteStream) => void) {
    this.#network = network;
    this.#input = input;
    this.#log = log;
    this.#accept = accept;
  }

  get hasTcp(): boolean {
    return this.#tcp.length > 0;
  }

  get hasUnix(): boolean {
    return this.#unix !== null;
  }

  /** Opens all, or none: then it throws an Error, and the log says what could not be opened. */
  async open(settings: ListenSettings): Promise<void> {
    try {
      if (settings.port !== 0 || settings.anyPort) await this.#openTcp(settings);
      if (settings.unixSocket !== "") await this.#openUnix(settings);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * Opens the TCP addresses that `settings` has and closes those it has not, all at once, so that CONFIG SET can tell how it went.
   * False when one could not be opened; then everything is as before.
   */
  change(settings: ListenSettings): boolean {
    const before = this.#tcp;
    const beforePort = this.port;
    const wanted = settings.port === 0 ? [] : settings.bind;
    const kept = before.filter(({ address }) => settings.port === beforePort && wanted.includes(address));
    const closed = before.filter((open) => !kept.includes(open));
    // An address may include another, so the old ones must go first.
    for (const { listener } of closed) void listener.close();
    const opened = this.#openNow(wanted, kept, settings.port, settings);
    if (opened !== null) {
      this.#tcp = [...kept, ...opened];
      this.port = this.#tcp.length > 0 ? settings.port : 0;
      return true;
    }
    const old = closed.map(({ address }) => address);
    this.#tcp = [...kept, ...(this.#openNow(old, [], beforePort, settings) ?? [])];
    return false;
  }

  /** Stops accepting; resolves once the system has closed all. */
  async close(): Promise<void> {
    const all = this.#tcp.map(({ listener }) => listener);
    if (this.#unix !== null) all.push(this.#unix);
    this.#tcp = [];
    this.#unix = null;
    await Promise.all(all.map((listener) => listener.close()));
  }

  async #openTcp(settings: ListenSettings): Promise<void> {
    let { port } = settings;
    for (const address of settings.bind) {
      try {
        const listener = await this.#network.listen(this.#input, this.#options(address, port, settings));
        this.#tcp.push({ address, listener });
        port = listener.port;
        this.port = port;
      } catch (error) {
        if (this.#mayBeMissing(address, port, error)) continue;
        this.#log.warning(`Failed listening on port ${settings.port} (tcp), aborting.`);
        throw error;
      }
    }
  }

  async #openUnix(settings: ListenSettings): Promise<void> {
    try {
      this.#unix = await this.#network.listen(this.#input, {
        path: settings.unixSocket,
        mode: settings.unixSocketMode,
        backlog: settings.backlog,
        keepAliveSeconds: settings.keepAliveSeconds,
        onStream: this.#accept,
      });
    } catch (error) {
      this.#log.warning(`Failed opening Unix socket: ${reason(error)}`);
      throw error;
    }
  }

  /** The addresses that are not among `kept`, opened; null when one could not be, and then none is. */
  #openNow(
    addresses: readonly string[],
    kept: readonly OpenAddress[],
    port: number,
    settings: ListenSettings,
  ): OpenAddress[] | null {
    const opened: OpenAddress[] = [];
    for (const address of addresses) {
      if (kept.some((open) => open.address === address)) continue;
      try {
        const listener = this.#network.listenNow(this.#input, this.#options(address, port, settings));
        opened.push({ address, listener });
      } catch (error) {
        if (this.#mayBeMissing(address, port, error)) continue;
        for (const { listener } of opened) void listener.close();
        return null;
      }
    }
    return opened;
  }

  #options(address: string, port: number, settings: ListenSettings) {
    const { backlog, keepAliveSeconds } = settings;
    return { host: hostOf(address), port, backlog, keepAliveSeconds, onStream: this.#accept };
  }

  /** True when the address does not exist here and may not; whatever else is wrong is logged. */
  #mayBeMissing(address: string, port: number, error: unknown): boolean {
    const code = (error as { code?: string }).code;
    const isMissing = code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT" || code === "EPROTONOSUPPORT";
    if (address.startsWith("-") && isMissing) return true;
    const name = address.startsWith("-") ? address.slice(1) : address;
    this.#log.warning(`Warning: Could not create server TCP listening socket ${name}:${port}: ${reason(error)}`);
    return false;
  }
}

/** What to bind to for an address of `bind`. */
function hostOf(address: string): string {
  const name = address.startsWith("-") ? address.slice(1) : address;
  if (name === "*") return "0.0.0.0";
  return name === "::*" ? "::" : name;
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "bind: Address already in use",
  EADDRNOTAVAIL: "bind: Cannot assign requested address",
  EACCES: "bind: Permission denied",
  EAFNOSUPPORT: "socket: Address family not supported by protocol",
  ENOENT: "bind: No such file or directory",
  ENOTDIR: "bind: Not a directory",
  EISDIR: "bind: Address already in use",
  EINVAL: "bind: Invalid argument",
  ENOTFOUND: "Name or service not known",
};

function reason(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  return REASONS[code ?? ""] ?? message;
}

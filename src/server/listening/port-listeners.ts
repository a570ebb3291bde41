/** One port on all addresses of `bind`: opened, moved, closed. Plain TCP and TLS have one each. */
import type { Region } from "../../bytes/region.js";
import type { ByteStream, Listener, ListenOptions, Network } from "../../platform/network.js";
import type { TlsAcceptance } from "../../platform/tls.js";
import type { Log } from "../process/log.js";

/** Where to listen. */
export interface PortSettings {
  /** Addresses as in `bind`: "*" all of IPv4, "::*" all of IPv6, "-" before what may be missing. */
  bind: readonly string[];
  port: number;
  backlog: number;
  keepAliveSeconds(): number;
}

/** What listeners are made with. */
export interface ListenerParts {
  readonly network: Network;
  readonly input: Region;
  readonly log: Log;
  accept(stream: ByteStream): void;
  /** A port's listener was opened; with the system's number of its socket. */
  opened(fd: number): void;
}

/** An address being listened on. */
interface OpenAddress {
  readonly address: string;
  readonly listener: Listener;
}

export class PortListeners {
  /** The port in use, 0 when there is none. */
  port = 0;
  readonly #parts: ListenerParts;
  readonly #tls: (() => TlsAcceptance) | undefined;
  #open: OpenAddress[] = [];

  /** With `tls`, TLS connections are accepted with what it returns. */
  constructor(parts: ListenerParts, tls?: () => TlsAcceptance) {
    this.#parts = parts;
    this.#tls = tls;
  }

  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  listeners(): Listener[] {
    return this.#open.map(({ listener }) => listener);
  }

  /** Opens all addresses, port 0 taking a free one; throws an Error, and the log says what could not be opened. */
  async open(settings: PortSettings): Promise<void> {
    let { port } = settings;
    for (const address of settings.bind) {
      try {
        const listener = await this.#parts.network.listen(this.#parts.input, this.#options(address, port, settings));
        this.#open.push({ address, listener });
        this.#parts.opened(listener.fd);
        port = listener.port;
        this.port = port;
      } catch (error) {
        if (this.#mayBeMissing(address, port, error)) continue;
        const kind = this.#tls === undefined ? "tcp" : "tls";
        this.#parts.log.warning(`Failed listening on port ${settings.port} (${kind}), aborting.`);
        throw error;
      }
    }
  }

  /**
   * Opens the addresses that `settings` has and closes those it has not, all at once, so that CONFIG SET can tell how it went.
   * False when one could not be opened; then everything is as before.
   */
  change(settings: PortSettings): boolean {
    const before = this.#open;
    const beforePort = this.port;
    const wanted = settings.port === 0 ? [] : settings.bind;
    const kept = before.filter(({ address }) => settings.port === beforePort && wanted.includes(address));
    const closed = before.filter((open) => !kept.includes(open));
    // An address may include another, so the old ones must go first.
    for (const { listener } of closed) void listener.close();
    const opened = this.#openNow(wanted, kept, settings.port, settings);
    if (opened !== null) {
      this.#open = [...kept, ...opened];
      this.port = this.#open.length > 0 ? settings.port : 0;
      return true;
    }
    const old = closed.map(({ address }) => address);
    this.#open = [...kept, ...(this.#openNow(old, [], beforePort, settings) ?? [])];
    return false;
  }

  /** Stops accepting; what was open is the caller's to wait for. */
  release(): Listener[] {
    const released = this.listeners();
    this.#open = [];
    return released;
  }

  /** The addresses that are not among `kept`, opened; null when one could not be, and then none is. */
  #openNow(
    addresses: readonly string[],
    kept: readonly OpenAddress[],
    port: number,
    settings: PortSettings,
  ): OpenAddress[] | null {
    const { network, input } = this.#parts;
    const opened: OpenAddress[] = [];
    for (const address of addresses) {
      if (kept.some((open) => open.address === address)) continue;
      try {
        const listener = network.listenNow(input, this.#options(address, port, settings));
        opened.push({ address, listener });
        this.#parts.opened(listener.fd);
      } catch (error) {
        if (this.#mayBeMissing(address, port, error)) continue;
        for (const { listener } of opened) void listener.close();
        return null;
      }
    }
    return opened;
  }

  #options(address: string, port: number, settings: PortSettings): ListenOptions & { host: string; port: number } {
    const { backlog, keepAliveSeconds } = settings;
    const onStream = this.#parts.accept;
    const tls = this.#tls === undefined ? {} : { tls: this.#tls };
    return { host: hostOf(address), port, backlog, keepAliveSeconds, onStream, ...tls };
  }

  /** True when the address does not exist here and may not; whatever else is wrong is logged. */
  #mayBeMissing(address: string, port: number, error: unknown): boolean {
    const code = (error as { code?: string }).code;
    const isMissing = code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT" || code === "EPROTONOSUPPORT";
    if (address.startsWith("-") && isMissing) return true;
    const name = address.startsWith("-") ? address.slice(1) : address;
    const problem = `Could not create server TCP listening socket ${name}:${port}: ${listenProblem(error)}`;
    this.#parts.log.warning(`Warning: ${problem}`);
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

/** Why a listener could not be opened, in Redis' words. */
export function listenProblem(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  return REASONS[code ?? ""] ?? message;
}

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

export class Listeners {
  /** The port in use, 0 when there is no TCP. */
  port = 0;
  readonly #network: Network;
  readonly #input: Region;
  readonly #log: Log;
  readonly #accept: (stream: ByteStream) => void;
  #tcp: Listener[] = [];
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

  /** Opens all. Throws an Error that says what could not be opened. */
  async open(settings: ListenSettings): Promise<void> {
    if (settings.port !== 0 || settings.anyPort) await this.openTcp(settings);
    if (settings.unixSocket === "") return;
    this.#unix = await this.#network.listen(this.#input, {
      path: settings.unixSocket,
      mode: settings.unixSocketMode,
      backlog: settings.backlog,
      keepAliveSeconds: settings.keepAliveSeconds,
      onStream: this.#accept,
    });
  }

  /** Opens the TCP addresses; those already open stay until the new ones are. */
  async openTcp(settings: ListenSettings): Promise<void> {
    const opened: Listener[] = [];
    let port = settings.port;
    try {
      for (const address of settings.bind) {
        const isOptional = address.startsWith("-");
        const host = hostOf(isOptional ? address.slice(1) : address);
        try {
          const listener = await this.#network.listen(this.#input, {
            host,
            port,
            backlog: settings.backlog,
            keepAliveSeconds: settings.keepAliveSeconds,
            onStream: this.#accept,
          });
          opened.push(listener);
          port = listener.port;
        } catch (error) {
          const code = (error as { code?: string }).code;
          const isMissing = code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT" || code === "EPROTONOSUPPORT";
          if (isOptional && isMissing) continue;
          this.#log.warning(
            `Warning: Could not create server TCP listening socket ${host}:${port}: ${reason(code, error)}`,
          );
          throw error;
        }
      }
    } catch (error) {
      await Promise.all(opened.map((listener) => listener.close()));
      throw error;
    }
    const old = this.#tcp;
    this.#tcp = opened;
    this.port = opened.length > 0 ? port : 0;
    for (const listener of old) void listener.close();
  }

  /** Stops accepting; resolves once the system has closed all, which needs the accepted streams closed too. */
  async close(): Promise<void> {
    const all = this.#unix === null ? this.#tcp : [...this.#tcp, this.#unix];
    this.#tcp = [];
    this.#unix = null;
    await Promise.all(all.map((listener) => listener.close()));
  }
}

function hostOf(address: string): string {
  if (address === "*") return "0.0.0.0";
  return address === "::*" ? "::" : address;
}

function reason(code: string | undefined, error: unknown): string {
  if (code === "EADDRINUSE") return "bind: Address already in use";
  if (code === "EADDRNOTAVAIL") return "bind: Cannot assign requested address";
  if (code === "EACCES") return "bind: Permission denied";
  return (error as Error).message;
}

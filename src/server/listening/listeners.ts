/** Opens and closes what clients connect to: the plain port and the TLS port on the addresses of `bind`, and the Unix socket. */
import type { Listener } from "../../platform/network.js";
import type { TlsAcceptance } from "../../platform/tls.js";
import { type ListenerParts, listenProblem, PortListeners } from "./port-listeners.js";

export interface ListenSettings {
  /** Addresses as in `bind`: "*" all of IPv4, "::*" all of IPv6, "-" before what may be missing. */
  bind: readonly string[];
  /** 0 in the settings of a server means no TCP; `anyPort` asks for a free one. */
  port: number;
  anyPort: boolean;
  tlsPort: number;
  backlog: number;
  unixSocket: string;
  unixSocketMode: number;
  keepAliveSeconds(): number;
}

export class Listeners {
  readonly tcp: PortListeners;
  readonly tls: PortListeners;
  readonly #parts: ListenerParts;
  #unix: Listener | null = null;

  constructor(parts: ListenerParts, tls: () => TlsAcceptance) {
    this.#parts = parts;
    this.tcp = new PortListeners(parts);
    this.tls = new PortListeners(parts, tls);
  }

  /** The plain port in use, 0 when there is none. */
  get port(): number {
    return this.tcp.port;
  }

  get hasUnix(): boolean {
    return this.#unix !== null;
  }

  /** What is listened on, in Redis' order. */
  get kinds(): ("tcp" | "unix" | "tls")[] {
    const isOpen = { tcp: this.tcp.isOpen, unix: this.hasUnix, tls: this.tls.isOpen };
    return (["tcp", "unix", "tls"] as const).filter((kind) => isOpen[kind]);
  }

  /** The system's numbers of the sockets of both ports. */
  portSockets(): number[] {
    return [...this.tcp.listeners(), ...this.tls.listeners()].map(({ fd }) => fd);
  }

  /** Opens all, or none: then it throws an Error, and the log says what could not be opened. */
  async open(settings: ListenSettings): Promise<void> {
    try {
      if (settings.port !== 0 || settings.anyPort) await this.tcp.open(settings);
      if (settings.tlsPort !== 0) await this.tls.open({ ...settings, port: settings.tlsPort });
      if (settings.unixSocket !== "") await this.#openUnix(settings);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Makes the plain port what `settings` say, at once. False when it could not be opened; then it is as before. */
  changeTcp(settings: ListenSettings): boolean {
    return this.tcp.change(settings);
  }

  /** The same for the TLS port. */
  changeTls(settings: ListenSettings): boolean {
    return this.tls.change({ ...settings, port: settings.tlsPort });
  }

  /** Stops accepting; resolves once the system has closed all. */
  async close(): Promise<void> {
    const all = [...this.tcp.release(), ...this.tls.release()];
    if (this.#unix !== null) all.push(this.#unix);
    this.#unix = null;
    await Promise.all(all.map((listener) => listener.close()));
  }

  async #openUnix(settings: ListenSettings): Promise<void> {
    const { network, input, log, accept } = this.#parts;
    try {
      this.#unix = await network.listen(input, {
        path: settings.unixSocket,
        mode: settings.unixSocketMode,
        backlog: settings.backlog,
        keepAliveSeconds: settings.keepAliveSeconds,
        onStream: accept,
      });
    } catch (error) {
      log.warning(`Failed opening Unix socket: ${listenProblem(error)}`);
      throw error;
    }
  }
}

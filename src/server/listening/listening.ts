/** What clients connect to, as configured: the listeners with their TLS and TCP options. Follows CONFIG SET. */
import type { Region } from "../../bytes/region.js";
import type { ByteStream, Network } from "../../platform/network.js";
import type { Platform } from "../../platform/platform.js";
import type { ConfigStore } from "../config/config-store.js";
import type { Log } from "../process/log.js";
import { Listeners, type ListenSettings } from "./listeners.js";
import { ServerTls } from "./server-tls.js";
import type { TcpOptions } from "./tcp-options.js";

const PORT_PROBLEM = "Unable to listen on this port. Check server logs.";
const BIND_PROBLEM = "Failed to bind to specified addresses.";

interface ListeningParts {
  readonly config: ConfigStore;
  readonly log: Log;
  readonly platform: Platform;
  readonly network: Network;
  readonly tcp: TcpOptions;
  /** Where connections read into. */
  readonly input: Region;
  accept(stream: ByteStream): void;
}

export class Listening {
  readonly listeners: Listeners;
  readonly #parts: ListeningParts;
  readonly #tls: ServerTls;
  /** The port was not chosen by the configuration, which says 0. */
  #hasAnyPort = false;

  constructor(parts: ListeningParts) {
    this.#parts = parts;
    const { accept, config, input, log, network, platform, tcp } = parts;
    this.#tls = new ServerTls({ config, files: platform.files, network, log });
    const opened = (fd: number): void => tcp.opened(fd);
    this.listeners = new Listeners({ network, input, log, accept, opened }, () => this.#tls.acceptance());
    this.#follow();
  }

  /** Opens the listeners. Throws an Error when an address cannot be had; the log says why. */
  async open(anyPort: boolean): Promise<void> {
    this.#hasAnyPort = anyPort;
    this.#tls.start();
    this.#parts.tcp.start();
    await this.listeners.open(this.#settings(anyPort));
  }

  /** Stops accepting at once; resolves when the system has closed all. */
  close(): Promise<void> {
    if (this.listeners.hasUnix) this.#parts.log.notice("Removing the unix socket file.");
    return this.listeners.close();
  }

  /** The port for clients, 0 while there is none. */
  get port(): number {
    return this.listeners.port || this.listeners.tls.port;
  }

  /** What is listened on, with the addresses; a Unix socket has a path for one, and no port. */
  facts(): { kind: "tcp" | "tls" | "unix"; addresses: readonly string[]; port: number }[] {
    const { config } = this.#parts;
    return this.listeners.kinds.map((kind) =>
      kind === "unix"
        ? { kind, addresses: [config.text("unixsocket")], port: 0 }
        : { kind, addresses: config.get("bind"), port: this.listeners[kind].port },
    );
  }

  #settings(anyPort: boolean): ListenSettings {
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

  #follow(): void {
    const { config, tcp } = this.#parts;
    const { listeners } = this;
    config.onChange("port", () => (listeners.changeTcp(this.#settings(false)) ? null : PORT_PROBLEM));
    this.#tls.follow();
    tcp.follow();
    config.onChange("tls-port", () => (listeners.changeTls(this.#settings(false)) ? null : PORT_PROBLEM));
    config.onChange("bind", () => {
      const settings = this.#settings(false);
      return listeners.changeTcp(settings) && listeners.changeTls(settings) ? null : BIND_PROBLEM;
    });
  }
}

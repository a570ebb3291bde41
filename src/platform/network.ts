/**
 * Byte streams and listeners as the server sees them. Received bytes arrive in the server's one input region, so reading allocates
 * nothing; sent bytes may stay in the sender's memory until the system has taken them.
 */
import type { Region } from "../bytes/region.js";
import type { TlsAcceptance, TlsContext, TlsSettings } from "./tls.js";

/** What happens on a stream. All are called from the event loop. */
export interface StreamHandler {
  /** `length` bytes have arrived, at the start of the input region; they are gone when this returns. */
  onData(length: number): void;
  /** What `write` kept has been sent. */
  onDrain(): void;
  /** The peer will send no more. */
  onEnd(): void;
  /** The stream is closed, after an error if there is one. Called once. */
  onClose(error: string | null): void;
}

/** Handles nothing, until a stream's owner has come. */
export const NO_HANDLER: StreamHandler = {
  onData() {},
  onDrain() {},
  onEnd() {},
  onClose() {},
};

/** Who is connected. */
export interface Ends {
  /** "address:port" or "path:0". */
  readonly peerAddress: string;
  readonly localAddress: string;
  /** The peer's address alone, for protected mode; empty for a Unix socket. */
  readonly peerHost: string;
  readonly isUnixSocket: boolean;
}

export interface ByteStream {
  /** Set before the first event. */
  handler: StreamHandler;
  readonly ends: Ends;
  /** TLS, with a handshake before anything is received. What is written before is sent after it. */
  readonly isEncrypted: boolean;
  /** The system's number of the socket, -1 when it has none. */
  readonly fd: number;
  /** False once the socket is being closed: then its number may be another's. */
  readonly isOpen: boolean;
  /**
   * Sends `bytes`. True: the system has them and the memory is free again. False: it is in use until `onDrain`, before which
   * nothing more may be written.
   */
  write(bytes: Uint8Array): boolean;
  /** Bytes of a write that the system has not taken yet, where that is known; 0 otherwise. */
  readonly queuedBytes: number;
  pauseReading(): void;
  resumeReading(): void;
  /** Sends what was written, then closes. */
  end(): void;
  /** Closes now. */
  destroy(): void;
}

export interface ListenOptions {
  host?: string;
  port?: number;
  backlog?: number;
  /** Path of a Unix socket, instead of host and port; on Windows the name of a pipe. */
  path?: string;
  /** Access rights of the Unix socket, e.g. 0o700; 0 leaves the default. */
  mode?: number;
  /** Seconds between keepalive probes; 0 switches them off. */
  keepAliveSeconds(): number;
  /** Makes it a listener for TLS; asked for each connection, so that changes are for new ones. */
  tls?(): TlsAcceptance;
  onStream(stream: ByteStream): void;
}

export interface ConnectOptions {
  host?: string;
  port?: number;
  /** Path of a Unix socket, instead of host and port; on Windows the name of a pipe. */
  path?: string;
  /** The address of this machine to connect from; any if left out. */
  localAddress?: string;
  /** Seconds between keepalive probes; 0 switches them off. */
  keepAliveSeconds: number;
  /** How long it may take until there is a connection, a TLS handshake included. */
  timeoutMs: number;
  /** Makes it a TLS connection: the peer must have a certificate that one of the context's authorities has signed, whatever its name. */
  tls?: { context: TlsContext; serverName: string | null };
}

/** A connection that is being made. */
export interface Connecting {
  /** Rejects with an Error that has the system's `code`, ETIMEDOUT when it took too long, ECANCELED after `cancel`. */
  readonly stream: Promise<ByteStream>;
  /** Gives it up; does nothing when there is a connection already. */
  cancel(): void;
}

export interface Listener {
  /** The port in use, also when 0 was asked for. */
  readonly port: number;
  /** The system's number of the socket, -1 when it has none. */
  readonly fd: number;
  /** Stops listening at once; resolves when the system is done with it. */
  close(): Promise<void>;
}

/** What makes streams; `input` is where received bytes are put. */
export interface Network {
  /** Rejects with an Error that has the system's `code`. */
  listen(input: Region, options: ListenOptions): Promise<Listener>;
  /** The same at once, for a TCP address that needs no name server. Throws such an Error, ENOTSUP where the platform cannot. */
  listenNow(input: Region, options: ListenOptions & { host: string; port: number }): Listener;
  /** Connects to another server. Nothing is read before the first `resumeReading`. */
  connect(input: Region, options: ConnectOptions): Connecting;
  /** Throws a TlsError. */
  createTlsContext(settings: TlsSettings): TlsContext;
}

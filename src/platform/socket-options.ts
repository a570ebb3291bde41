/** What the system's kernel says about a TCP connection, and what can be set of it beyond what Node sets. Sockets are given by number. */

/** Options of a connection that both sides agreed on, as bits of `TcpFigures.options`. */
export const enum TcpOption {
  TIMESTAMPS = 1,
  SACK = 2,
  WINDOW_SCALING = 4,
  ECN = 8,
  /** The first data came with the request to connect. */
  FAST_OPEN = 32,
}

/** A connection's figures; the object is used again for the next. */
export interface TcpFigures {
  /** Round-trip time, smoothed, and its variation. */
  rttUs: number;
  rttVariationUs: number;
  /** After so long without an answer a segment is sent again. */
  retransmissionTimeoutUs: number;
  /** Segments sent again since the connection began. */
  retransmits: number;
  /** Segments that may be on their way at a time. */
  congestionWindow: number;
  /** The algorithm's name: "cubic". */
  congestionControl: string;
  /** TcpOption bits. */
  options: number;
}

/** Setters return null, or the name of the system's error: "EPERM". */
export interface SocketOptions {
  /** Null for a socket that is none of TCP, or closed. */
  figures(fd: number): TcpFigures | null;
  /** The algorithm that connections have unless told otherwise. */
  defaultCongestionControl(): string;
  /** Whether connections could be given this algorithm. */
  tryCongestionControl(name: string): string | null;
  setCongestionControl(fd: number, name: string): string | null;
  /** For how long sent data may stay unanswered before the connection is given up; 0 leaves it to the system. */
  setUserTimeout(fd: number, ms: number): string | null;
  /** Seconds of silence before the first probe, and between probes; the number of them without an answer that ends a connection. */
  setKeepAlive(fd: number, idle: number, interval: number, count: number): string | null;
  /** Whether the system lets servers take data with the request to connect. */
  servesFastOpen(): boolean;
  /** Of a listener: how many connections may wait that began with data; 0 none. */
  setFastOpen(fd: number, count: number): string | null;
}

/** Loads what may not be there. Returns the reason why it cannot be used, worded as the end of a sentence. */
export type LoadSocketOptions = () => SocketOptions | string;

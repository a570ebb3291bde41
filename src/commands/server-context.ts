/** What commands know of the server as a whole. */

/** What the server is. */
export interface ServerFacts {
  /** The version of Redis whose behaviour it has. */
  readonly version: string;
}

/** What INFO shows. */
export interface Info {
  /** The text for the given section names, lower case; none means the default set. */
  text(sections: readonly string[]): string;
  resetStats(): void;
}

/** The options of SHUTDOWN. */
export interface ShutdownOptions {
  /** Whether to save; null as configured. */
  readonly save: boolean | null;
  readonly now: boolean;
  readonly force: boolean;
  readonly abort: boolean;
}

export interface Lifecycle {
  /** SHUTDOWN. Returns an error reply's text, or null when the server is going down. */
  shutdown(options: ShutdownOptions): string | null;
}

/** What the last snapshot has taken, or the one under way so far. */
export interface SnapshotFigures {
  readonly isRunning: boolean;
  readonly slices: number;
  /** Time in slices, and the longest of them, µs. */
  readonly spentUs: number;
  readonly longestUs: number;
  /** Bytes of its records. */
  readonly bytes: number;
}

export interface Persistence {
  /** Seconds since 1970 of the last successful save. */
  lastSaveSeconds(): number;
  /** Begins a snapshot of all data whose records nobody keeps; false when one is being taken. */
  trySnapshot(): boolean;
  snapshotFigures(): SnapshotFigures;
}

export interface Replication {
  /** Replicates no other server any more. */
  followNobody(): void;
  /** Gives the server a new replication ID. */
  changeId(): void;
}

export interface ServerLog {
  write(level: "debug" | "verbose" | "notice" | "warning", message: string): void;
}

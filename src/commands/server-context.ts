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

export interface Persistence {
  /** Seconds since 1970 of the last successful save. */
  lastSaveSeconds(): number;
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

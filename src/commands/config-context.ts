/** What commands know of the configuration. */

/** CONFIG's view of the settings. Values are text as CONFIG GET prints it. */
export interface ConfigAccess {
  /** Names and values of all settings matching one of the glob patterns, each once. */
  match(patterns: readonly string[]): [name: string, value: string][];
  /** Sets all or none. Returns an error reply's text, or null when done. */
  set(pairs: readonly [name: string, value: string][]): string | null;
  /** Rewrites the configuration file, with `complete` every setting. Returns an error reply's text, or null when done. */
  rewrite(complete?: boolean): string | null;
  number(name: string): number;
  text(name: string): string;
  flag(name: string): boolean;
}

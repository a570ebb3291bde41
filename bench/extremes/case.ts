/** What `npm run extremes` measures: cases, each of some variants, each of some commands. */

/** One command; strings are sent as latin1. */
export type Call = readonly (string | Uint8Array)[];

export type Section = "lists" | "counts" | "values";

/** One measurement: commands sent at once, measured until the last byte of the last reply. */
export interface Variant {
  /** What it differs in from the others of its case: "100 000", "-2^63". */
  readonly label: string;
  /** Sent and answered before the clock starts, to an empty server. */
  readonly prepare: () => Iterable<Call>;
  readonly run: () => readonly Call[];
}

export interface Case {
  readonly section: Section;
  /** The command as one would describe it: "ZUNION key …, the same". */
  readonly name: string;
  readonly variants: readonly Variant[];
  /** Whether redis-server may lack the command. */
  readonly isNewer?: boolean;
}

/** What one variant cost one server. */
export interface Figures {
  /** Until the last byte of the last reply; Infinity if it did not come in time. */
  readonly ms: number;
  /** The server's processor time meanwhile; NaN where the system does not tell. */
  readonly cpuMs: number;
  /** The longest PING of another client. */
  readonly waitMs: number;
  /** Growth of the resident memory at its highest. */
  readonly peakBytes: number;
  /** Growth of `used_memory` at the highest that was seen. */
  readonly usedBytes: number;
  /** The first error among the replies, or "". */
  readonly error: string;
}

/** A variant's figures by program. */
export interface Result {
  readonly case: Case;
  readonly variant: Variant;
  readonly reference: Figures | null;
  readonly candidate: Figures;
}

/** How large cases are. */
export interface Scale {
  /** Numbers of arguments. */
  readonly counts: readonly number[];
  /** Elements of the collections that counts and offsets are tried on. */
  readonly elements: number;
  /** Bytes of large values and replies. */
  readonly bytes: readonly number[];
  /** Elements of large collections. */
  readonly many: number;
}

export const fullScale: Scale = {
  counts: [10_000, 100_000],
  elements: 100_000,
  bytes: [64 << 20, 512 << 20],
  many: 1_000_000,
};
export const quickScale: Scale = { counts: [1_000, 10_000], elements: 10_000, bytes: [16 << 20], many: 100_000 };

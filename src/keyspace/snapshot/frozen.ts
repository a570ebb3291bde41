/** A value that is too large to be copied at once: what it was when the snapshot began, to be written piece by piece while commands go on. */
import type { RecordWriter } from "./record-writer.js";

export interface Frozen {
  /** Its number in the records. */
  readonly number: number;
  /** Writes its next piece; true when that was the last. */
  writeNext(writer: RecordWriter): boolean;
}

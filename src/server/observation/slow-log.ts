/**
 * The slow log: the last `slowlog-max-len` commands that took `slowlog-log-slower-than` microseconds or longer.
 *
 * An entry keeps at most 32 arguments of at most 128 bytes, so the log is as small as its length says; arguments that are secret are
 * kept as "(redacted)". Ids rise by one, so the entries are found by id, and the oldest leaves in constant time.
 */
import type { Argv } from "../../bytes/argv.js";
import type { Client } from "../../commands/client.js";
import type { SlowLogEntry, SlowLog as SlowLogInterface } from "../../commands/observation-context.js";

const MAX_ARGUMENTS = 32;
const MAX_ARGUMENT_BYTES = 128;
const REDACTED = Buffer.from("(redacted)");

export class SlowLog implements SlowLogInterface {
  /** Microseconds from which on a command is logged; negative for none. */
  slowerThanUs = 10_000;
  #maxLength = 128;
  readonly #entries = new Map<number, SlowLogEntry>();
  #nextId = 0;

  /** The least time that is logged; infinite when nothing is. */
  get leastUs(): number {
    return this.slowerThanUs < 0 || this.#maxLength === 0 ? Number.POSITIVE_INFINITY : this.slowerThanUs;
  }

  get maxLength(): number {
    return this.#maxLength;
  }

  set maxLength(length: number) {
    this.#maxLength = length;
    this.#trim();
  }

  get length(): number {
    return this.#entries.size;
  }

  /** Logs a command that took `us`; `secrets` has the indexes of arguments not to be kept. */
  add(client: Client, argv: Argv, secrets: ReadonlySet<number> | null, us: number, nowMs: number): void {
    const id = this.#nextId++;
    this.#entries.set(id, {
      id,
      timeSeconds: Math.floor(nowMs / 1000),
      us: Math.floor(us),
      args: keptArguments(argv, secrets),
      address: client.peerAddress,
      name: client.name,
    });
    this.#trim();
  }

  reset(): void {
    this.#entries.clear();
  }

  newest(count: number): SlowLogEntry[] {
    const found: SlowLogEntry[] = [];
    for (let id = this.#nextId - 1; found.length < count; id--) {
      const entry = this.#entries.get(id);
      if (entry === undefined) break;
      found.push(entry);
    }
    return found;
  }

  #trim(): void {
    while (this.#entries.size > this.#maxLength) this.#entries.delete(this.#entries.keys().next().value!);
  }
}

function keptArguments(argv: Argv, secrets: ReadonlySet<number> | null): Uint8Array[] {
  const isCut = argv.count > MAX_ARGUMENTS;
  const kept = isCut ? MAX_ARGUMENTS - 1 : argv.count;
  const args: Uint8Array[] = [];
  for (let i = 0; i < kept; i++) args.push(secrets?.has(i) ? REDACTED : keptBytes(argv, i));
  if (isCut) args.push(Buffer.from(`... (${argv.count - kept} more arguments)`));
  return args;
}

function keptBytes(argv: Argv, i: number): Uint8Array {
  const more = argv.length[i]! - MAX_ARGUMENT_BYTES;
  if (more <= 0) return argv.bytes(i);
  const start = argv.offset[i]!;
  const head = argv.source.u8.subarray(start, start + MAX_ARGUMENT_BYTES);
  return Buffer.concat([head, Buffer.from(`... (${more} more bytes)`)]);
}

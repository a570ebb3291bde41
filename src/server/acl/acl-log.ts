/** ACL LOG: what was refused, the newest first. What happens again within a minute is counted in the entry it has. */
import type { AclLogContext, AclLogEntry, AclLogReason } from "../../commands/acl-context.js";

/** Events further apart than this are entries of their own. */
const GROUPING_MS = 60_000;
/** So many of the newest entries are looked through for the same event. */
const LOOKED_AT = 10;

/** What is noted about a refusal. */
export interface Refusal {
  readonly reason: AclLogReason;
  readonly context: AclLogContext;
  /** The command, the key, the channel, or for "auth" the word the client used. */
  readonly object: string;
  readonly userName: string;
  /** The client as CLIENT LIST describes it. */
  readonly clientInfo: string;
}

/** The log of one server. */
export class AclLog {
  #entries: AclLogEntry[] = [];
  #nextId = 0;

  add(refusal: Refusal, nowMs: number, maxLength: number): void {
    if (maxLength > 0) this.#note(refusal, nowMs);
    if (this.#entries.length > maxLength) this.#entries.length = maxLength;
  }

  /** The newest `count` entries. */
  entries(count: number): readonly AclLogEntry[] {
    return this.#entries.slice(0, count);
  }

  reset(): void {
    this.#entries = [];
  }

  #note(refusal: Refusal, nowMs: number): void {
    const entries = this.#entries;
    const at = entries.slice(0, LOOKED_AT).findIndex((entry) => isSame(entry, refusal, nowMs));
    if (at < 0) {
      entries.unshift({ ...refusal, id: this.#nextId++, count: 1, createdMs: nowMs, updatedMs: nowMs });
      return;
    }
    const [entry] = entries.splice(at, 1);
    entries.unshift({ ...entry!, clientInfo: refusal.clientInfo, count: entry!.count + 1, updatedMs: nowMs });
  }
}

function isSame(entry: AclLogEntry, refusal: Refusal, nowMs: number): boolean {
  return (
    entry.reason === refusal.reason &&
    entry.context === refusal.context &&
    Math.abs(nowMs - entry.updatedMs) <= GROUPING_MS &&
    entry.object === refusal.object &&
    entry.userName === refusal.userName
  );
}

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
  /** The client as CLIENT LIST describes it. Called at most once for a time, since it costs more than a refusal. */
  describeClient(): string;
}

type Entry = { -readonly [field in keyof AclLogEntry]: AclLogEntry[field] };

/** The log of one server. */
export class AclLog {
  #entries: Entry[] = [];
  #nextId = 0;

  /** Notes a refusal. A log that is longer than `maxLength`, as that was more before, is cut when there is a new entry. */
  add(refusal: Refusal, nowMs: number, maxLength: number): void {
    const entries = this.#entries;
    const count = Math.min(entries.length, LOOKED_AT);
    let at = 0;
    while (at < count && !isSame(entries[at]!, refusal, nowMs)) at++;
    if (at < count) return this.#repeat(at, refusal, nowMs);
    const id = this.#nextId++;
    if (maxLength > 0) {
      const { reason, context, object, userName } = refusal;
      const clientInfo = refusal.describeClient();
      const times = { createdMs: nowMs, updatedMs: nowMs };
      entries.unshift({ id, count: 1, reason, context, object, userName, clientInfo, ...times });
    }
    if (entries.length > maxLength) entries.length = maxLength;
  }

  /** The newest `count` entries. */
  entries(count: number): readonly AclLogEntry[] {
    return this.#entries.slice(0, count);
  }

  reset(): void {
    this.#entries = [];
  }

  /** Counts the event of an entry once more. */
  #repeat(at: number, refusal: Refusal, nowMs: number): void {
    const entries = this.#entries;
    const entry = entries[at]!;
    entry.count++;
    if (entry.updatedMs !== nowMs) entry.clientInfo = refusal.describeClient();
    entry.updatedMs = nowMs;
    if (at === 0) return;
    entries.splice(at, 1);
    entries.unshift(entry);
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

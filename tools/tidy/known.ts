/**
 * What breaks a rule and may. `meant` is meant to be, each with its reason. `ratchet` was there before the rule: it only shrinks, and what is
 * mended has to leave it. Both go by rule, file and name, so that they do not mind lines that come and go.
 */
import type { Violation } from "./project.js";

type Reasons = Readonly<Record<string, string>>;
/** For lengths: how many lines it may be; 0 for all else. */
type Ratchet = Readonly<Record<string, number>>;

const RDB = "RDB files and DUMP are to use it";
const SCRIPTS = "scripts are to use it";
const CLUSTER = "the cluster is to use it";
const AOF = "persistence is to use it";
const REPLICATION = "replication is to use it";

const meant: Reasons = {
  "dead-export src/bytes/crc16.ts keySlot": CLUSTER,
  "dead-export src/bytes/crc64.ts crc64": RDB,
  "dead-export src/bytes/sha1.ts sha1Hex": SCRIPTS,
  "dead-export src/structures/packed/listpack-frame.ts writeFrame": RDB,
  "dead-export src/structures/packed/listpack-frame.ts validate": RDB,
  "dead-export src/protocol/errors.ts BUSY_KEY": RDB,
  "dead-export src/protocol/errors.ts READONLY_REPLICA": REPLICATION,
  "dead-export src/protocol/errors.ts PRIMARY_DOWN": REPLICATION,
  "dead-export src/protocol/errors.ts BUSY_SCRIPT": SCRIPTS,
  "dead-export src/protocol/errors.ts SAVE_FAILING": AOF,
  "dead-member src/commands/debug-switches.ts DebugSwitches.denyScriptsDisabled": SCRIPTS,
  "dead-member src/commands/debug-switches.ts DebugSwitches.checksumsSkipped": RDB,
  "dead-member src/commands/debug-switches.ts DebugSwitches.dictResizing": "DEBUG keeps it, tests see that it does",
  "dead-member src/commands/debug-switches.ts DebugSwitches.quicklistPackedThreshold":
    "DEBUG keeps it, tests see that it does",
  "dead-member src/platform/files.ts Files.syncDirectory": AOF,
  "dead-member src/platform/files.ts Files.makeDirectory": AOF,
  "dead-member src/platform/files.ts NodeFiles.syncDirectory": AOF,
  "dead-member src/platform/files.ts NodeFiles.makeDirectory": AOF,
  "dead-export src/keyspace/snapshot/record-reader.ts RecordReader": RDB,
  "dead-export src/server/clients/internal-client.ts InternalClient": AOF,
  "dead-member src/server/clients/internal-client.ts InternalClient.feed": AOF,
  "dead-member src/keyspace/snapshot/frozen-stream.ts FrozenStream.head": RDB,
  "dead-member src/keyspace/database.ts Database.setFrequency": RDB,
  "dead-member src/keyspace/database.ts Database.setIdleSeconds": RDB,
  "dead-member src/platform/socket-internals.ts HandleOwner._readableState": "Node reads it",
  "dead-member src/platform/socket-internals.ts WriteRequest.oncomplete": "Node calls it",
  "dead-member src/structures/entry/element-view.ts ElementView.latin1":
    "tests of all types say with it what they read",
};

const ratchet: Ratchet = {
  "dead-export src/keyspace/snapshot/frozen-leaves.ts LeafBytes": 0,
  "dead-export src/keyspace/keyspace.ts KeyspaceOptions": 0,
  "dead-export src/keyspace/keyspace.ts KeyspaceStats": 0,
  "dead-export src/server/acl/acl.ts AclParts": 0,
  "dead-export src/server/acl/user-rules.ts RuleParts": 0,
  "dead-export src/server/acl/user-rules.ts RuleProblem": 0,
  "dead-export src/server/clients/admission.ts Admission": 0,
  "dead-export src/server/clients/client-eviction.ts EvictionParts": 0,
  "dead-export src/server/clients/client-registry.ts RegistryParts": 0,
  "dead-export src/server/clients/connection-host.ts INPUT_BYTES": 0,
  "dead-export src/server/config/directive-table.ts directiveCount": 0,
  "dead-export src/server/config/list-kinds.ts BufferClass": 0,
  "dead-export src/server/config/list-kinds.ts PrimaryAddress": 0,
  "dead-export src/server/config/list-kinds.ts SavePoint": 0,
  "dead-export src/server/config/number-kinds.ts NumberOption": 0,
  "dead-export src/server/config/parse-file.ts ConfigSources": 0,
  "dead-export src/server/config/rewrite.ts rewriteText": 0,
  "dead-export src/server/config/scalar-kinds.ts BooleanOption": 0,
  "dead-export src/server/config/throttle-kind.ts ThrottleOption": 0,
  "dead-export src/server/cron.ts CronParts": 0,
  "dead-export src/server/info/sources.ts BlockingFigures": 0,
  "dead-export src/server/info/sources.ts BufferFigures": 0,
  "dead-export src/server/info/sources.ts ServerIdentity": 0,
  "dead-export src/server/info/sources.ts ThrottlingFigures": 0,
  "dead-export src/server/info/sources.ts TrackingFigures": 0,
  "dead-export src/server/info/sources.ts WatchFigures": 0,
  "dead-export src/server/listening/port-listeners.ts PortSettings": 0,
  "dead-export src/server/listening/server-tls.ts ServerTlsParts": 0,
  "dead-export src/server/listening/tcp-options.ts TcpConnection": 0,
  "dead-export src/server/listening/tcp-options.ts TcpOptionsParts": 0,
  "dead-export src/server/observation/command-observers.ts SensitiveSettings": 0,
  "dead-export src/server/process/log.ts LogOptions": 0,
  "dead-export src/server/process/log.ts LogRole": 0,
  "dead-export src/server/process/log.ts timestamp": 0,
  "dead-export src/server/server.ts ServerParts": 0,
  "dead-export src/server/throttle/throttling.ts ThrottlingParts": 0,
  "dead-export src/server/tracking/tracking-table.ts TableParts": 0,
  "dead-export src/server/tracking/tracking.ts TrackingParts": 0,
  "dead-export src/structures/tree/counted-tree-verify.ts VerifiableTree": 0,
  "dead-export src/structures/tree/counted-tree.ts LeafVisitor": 0,
  "dead-member src/keyspace/evict.ts Eviction.policy": 0,
  "dead-member src/server/config/server-options.ts OptionError.option": 0,
  "dead-member src/server/observation/latency-histogram.ts LogLinearHistogram.each": 0,
  "dead-member src/server/observation/slow-log.ts SlowLog.maxLength": 0,
  "dead-member src/server/tracking/tracking-table.ts TrackingTable.liveBlocks": 0,
  "dead-member src/structures/tree/sorted-index.ts SortedIndex.countBetween": 0,
  "dead-member src/structures/tree/sorted-index.ts SortedIndex.seekRef": 0,
  "shift src/server/clients/output-queue.ts this.#loans.shift": 0,
  "shift src/server/config/rewrite.ts places.shift": 0,
  "shift src/server/observation/latency-monitor.ts this.samples.shift": 0,
};

/** What is to be done about all that was found, a line each; empty when all is well. */
export function judge(found: readonly Violation[], reasons: Reasons = meant, known: Ratchet = ratchet): string[] {
  const problems: string[] = [];
  const left = new Set([...Object.keys(reasons), ...Object.keys(known)]);
  for (const violation of found) {
    const key = keyOf(violation);
    left.delete(key);
    if (key in reasons || (violation.lines ?? 0) <= (known[key] ?? -1)) continue;
    problems.push(`${violation.path}:${violation.line}: ${violation.rule}: ${violation.message}`);
  }
  for (const key of left) problems.push(`tools/tidy/known.ts: "${key}" breaks no rule any more: remove it`);
  return problems;
}

function keyOf({ rule, path, subject }: Violation): string {
  return `${rule} ${path} ${subject}`.trimEnd();
}

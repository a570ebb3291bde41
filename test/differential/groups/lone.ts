/** Commands about scripts, replicas and clusters, as far as a server that has none of them answers; and the keys of all of them. */

import type { Random } from "../random.js";
import { type Group, step } from "../step.js";
import { integer, shortKey, value } from "../values.js";

const digest = (r: Random): string => r.pick(["f".repeat(40), "f".repeat(39), "", "x"]);
const count = (r: Random): string => (r.oneIn(3) ? integer(r) : r.pick(["0", "1", "2"]));
const some = (r: Random): string[] => r.list(0, 3, () => shortKey(r));

/** How many keys follow, as COMMAND reads it: Redis takes there what atoi takes, "1.0" too. */
const plainCount = (r: Random): string => r.pick(["0", "1", "2", "3", "-1", "x"]);

/** Commands with keys that COMMAND and ACL find, whether they can run or not. */
export function callWithKeys(r: Random): string[] {
  const name = r.pick(["EVAL", "EVAL_RO", "EVALSHA", "EVALSHA_RO", "FCALL", "FCALL_RO"]);
  return r.pick([
    () => [name, r.oneIn(2) ? digest(r) : "s", plainCount(r), ...some(r)],
    () => ["MIGRATE", "h", "1", r.oneIn(2) ? "" : shortKey(r), "0", "5", ...migrateOptions(r)],
    () => [r.pick(["RESTORE", "RESTORE-ASKING"]), shortKey(r), "0", value(r), ...r.some(["REPLACE", "ABSTTL"])],
    () => ["DUMP", shortKey(r)],
  ])();
}

function migrateOptions(r: Random): string[] {
  const options = r.some([["COPY"], ["REPLACE"], ["AUTH", "p"], ["AUTH2", "u", "p"]]);
  if (r.oneIn(2)) options.push([r.pick(["KEYS", "keys"]), shortKey(r), ...some(r)]);
  return options.flat();
}

export const loneGroup: Group = [
  [4, (r) => step([r.pick(["EVALSHA", "EVALSHA_RO"]), digest(r), count(r), ...some(r)])],
  [2, (r) => step([r.pick(["FCALL", "FCALL_RO"]), r.pick(["f", ""]), count(r), ...some(r)])],
  [2, (r) => step(["SCRIPT", r.pick(["EXISTS", "FLUSH", "KILL", "junk", ""]), ...r.some(["SYNC", "async", "x"])])],
  [1, (r) => step(["FUNCTION", r.pick(["FLUSH", "DELETE", "KILL", "junk"]), ...r.some(["SYNC", "async", "x"])])],
  [2, (r) => step(["FUNCTION", "LIST", ...r.some(["WITHCODE", "LIBRARYNAME", "x"])])],
  [1, () => step(["FUNCTION", "STATS"])],
  [
    1,
    (r) =>
      step([
        r.pick(["REPLICAOF", "SLAVEOF"]),
        ...r.pick([
          ["NO", "ONE"],
          ["no", "one"],
          ["h", "-1"],
          ["h", "x"],
        ]),
      ]),
  ],
  [3, (r) => step(["FAILOVER", ...r.some(["TO", "h", "1", "FORCE", "ABORT", "TIMEOUT"]), ...r.some([integer(r)])])],
  [1, () => step(["ROLE"])],
  [1, (r) => step([r.pick(["READONLY", "READWRITE", "ASKING"])])],
  [2, (r) => step(["CLUSTER", r.pick(["INFO", "HELP", "NODES", "SLOTS", "KEYSLOT", "junk", ""]), ...some(r)])],
  [2, (r) => step(["WAIT", r.pick(["0", "-1", "x", "1"]), r.pick(["1", "x", "-1", "1.5", ""])])],
  [6, (r) => step(["COMMAND", r.pick(["GETKEYS", "GETKEYS", "GETKEYSANDFLAGS"]), ...callWithKeys(r)])],
];

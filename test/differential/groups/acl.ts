/** ACL: rules given to users nobody is, and what those users could do with the commands of other groups. */
import type { Reply } from "../../support/reply-parser.js";
import { type Comparison, elements, exact } from "../comparison.js";
import type { Random } from "../random.js";
import { fixed, type Group, step } from "../step.js";

const USERS = ["u1", "u2", "ü", "none"];
const COMMANDS = (
  "get set mget del config config|get client|kill client select sort keys bitop publish debug hello junk " +
  "eval bgsave replicaof role wait cluster cluster|slots script|load function migrate restore"
).split(" ");
const CATEGORIES = "all read write string bitmap keyspace fast slow dangerous admin pubsub connection junk".split(" ");

const user = (r: Random): string => r.pick(USERS);
const glob = (r: Random): string => r.pick(["*", "k*", "key:*", "*1", "?", "[a-k]*", "", "k1", "a b", "c\x00", "*"]);

function commandRule(r: Random): string {
  const sign = r.pick(["+", "+", "-"]);
  if (r.oneIn(3)) return `${sign}@${r.pick(CATEGORIES)}`;
  return `${sign}${r.pick(COMMANDS)}${r.oneIn(12) ? `|${r.pick(["0", "get", "x|y", ""])}` : ""}`;
}

/** Without zero bytes, at which Redis ends rules that are spread over several arguments. */
function innerRule(r: Random): string {
  return r.oneIn(2) ? commandRule(r) : `~${r.pick(["*", "k*", "key:*", "a", "%", ""])}`;
}

/** Rules, now and then with a selector in several arguments, which may lack its end. */
function rules(r: Random): string[] {
  const made = r.list(1, 5, () => rule(r));
  if (r.oneIn(8)) made.push(`(${innerRule(r)}`, ...r.list(0, 2, () => innerRule(r)), ...r.pick([["+get)"], [")"], []]));
  return made;
}

function rule(r: Random): string {
  return r.weighted<() => string>([
    [8, () => commandRule(r)],
    [5, () => r.pick(["~", "~", "%R~", "%W~", "%RW~", "%wr~", "%~", "%X~"]) + glob(r)],
    [3, () => `&${glob(r)}`],
    [3, () => r.pick([">", "<"]) + r.pick(["p", "q", ""])],
    [1, () => r.pick(["#", "!"]) + r.pick(["ab", "0123456789abcdef".repeat(4)])],
    [4, () => r.pick(["on", "off", "nopass", "resetpass", "reset", "ON", "", "junk"])],
    [
      3,
      () => r.pick(["allkeys", "resetkeys", "allchannels", "resetchannels", "allcommands", "nocommands", "~*", "&*"]),
    ],
    [2, () => `(${r.list(0, 4, () => innerRule(r)).join(" ")})`],
    [1, () => r.pick(["clearselectors", "sanitize-payload", "skip-sanitize-payload"])],
  ])();
}

/** 7.2 prints the rules about commands as they were given, and the flag "sanitize-payload"; here a "*" that is not all keys shows. */
const sameButCommands: Comparison = (expected, actual) => {
  const [left, right] = [elements(expected), elements(actual)];
  if (left === null || right === null || left.length !== right.length) return exact(expected, actual);
  return left.every((part, i) => {
    if (nameBefore(left, i) === "commands") return true;
    if (nameBefore(left, i) === "flags") return sameFlags(part, right[i]!);
    if (nameBefore(left, i) === "keys") return part.value === String(right[i]!.value).replace(/%RW~\*(?= |$)/, "~*");
    return elements(part) === null ? exact(part, right[i]!) : sameButCommands(part, right[i]!);
  });
};

function nameBefore(parts: readonly Reply[], i: number): unknown {
  return i % 2 === 1 ? parts[i - 1]!.value : undefined;
}

function sameFlags(expected: Reply, actual: Reply): boolean {
  const names = (reply: Reply): string[] =>
    [...(reply.value as Iterable<string>)].filter((name) => name !== "sanitize-payload");
  return names(expected).join() === names(actual).join();
}

/** 7.2 names the user, shows keys and channels beyond a zero byte, and allows other numbers of arguments here. */
const sameRefusal: Comparison = (expected, actual) => {
  const [left, right] = [expected.value, actual.value];
  if (/arguments for '(zrank|zrevrank|command.getkeys(andflags)?)'/.test(expected.bytes.toString())) return true;
  if (typeof left !== "string" || typeof right !== "string") return exact(expected, actual);
  return left.replace(/^This user /, "") === right.replace(/^User \S* /, "").replace(/\0.*(?=' )/s, "");
};

/** `call` makes a command of the other groups. */
export const aclGroup = (call: (r: Random) => readonly string[]): Group => [
  [8, (r) => step(["ACL", "SETUSER", user(r), ...rules(r)])],
  [12, (r) => step(["ACL", "DRYRUN", user(r), ...call(r)], sameRefusal)],
  [4, (r) => step(["ACL", "GETUSER", user(r)], sameButCommands)],
  [1, (r) => step(["ACL", "DELUSER", ...r.list(1, 2, () => user(r))])],
  [1, () => step(["ACL", "USERS"])],
  [1, (r) => step(["ACL", r.pick(["WHOAMI", "CAT", "junk", "", "GETUSER", "LOAD", "SAVE"])])],
  [1, (r) => fixed("ACL", "GENPASS", r.pick(["0", "-1", "x", "4097", ""]))],
  [1, (r) => fixed("ACL", "LOG", r.pick(["RESET", "x", "-1", "0"]))],
  // As another user other commands would be refused, in other words than 7.0's.
  [1, (r) => [fixed("AUTH", user(r), r.pick(["p", "q", ""])), fixed("RESET")]],
];

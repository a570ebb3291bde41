/**
 * The interplay of types: the commands of all groups on a few keys that hold now a value of this type, now of that; results stored over
 * values of another type; collections that cross the thresholds of their encodings, are renamed, copied, moved and expire.
 */
import { type Comparison, sameType, within } from "../comparison.js";
import type { Random } from "../random.js";
import { fixed, type Group, type Step, step } from "../step.js";
import { allKeys, longKeys } from "../values.js";

/** Sorted sets are compared by what begins with "z:". */
export const typedKeys = ["z:t1", "z:t2", "z:t3", "z:t4", "z:t5", "z:t6"];

/** Names of keys that the groups have for themselves: "s:1", "sort:n1", "long1" … */
const ownKey = /^(z:\w+|s:\w+|[hx]:?\d|[HB]\d|l\d|long\d|large\d|sort:(n|w|to)\d)$/;
const known = new Set(allKeys);

const about = within(2000);

const typedKey = (r: Random): string => r.pick(typedKeys);

/**
 * Long values would make LCS and its like slow on the keys of this group. Digests of scores are not the same in 7.0, and what goes by
 * member in a sorted set of different scores is left open. The last bit of a stored distance is the C library's, and of a broken
 * HyperLogLog Redis changes what it can before it says so.
 */
const isUnfit = ({ args }: Step): boolean =>
  args.some((arg) => longKeys.includes(arg) || arg.length > 1000 || /^(BYLEX|STOREDIST)$|^HYLL/i.test(arg)) ||
  /^(CONFIG|DEBUG|FLUSH|SWAPDB|MOVE|ZREMRANGEBYLEX)/i.test(args[0]!);

/** Other groups give keys expire times that are the same for both servers; here some are relative. */
function comparisonOf({ args, compare }: Step): Comparison {
  if (/^Z.*LEX/i.test(args[0]!)) return sameType;
  return /^P?EXPIRETIME$/i.test(args[0]!) ? about : compare;
}

/** A step of another group, on keys of this one. */
function borrowed(r: Random, groups: readonly Group[]): readonly Step[] {
  for (;;) {
    const made = r.weighted(r.pick(groups))(r);
    const steps = "args" in made ? [made] : made;
    if (steps.some(isUnfit)) continue;
    // No sorted set leaves the keys of this group, since other groups compare digests.
    const mayStray = !steps.some(({ args }) => /^(RENAME|COPY|MOVE|GEO|Z)/i.test(args[0]!));
    const replaced = (arg: string, i: number) =>
      i > 0 && (known.has(arg) || ownKey.test(arg)) && !(mayStray && r.oneIn(12)) ? typedKey(r) : arg;
    // Steps that belong together speak of one key.
    if (steps.length > 1) return steps;
    return steps.map((each) => ({
      args: each.args.map(replaced),
      compare: comparisonOf(each),
      fixed: each.fixed === true,
    }));
  }
}

/** Many elements at once: more than the small encodings hold, or just as many. */
function filled(r: Random): Step {
  const key = typedKey(r);
  const count = r.pick([20, 127, 128, 129, 140, 512, 513, 600]);
  const each = (make: (i: number) => string[]) => Array.from({ length: count }, (_, i) => make(i)).flat();
  return r.pick([
    () => step(["RPUSH", key, ...each((i) => [`element:${i}`])]),
    () => step(["SADD", key, ...each((i) => [String(i)])]),
    () => step(["SADD", key, ...each((i) => [`member:${i}`])]),
    () => step(["HSET", key, ...each((i) => [`field:${i}`, `${i}`])]),
    () => step(["ZADD", key, ...each((i) => [String(i % 50), `member:${i}`])]),
  ])();
}

/** As `filled`, and all but a few removed again. */
function emptied(r: Random): readonly Step[] {
  const key = typedKey(r);
  const made = filled(r);
  const from = r.integer(0, 4);
  const names = Array.from({ length: 600 }, (_, i) => i).slice(from);
  return [
    fixed("DEL", key),
    { ...made, args: [made.args[0]!, key, ...made.args.slice(2)], fixed: true },
    fixed("LTRIM", key, "0", String(from)),
    fixed("SREM", key, ...names.flatMap((i) => [String(i), `member:${i}`])),
    fixed("HDEL", key, ...names.map((i) => `field:${i}`)),
    fixed("ZREM", key, ...names.map((i) => `member:${i}`)),
    fixed("TYPE", key),
    fixed("EXISTS", key),
  ];
}

/** The group, made of all others. */
export const typesGroup = (groups: readonly Group[]): Group => [
  [40, (r) => borrowed(r, groups)],
  [1, (r) => filled(r)],
  [0.5, emptied],
  [2, (r) => step([r.pick(["RENAME", "RENAMENX"]), typedKey(r), typedKey(r)])],
  [2, (r) => step(["COPY", typedKey(r), typedKey(r), ...r.some(["REPLACE"])])],
  [3, (r) => step([r.pick(["DEL", "UNLINK"]), typedKey(r)])],
  [2, (r) => step(["TYPE", typedKey(r)])],
  [1, (r) => step(["PEXPIREAT", typedKey(r), r.pick(["1", "4102444800000"])])],
  [1, (r) => step([r.pick(["PERSIST", "EXISTS", "TOUCH"]), typedKey(r)])],
  [0.5, (r) => step(["PEXPIRETIME", typedKey(r)], about)],
];

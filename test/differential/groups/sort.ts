/**
 * SORT: numbers and words in lists, sets and sorted sets, with weights in strings and hashes, missing and broken ones among them.
 *
 * Where Redis leaves open which of two equal ones comes first (ALPHA BY in sets; in all with LIMIT), equal ones are avoided or compared
 * in any order. Redis takes an earlier command's ERANGE for one of SORT's own: INCRBYFLOAT before it clears errno.
 */
import { anyOrder, type Comparison, elements, sameType } from "../comparison.js";
import type { Random } from "../random.js";
import { fixed, type Group, type Step, step } from "../step.js";
import { allKeys, anyCase, integer, shortKey, value } from "../values.js";

const numberLists = ["sort:n1", "sort:n2", "sort:n3"];
const wordLists = ["sort:w1", "sort:w2"];
const sets = ["s:sort1", "s:sort2"];
const sortedSets = ["z:sort1", "z:sort2"];
const unordered = [...sets, ...sortedSets];
const targets = ["sort:to1", "sort:to2", "sort:to3"];

/** Known to the group of all types. */
const sortKeys = [...numberLists, ...wordLists, ...unordered, ...targets];

const numbers = [
  ..."0 1 2 3 10 -5 1.5 1.0 01 -0 1e3 0x10 inf -inf +7 .5 9007199254740993 9223372036854775807".split(" "),
  " 7",
  "",
];
const words = ["a", "b", "ab", "B", "", "\xff", "zz", "10", "9", "x".repeat(70), "a\x00b", "a\x00a", "\x00"];
const wordsInSets = words.filter((word) => !word.includes("\x00"));

const number = (r: Random): string => (r.oneIn(60) ? r.pick(["x", "1x", "nan", "1 ", "0x"]) : r.pick(numbers));

const weightPatterns = [
  "sort:w_*",
  "sort:h_*->f",
  "sort:h_*->g",
  "sort:h_*->",
  "sort:*_1",
  "sort:w_*->f",
  "*",
  "#",
  "nokey",
];
const pattern = (r: Random): string =>
  r.oneIn(12) ? r.pick(["", "*->f", "sort:\x00*", "sort:h_*->f\x00", "**", value(r)]) : r.pick(weightPatterns);

const limit = (r: Random): string[] => {
  const part = (high: number) => (r.oneIn(8) ? integer(r) : String(r.integer(-2, high)));
  return r.oneIn(2) ? [] : [anyCase(r, "LIMIT"), part(8), part(20)];
};

const order = (r: Random): string[] => r.some(["ASC", "DESC", "DESC"]).map((word) => anyCase(r, word));
const gets = (r: Random): string[] => (r.oneIn(2) ? r.list(1, 3, () => ["GET", pattern(r)]).flat() : []);
const store = (r: Random): string[] => (r.oneIn(3) ? ["STORE", r.pick(r.oneIn(6) ? sortKeys : targets)] : []);

/** Redis' own errno must be no matter. */
const CLEARED = fixed("INCRBYFLOAT", "sort:errno", "0");

const sorted = (words: readonly string[], compare?: Comparison): readonly Step[] => [CLEARED, step(words, compare)];

/** As many: which ones is each server's own. */
const sameCount: Comparison = (a, b) => {
  const left = elements(a);
  return sameType(a, b) && left?.length === elements(b)?.length;
};

const name = (r: Random): string => r.pick(["SORT", "SORT", "SORT_RO"]);

function byNumber(r: Random): readonly Step[] {
  const key = r.oneIn(15) ? r.pick(allKeys) : r.pick(r.oneIn(3) ? sortKeys : numberLists);
  const by = r.oneIn(2) ? ["BY", r.pick(["sort:w_*", "sort:h_*->f"])] : [];
  return sorted([name(r), key, ...by, ...limit(r), ...gets(r), ...order(r), ...store(r)]);
}

/** By the elements themselves: equal ones differ behind a zero byte only, which those of sets have not. */
function byText(r: Random): readonly Step[] {
  return sorted([name(r), r.pick(sortKeys), "ALPHA", ...limit(r), ...gets(r), ...order(r), ...store(r)]);
}

function byTextOfKeys(r: Random): readonly Step[] {
  const words = ["ALPHA", "BY", pattern(r).replace(/^(?=[^*]*$)/, "*"), ...gets(r), ...order(r)];
  if (r.oneIn(2)) return sorted(["SORT", r.pick(unordered), ...words], anyOrder);
  return sorted([name(r), r.pick([...numberLists, ...wordLists]), ...words, ...store(r)]);
}

function unsorted(r: Random): readonly Step[] {
  const by = ["BY", r.pick(["nosort", "", "sort:w_1", "#"])];
  const words = [...by, ...limit(r), ...gets(r), ...order(r)];
  if (!r.oneIn(3)) {
    const keys = [...numberLists, ...wordLists, ...sortedSets];
    return sorted([name(r), r.pick(keys), ...words, ...store(r)]);
  }
  if (r.oneIn(3)) return [CLEARED, fixed("SORT", r.pick(sets), ...words, "STORE", r.pick(targets))];
  return sorted(["SORT", r.pick(sets), ...words], words.length === 2 ? anyOrder : sameCount);
}

const options = ["BY", "LIMIT", "GET", "STORE", "ASC", "DESC", "ALPHA", "nosort", "1", "0", "junk", "#"];

export const sortGroup: Group = [
  [3, (r) => [fixed("DEL", r.pick(sortKeys)), fixed("RPUSH", r.pick(numberLists), ...r.list(1, 12, () => number(r)))]],
  [2, (r) => step(["LPOP", r.pick([...numberLists, ...wordLists, ...targets]), String(r.integer(1, 9))])],
  [1, (r) => step(["RPUSH", r.pick(numberLists), ...r.list(100, 300, () => String(r.integer(-50, 50)))])],
  [2, (r) => step(["RPUSH", r.pick(wordLists), ...r.list(1, 9, () => r.pick(words))])],
  [2, (r) => step(["SADD", r.pick(sets), ...r.list(1, 6, () => r.pick(r.oneIn(3) ? wordsInSets : numbers))])],
  [1, (r) => step(["SADD", r.pick(sets), ...r.list(1, 6, () => String(r.integer(0, 40)))])],
  [
    2,
    (r) => step(["ZADD", r.pick(sortedSets), ...r.list(1, 5, () => [String(r.integer(0, 9)), r.pick(numbers)]).flat()]),
  ],
  [1, (r) => step(["ZADD", r.pick(sortedSets), String(r.integer(0, 9)), r.pick(wordsInSets)])],
  [4, (r) => fixed("SET", `sort:w_${r.pick(numbers)}`, r.oneIn(30) ? value(r) : number(r))],
  [1, (r) => fixed("DEL", `sort:w_${r.pick(numbers)}`, `sort:h_${r.pick(numbers)}`)],
  [4, (r) => fixed("HSET", `sort:h_${r.pick(numbers)}`, r.pick(["f", "g"]), number(r))],
  [1, (r) => step(["DEL", r.pick(sortKeys)])],
  [12, byNumber],
  [8, byText],
  [6, byTextOfKeys],
  [8, unsorted],
  [4, (r) => sorted([name(r), r.pick(numberLists), ...r.list(1, 4, () => anyCase(r, r.pick(options)))])],
  [1, (r) => step(["COMMAND", "GETKEYS", "SORT", ...r.list(1, 6, () => r.pick([...options, shortKey(r)]))])],
  [1, (r) => step(["LRANGE", r.pick(targets), "0", "-1"])],
];

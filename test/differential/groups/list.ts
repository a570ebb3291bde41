/**
 * Commands on lists, with three pools of keys of their own: lists of few elements, long ones, and ones of large elements. What would
 * wait for an element waits a millisecond.
 */
import type { Random } from "../random.js";
import { fixed, type Group, step } from "../step.js";
import { anyCase, integer, shortKey, value } from "../values.js";

const listKeys = ["l1", "l2", "l3", "l4", "long1", "long2", "large1", "large2"];

const smallKeys = listKeys.slice(0, 4);
const longKeys = listKeys.slice(4, 6);
const largeKeys = listKeys.slice(6);

/** The key of a list, now and then of something else. */
const anyKey = (r: Random): string => (r.oneIn(40) ? shortKey(r) : r.pick(r.oneIn(2) ? smallKeys : listKeys));

/** Few different ones, so that searching finds some. */
const element = (r: Random): string =>
  r.weighted([
    [6, () => r.pick(["a", "b", "c", "1", "2", "-5", "1000", "70000", "9223372036854775807", ""])],
    [2, () => value(r)],
    [2, () => String(r.integer(-70_000, 70_000))],
  ])();

const largeElement = (r: Random): string =>
  r.pick(["x", "y", "z"]).repeat(r.pick([1, 63, 64, 900, 4095, 4096, 8190, 9000]));

const index = (r: Random): string => (r.oneIn(8) ? integer(r) : String(r.integer(-30, 30)));

const side = (r: Random): string => anyCase(r, r.oneIn(20) ? "MIDDLE" : r.pick(["LEFT", "RIGHT"]));

const count = (r: Random): string => (r.oneIn(6) ? integer(r) : String(r.integer(-3, 6)));

const shortWait = (r: Random): string => r.pick(["0.001", "0.0005", "1e-3"]);

/** A timeout that is refused. Redis 7.0 calls those negative that are too large. */
const noTimeout = (r: Random): string =>
  r.pick(["-1", "x", "", "nan", "-inf", "-1e300", "-0.01", " 1", "1 ", "0x", "1e"]);

const push = (r: Random): string => r.pick(["LPUSH", "RPUSH", "LPUSH", "RPUSH", "LPUSHX", "RPUSHX"]);

function positionOptions(r: Random): string[] {
  const option = (word: string) => (r.oneIn(20) ? [anyCase(r, word)] : [anyCase(r, word), count(r)]);
  return r.some(["RANK", "COUNT", "MAXLEN", "junk"]).flatMap(option);
}

function keysAndSide(r: Random): string[] {
  const keys = r.list(1, 3, () => anyKey(r));
  const numkeys = r.oneIn(12) ? r.pick(["0", "-1", "x", "4", "9223372036854775807"]) : String(keys.length);
  const options = r.oneIn(2)
    ? []
    : r.oneIn(10)
      ? r.some(["COUNT", "COUNT", "1", "junk"])
      : [anyCase(r, "COUNT"), count(r)];
  return [numkeys, ...keys, side(r), ...options];
}

/** A blocking command, sent as it is: an argument more could make it wait for ever. */
function blocking(r: Random, timeout: string) {
  return r.pick([
    () => fixed(r.pick(["BLPOP", "BRPOP"]), ...r.list(1, 3, () => anyKey(r)), timeout),
    () => fixed("BLMPOP", timeout, ...keysAndSide(r)),
    () => fixed("BLMOVE", anyKey(r), anyKey(r), side(r), side(r), timeout),
    () => fixed("BRPOPLPUSH", anyKey(r), anyKey(r), timeout),
  ])();
}

export const listGroup: Group = [
  [16, (r) => step([push(r), anyKey(r), ...r.list(1, 5, () => element(r))])],
  [3, (r) => step([push(r), r.pick(longKeys), ...r.list(100, 400, () => element(r))])],
  [4, (r) => step([push(r), r.pick(largeKeys), ...r.list(1, 3, () => largeElement(r))])],
  [10, (r) => step([r.pick(["LPOP", "RPOP"]), anyKey(r), ...(r.oneIn(3) ? [count(r)] : [])])],
  [2, (r) => step([r.pick(["LPOP", "RPOP"]), r.pick(listKeys), String(r.integer(1, 300))])],
  [4, (r) => step(["LLEN", anyKey(r)])],
  [10, (r) => step(["LRANGE", anyKey(r), index(r), index(r)])],
  [6, (r) => step(["LINDEX", anyKey(r), r.oneIn(3) ? String(r.integer(-900, 900)) : index(r)])],
  [6, (r) => step(["LSET", anyKey(r), r.oneIn(3) ? String(r.integer(-900, 900)) : index(r), element(r)])],
  [2, (r) => step(["LSET", r.pick(largeKeys), index(r), largeElement(r)])],
  [7, (r) => step(["LINSERT", anyKey(r), anyCase(r, r.pick(["BEFORE", "AFTER", "junk"])), element(r), element(r)])],
  [2, (r) => step(["LINSERT", r.pick(largeKeys), r.pick(["BEFORE", "AFTER"]), largeElement(r), largeElement(r)])],
  [6, (r) => step(["LREM", anyKey(r), count(r), element(r)])],
  [1, (r) => step(["LREM", r.pick(largeKeys), count(r), largeElement(r)])],
  [3, (r) => step(["LTRIM", anyKey(r), index(r), index(r)])],
  [2, (r) => step(["LTRIM", r.pick(longKeys), String(r.integer(0, 100)), String(r.integer(-100, 700))])],
  [8, (r) => step(["LPOS", anyKey(r), element(r), ...positionOptions(r)])],
  [6, (r) => step(["LMOVE", anyKey(r), anyKey(r), side(r), side(r)])],
  [3, (r) => step(["RPOPLPUSH", anyKey(r), anyKey(r)])],
  [1, (r) => step(["LMOVE", r.pick(largeKeys), r.pick(listKeys), side(r), side(r)])],
  [5, (r) => step(["LMPOP", ...keysAndSide(r)])],
  [3, (r) => blocking(r, shortWait(r))],
  [2, (r) => blocking(r, noTimeout(r))],
  [2, (r) => step(["COPY", anyKey(r), anyKey(r), ...(r.oneIn(2) ? ["REPLACE"] : [])])],
  [2, (r) => step(["RENAME", anyKey(r), anyKey(r)])],
  [1, (r) => step(["DEL", anyKey(r)])],
  [1, (r) => step(["OBJECT", "ENCODING", anyKey(r)])],
  [1, (r) => step(["DEBUG", "DIGEST-VALUE", anyKey(r)])],
];

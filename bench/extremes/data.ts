/** What the commands of each group find: keys `key:0`, `key:1` … of their type. */
import type { CommandGroup } from "../../src/commands/spec.js";
import type { Call } from "./case.js";

const BATCH = 1000;

/** One command that makes `key` a collection of the elements `from` up to `to`; null for groups whose commands need no keys. */
function fill(group: CommandGroup, key: string, from: number, to: number): Call | null {
  const call: string[] = [];
  const put = (...words: string[]): number => call.push(...words);
  for (let i = from; i < to; i++) {
    switch (group) {
      case "list":
        put(`element:${i}`);
        break;
      case "set":
      case "hyperloglog":
        put(`element:${i}`);
        break;
      case "sorted-set":
        put(String(i), `element:${i}`);
        break;
      case "geo":
        put(String((i % 3600) / 10 - 180), String((i % 1700) / 10 - 85), `element:${i}`);
        break;
      case "hash":
        put(`element:${i}`, `value:${i}`);
        break;
    }
  }
  switch (group) {
    case "list":
      return ["RPUSH", key, ...call];
    case "set":
      return ["SADD", key, ...call];
    case "sorted-set":
      return ["ZADD", key, ...call];
    case "geo":
      return ["GEOADD", key, ...call];
    case "hash":
      return ["HSET", key, ...call];
    case "hyperloglog":
      return ["PFADD", key, ...call];
    case "string":
    case "bitmap":
    case "generic":
    case "transactions":
      return ["SET", key, "12345678"];
    default:
      return null;
  }
}

/** `key` as a collection of `count` elements. */
export function* collection(group: CommandGroup, key: string, count: number): Iterable<Call> {
  if (group === "stream") {
    for (let i = 0; i < count; i++) yield ["XADD", key, `${i + 1}-0`, "field", `value:${i}`];
    yield ["XGROUP", "CREATE", key, "g", "0"];
    return;
  }
  for (let from = 0; from < count; from += BATCH) {
    const call = fill(group, key, from, Math.min(count, from + BATCH));
    if (call === null) return;
    yield call;
    if (call[0] === "SET") return;
  }
}

/** `count` keys of one element each. */
export function* keys(group: CommandGroup, count: number): Iterable<Call> {
  for (let i = 0; i < count; i++) {
    if (group === "stream") {
      yield ["XADD", `key:${i}`, "1-0", "field", "value"];
      yield ["XGROUP", "CREATE", `key:${i}`, "g", "0"];
      continue;
    }
    const call = fill(group, `key:${i}`, i, i + 1);
    if (call === null) return;
    yield call;
  }
}

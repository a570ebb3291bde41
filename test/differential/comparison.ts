/** Ways to compare the replies of two servers to the same command. Most are exact; the others say why they are not. */
import { Reply } from "../support/reply-parser.js";

/** True when the replies agree. */
export type Comparison = (expected: Reply, actual: Reply) => boolean;

export const exact: Comparison = (a, b) => a.bytes.equals(b.bytes);

/** The order of elements is each server's own (KEYS, COMMAND LIST). */
export const anyOrder: Comparison = (a, b) => {
  const left = elements(a);
  const right = elements(b);
  return exact(a, b) || (left !== null && right !== null && a.bytes[0] === b.bytes[0] && sameInAnyOrder(left, right));
};

/** A cursor and keys in any order. */
export const scanned: Comparison = (a, b) => {
  const left = elements(a);
  const right = elements(b);
  if (left?.length !== 2 || right?.length !== 2) return exact(a, b);
  return exact(left[0]!, right[0]!) && anyOrder(left[1]!, right[1]!);
};

/** Names and values, in the order of each server's own (CONFIG GET). */
export const anyOrderOfPairs: Comparison = (a, b) => {
  const left = elements(a);
  const right = elements(b);
  if (left === null || right === null) return exact(a, b);
  return a.bytes[0] === b.bytes[0] && sameInAnyOrder(pairs(left), pairs(right));
};

/** Numbers that depend on the moment: they may differ by `tolerance`. Negative ones (no key, no expiry) may not. */
export function within(tolerance: number): Comparison {
  return (a, b) => {
    if (exact(a, b)) return true;
    if (a.bytes[0] !== 0x3a || b.bytes[0] !== 0x3a) return false;
    const left = BigInt(a.bytes.toString("latin1", 1).trim());
    const right = BigInt(b.bytes.toString("latin1", 1).trim());
    if (left < 0n || right < 0n) return false;
    const distance = left > right ? left - right : right - left;
    return distance <= BigInt(tolerance);
  };
}

/** The content is each server's own (TIME, INFO): only the type of the reply counts, and errors must be equal. */
export const sameType: Comparison = (a, b) => a.bytes[0] === b.bytes[0] && (!a.isError || exact(a, b));

/** HELLO: all but the version and the connection's id. */
export const greeting: Comparison = (a, b) => {
  const left = elements(a);
  const right = elements(b);
  if (left === null || right === null || left.length !== right.length) return exact(a, b);
  return a.bytes[0] === b.bytes[0] && left.every((item, i) => i === 3 || i === 7 || exact(item, right[i]!));
};

/** The parts of an array, set, map or push (a map's keys and values alternate); null for any other reply and null arrays. */
export function elements(reply: Reply): Reply[] | null {
  const { bytes } = reply;
  const type = String.fromCharCode(bytes[0]!);
  if (!"*~%>".includes(type)) return null;
  const count = Number(bytes.toString("latin1", 1, bytes.indexOf("\r\n")));
  if (count < 0) return null;
  const parts: Reply[] = [];
  let offset = bytes.indexOf("\r\n") + 2;
  for (let left = type === "%" ? count * 2 : count; left > 0; left--) {
    const end = Reply.end(bytes, offset);
    parts.push(new Reply(bytes.subarray(offset, end)));
    offset = end;
  }
  return parts;
}

function pairs(items: readonly Reply[]): Reply[] {
  const joined: Reply[] = [];
  for (let i = 0; i + 1 < items.length; i += 2)
    joined.push(new Reply(Buffer.concat([items[i]!.bytes, items[i + 1]!.bytes])));
  return joined;
}

function sameInAnyOrder(left: readonly Reply[], right: readonly Reply[]): boolean {
  if (left.length !== right.length) return false;
  const sorted = (items: readonly Reply[]) => items.map((item) => item.bytes).sort(Buffer.compare);
  const others = sorted(right);
  return sorted(left).every((bytes, i) => bytes.equals(others[i]!));
}

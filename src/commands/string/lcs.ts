import type { Argv } from "../../bytes/argv.js";
import { copyBytes, Region } from "../../bytes/region.js";
import { StringView } from "../../keyspace/database.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import { ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, flag, integer, key } from "../spec.js";
import { LcsTable, lcsLength } from "./lcs-table.js";

const NOT_STRINGS = "ERR The specified keys must contain string values";
const LENGTH_AND_INDEXES = "ERR If you want both the length and indexes, please just use IDX.";
const TABLE_TOO_LARGE = "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len";
const NO_MEMORY = "ERR Insufficient memory, failed allocating transient memory for LCS";

interface LcsOptions {
  length: boolean;
  indexes: boolean;
  matchLengths: boolean;
  minMatchLength: number;
}

/** LCS: the longest common subsequence of two strings, its length, or where its pieces lie. */
export const lcs = defineCommand(
  {
    name: "LCS",
    group: "string",
    since: "7.0.0",
    summary: "Finds the longest common substring.",
    complexity: "O(N*M) where N and M are the lengths of s1 and s2, respectively",
    flags: ["readonly"],
    args: [
      key("key1", "RO ACCESS"),
      key("key2", "RO ACCESS"),
      flag("LEN"),
      flag("IDX"),
      integer("min-match-len", { token: "MINMATCHLEN", optional: true }),
      flag("WITHMATCHLEN"),
    ],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    const a = new StringView();
    const b = new StringView();
    if (!loadStrings(ctx, argv, a, b)) return reply.error(NOT_STRINGS);
    const options = parseOptions(argv);
    if (typeof options === "string") return reply.error(options);
    if (options.length && options.indexes) return reply.error(LENGTH_AND_INDEXES);
    const tableBytes = (a.length + 1) * (b.length + 1) * 4;
    if (tableBytes > ctx.config.number("proto-max-bulk-len")) return reply.error(TABLE_TOO_LARGE);

    if (options.length) return reply.integer(lcsLength(a, b));
    const table = LcsTable.fill(a, b);
    if (table === null) return reply.error(NO_MEMORY);
    if (options.indexes) return replyMatches(ctx, table, options);
    const common = Region.allocate(table.length);
    let at = table.length;
    table.eachRange((aStart, _bStart, length) => {
      at -= length;
      copyBytes(a.region, a.offset + aStart, common, at, length);
    });
    reply.bulkBytes(common.u8);
  },
);

/** Shows both values; false when one of the keys holds another type. A key that does not exist is an empty string. */
function loadStrings(ctx: Context, argv: Argv, a: StringView, b: StringView): boolean {
  const { db } = ctx;
  const first = db.lookupRead(argv, 1);
  const firstIsString = first === 0 || db.type(first) === ValueType.STRING;
  const second = db.lookupRead(argv, 2);
  if (!firstIsString || (second !== 0 && db.type(second) !== ValueType.STRING)) return false;
  if (second !== 0) db.loadString(second, b);
  // Looked up again, since the second lookup may have expired a key.
  if (first !== 0) db.loadString(db.peek(argv, 1), a);
  return true;
}

/** The options, or the text of an error. */
function parseOptions(argv: Argv): LcsOptions | string {
  const options: LcsOptions = { length: false, indexes: false, matchLengths: false, minMatchLength: 0 };
  for (let i = 3; i < argv.count; i++) {
    if (argv.is(i, "IDX")) options.indexes = true;
    else if (argv.is(i, "LEN")) options.length = true;
    else if (argv.is(i, "WITHMATCHLEN")) options.matchLengths = true;
    else if (argv.is(i, "MINMATCHLEN") && i + 1 < argv.count) {
      const value = integerArgument(argv, ++i);
      if (value === null) return NOT_AN_INTEGER;
      options.minMatchLength = Math.max(0, value);
    } else return SYNTAX_ERROR;
  }
  return options;
}

/** The reply to IDX: the matching ranges, the last first, and the whole length. */
function replyMatches(ctx: Context, table: LcsTable, options: LcsOptions): void {
  const { reply } = ctx;
  reply.map(2);
  reply.bulkText("matches");
  const mark = reply.begin();
  let count = 0;
  table.eachRange((aStart, bStart, length) => {
    if (length < options.minMatchLength) return;
    count++;
    reply.array(options.matchLengths ? 3 : 2);
    reply.array(2);
    reply.integer(aStart);
    reply.integer(aStart + length - 1);
    reply.array(2);
    reply.integer(bStart);
    reply.integer(bStart + length - 1);
    if (options.matchLengths) reply.integer(length);
  });
  reply.endArray(mark, count);
  reply.bulkText("len");
  reply.integer(table.length);
}

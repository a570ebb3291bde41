/** What GETRANGE and SUBSTR do. */
import type { Argv } from "../../bytes/argv.js";
import { Region } from "../../bytes/region.js";
import { NOT_AN_INTEGER, WRONG_TYPE } from "../../protocol/errors.js";
import { ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { endIndex, indexArgument, isReversed, startIndex } from "../index-range.js";
import { replyBytes } from "./string-value.js";

const EMPTY = new Region(new Uint8Array(0));

/** Replies with the bytes of string 1 from index argument 2 to index argument 3. */
export function replySubstring(ctx: Context, argv: Argv): void {
  const { db, reply } = ctx;
  const first = indexArgument(argv, 2);
  const last = Number.isNaN(first) ? first : indexArgument(argv, 3);
  if (Number.isNaN(last)) return reply.error(NOT_AN_INTEGER);
  const ref = db.lookupRead(argv, 1);
  if (ref === 0) return reply.bulk(EMPTY, 0, 0);
  if (db.type(ref) !== ValueType.STRING) return reply.error(WRONG_TYPE);

  const { value } = ctx.keyspace;
  db.loadString(ref, value);
  const start = startIndex(first, value.length);
  const end = endIndex(last, value.length);
  if (start > end || isReversed(argv, 2, first, 3, last)) return reply.bulk(EMPTY, 0, 0);
  replyBytes(ctx, start, end - start + 1);
}

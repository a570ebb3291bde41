/** Reading and writing of strings as HyperLogLogs, as the commands of this group share it. */
import type { Argv } from "../../bytes/argv.js";
import { copyBytes } from "../../bytes/region.js";
import { KEEP_TTL } from "../../keyspace/database.js";
import { WRONG_TYPE } from "../../protocol/errors.js";
import { Encoding, ValueType } from "../../structures/entry/entry.js";
import { Hll, isDense, isHyperLogLog } from "../../structures/hyperloglog/hyperloglog.js";
import type { Context } from "../context.js";

export const CORRUPTED = "INVALIDOBJ Corrupted HLL object detected";

const NOT_A_HYPERLOGLOG = "WRONGTYPE Key is not a valid HyperLogLog string value.";

/** Shows the HyperLogLog at an entry in `ctx.keyspace.value`; false when an error was replied instead. */
export function loadHyperLogLog(ctx: Context, ref: number): boolean {
  const { db, reply } = ctx;
  const { value } = ctx.keyspace;
  if (db.type(ref) !== ValueType.STRING) {
    reply.error(WRONG_TYPE);
    return false;
  }
  db.loadString(ref, value);
  const { region, offset, length } = value;
  if (!isHyperLogLog(region, offset, length)) reply.error(NOT_A_HYPERLOGLOG);
  else if (length > Hll.SPARSE_LIMIT) reply.error(CORRUPTED);
  else return true;
  return false;
}

/** As `loadHyperLogLog`, for writing: as in Redis the string becomes "raw". Opens it in `ctx.keyspace.hyperloglog`. */
export function openHyperLogLog(ctx: Context, argv: Argv, i: number, ref: number): boolean {
  if (!loadHyperLogLog(ctx, ref)) return false;
  const { value, hyperloglog } = ctx.keyspace;
  ctx.db.resizeString(argv, i, ref, value.length, value);
  const limit = isDense(value.region, value.offset) ? 0 : sparseLimit(ctx);
  hyperloglog.open(value.region, value.offset, value.length, limit);
  return true;
}

/** Sparse HyperLogLogs up to this length stay sparse. */
export function sparseLimit(ctx: Context): number {
  return ctx.config.number("hll-sparse-max-bytes");
}

/** Stores what is open in `ctx.keyspace.hyperloglog`, and not yet in its place, under argument i; `ref` is what is there, 0 for none. */
export function storeHyperLogLog(ctx: Context, argv: Argv, i: number, ref: number): void {
  const { db } = ctx;
  const { value, hyperloglog } = ctx.keyspace;
  const { region, offset, length } = hyperloglog;
  if (!hyperloglog.isOwn) return;
  if (hyperloglog.isDense) {
    // A string that was resized would get room to grow, which a dense one never does.
    return db.setString(argv, i, region, offset, length, KEEP_TTL, Encoding.RAW);
  }
  db.resizeString(argv, i, ref, length, value);
  copyBytes(region, offset, value.region, value.offset, length);
}

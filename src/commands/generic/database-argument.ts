import type { Argv } from "../../bytes/argv.js";
import type { Database } from "../../keyspace/database.js";
import { DB_INDEX_OUT_OF_RANGE, INT32_OUT_OF_RANGE, NOT_AN_INTEGER } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { integerArgument, isInt32 } from "../integer-argument.js";

/** The database that argument i numbers; null after replying why there is none. */
export function databaseArgument(ctx: Context, argv: Argv, i: number): Database | null {
  const index = integerArgument(argv, i);
  if (index === null) ctx.reply.error(NOT_AN_INTEGER);
  else if (!isInt32(index)) ctx.reply.error(INT32_OUT_OF_RANGE);
  else if (index < 0 || index >= ctx.keyspace.databaseCount) ctx.reply.error(DB_INDEX_OUT_OF_RANGE);
  else return ctx.keyspace.database(index);
  return null;
}

import type { Argv } from "../../bytes/argv.js";
import { Hll } from "../../structures/hyperloglog/hyperloglog.js";
import { denseRegister } from "../../structures/hyperloglog/hyperloglog-dense.js";
import { describeSparse } from "../../structures/hyperloglog/hyperloglog-sparse.js";
import type { Context } from "../context.js";
import { defineCommand, key, string } from "../spec.js";
import { CORRUPTED, openHyperLogLog, storeHyperLogLog } from "./hyperloglog-value.js";

const NO_SUCH_KEY = "ERR The specified key does not exist";
const NOT_SPARSE = "ERR HLL encoding is not sparse";

/** PFDEBUG: how a HyperLogLog is represented. GETREG and TODENSE make it dense. */
export const pfdebug = defineCommand(
  {
    name: "PFDEBUG",
    group: "hyperloglog",
    since: "2.8.9",
    summary: "Internal commands for debugging HyperLogLog values.",
    complexity: "N/A",
    flags: ["write", "denyoom", "admin"],
    effect: "as sent",
    docFlags: ["syscmd"],
    args: [string("subcommand"), key("key", "RW ACCESS")],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    const { hyperloglog } = ctx.keyspace;
    const ref = db.lookupWrite(argv, 2);
    if (ref === 0) return reply.error(NO_SUCH_KEY);
    if (!openHyperLogLog(ctx, argv, 2, ref)) return;

    if (argv.is(1, "ENCODING")) reply.simple(hyperloglog.isDense ? "dense" : "sparse");
    else if (argv.is(1, "TODENSE")) toDense(ctx, argv, ref);
    else if (argv.is(1, "GETREG")) getRegisters(ctx, argv, ref);
    else if (argv.is(1, "DECODE")) decode(ctx);
    else reply.error(`ERR Unknown PFDEBUG subcommand '${argv.cString(1)}'`);
  },
);

function toDense(ctx: Context, argv: Argv, ref: number): void {
  const { isDense } = ctx.keyspace.hyperloglog;
  if (storeDense(ctx, argv, ref)) ctx.reply.integer(isDense ? 0 : 1);
}

function getRegisters(ctx: Context, argv: Argv, ref: number): void {
  const { reply } = ctx;
  const { hyperloglog } = ctx.keyspace;
  if (!storeDense(ctx, argv, ref)) return;
  const { region, offset } = hyperloglog;
  reply.array(Hll.REGISTERS);
  for (let i = 0; i < Hll.REGISTERS; i++) reply.integer(denseRegister(region, offset + Hll.HEADER, i));
}

function decode({ keyspace, reply }: Context): void {
  const { region, offset, length, isDense } = keyspace.hyperloglog;
  if (isDense) reply.error(NOT_SPARSE);
  else reply.bulkText(describeSparse(region, offset + Hll.HEADER, offset + length));
}

/** Makes the value that is open dense; false when an error was replied. Counts as a change, but nobody hears of it. */
function storeDense(ctx: Context, argv: Argv, ref: number): boolean {
  const { hyperloglog } = ctx.keyspace;
  if (hyperloglog.isDense) return true;
  if (!hyperloglog.makeDense()) {
    ctx.reply.error(CORRUPTED);
    return false;
  }
  storeHyperLogLog(ctx, argv, 2, ref);
  ctx.keyspace.dirty++;
  return true;
}

/** The option of FLUSHDB and FLUSHALL: whether memory is given back before the reply or in slices after it. */
import type { Argv } from "../../bytes/argv.js";
import type { ServiceContext } from "../context.js";
import { type Arg, flag, oneOf } from "../spec.js";

export const flushTypeArgument: Arg = oneOf("flush-type", [
  flag("ASYNC", { optional: false, since: "4.0.0" }),
  flag("SYNC", { optional: false, since: "6.2.0" }),
]);

export const flushHistory = [
  ["4.0.0", "Added the `ASYNC` flushing mode modifier."],
  ["6.2.0", "Added the `SYNC` flushing mode modifier."],
] as const;

/** The mode asked for, the configured one without an option, or null on a syntax error. */
export function flushMode(ctx: ServiceContext, argv: Argv): "async" | "sync" | null {
  if (argv.count === 1) return ctx.config.flag("lazyfree-lazy-user-flush") ? "async" : "sync";
  if (argv.count !== 2) return null;
  if (argv.is(1, "ASYNC")) return "async";
  return argv.is(1, "SYNC") ? "sync" : null;
}

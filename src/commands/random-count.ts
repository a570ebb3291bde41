/** The arguments of HRANDFIELD and ZRANDMEMBER. */
import type { Argv } from "../bytes/argv.js";
import { parseInt64 } from "../bytes/integer.js";
import { OUT_OF_RANGE, SYNTAX_ERROR } from "../protocol/errors.js";
import type { Context } from "./context.js";
import { checkLong } from "./long-argument.js";

const LONG_MAX = 2n ** 63n - 1n;

/** Argument 2 as the number of elements asked for, with `token` as the only option behind it; null when the error was replied. */
export function randomCount(ctx: Context, argv: Argv, token: string): number | null {
  const refuse = (error: string): null => {
    ctx.reply.error(error);
    return null;
  };
  if (!checkLong(ctx, argv, 2)) return null;
  const count = parseInt64(argv.source, argv.offset[2]!, argv.length[2]!)!;
  const isPaired = argv.count === 4 && argv.is(3, token);
  if (argv.count > 3 && !isPaired) return refuse(SYNTAX_ERROR);
  if (isPaired && (count < -LONG_MAX / 2n || count > LONG_MAX / 2n)) return refuse(OUT_OF_RANGE);
  return Number(count);
}

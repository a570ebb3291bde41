/** The arguments of HRANDFIELD and ZRANDMEMBER, and the bound for replies that repeat elements. */
import type { Argv } from "../bytes/argv.js";
import { parseInt64 } from "../bytes/integer.js";
import { OutOfMemory } from "../memory/arena.js";
import { OUT_OF_RANGE, SYNTAX_ERROR } from "../protocol/errors.js";
import type { Context } from "./context.js";
import { checkLong } from "./long-argument.js";

const LONG_MAX = 2n ** 63n - 1n;
/** Bytes from which on a reply with repeated elements is given up as one there is no memory for. */
const REPLY_MAX = 2 ** 30;

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

/** A command stopped in the middle of its reply, which is more than its client may be sent: that will close it. */
export class ReplyTooLarge extends Error {}

/**
 * Throws OutOfMemory when a reply that began at `start` has become too large, and ReplyTooLarge when its client will be closed for it. A
 * negative count asks for as many elements as it likes.
 */
export function checkReplySize({ client, reply }: Context, start: number): void {
  if (reply.length > client.outputLimitBytes) throw new ReplyTooLarge();
  if (reply.length - start > REPLY_MAX) throw new OutOfMemory();
}

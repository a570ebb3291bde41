/** The options of XREAD and XREADGROUP up to the IDs. */
import type { Argv } from "../../bytes/argv.js";
import type { StreamReadOptions } from "../../datatypes/stream-read-options.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { timeoutMilliseconds } from "../timeout-argument.js";

const GROUP_OF_XREAD = "ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.";
const NOACK_OF_XREAD = "ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.";
const NO_GROUP_OPTION = "ERR Missing GROUP option for XREADGROUP";

/** Parses into `streams.readOptions`; false when the error was replied. */
export function parseReadOptions(ctx: Context, argv: Argv, isGroupRead: boolean): boolean {
  const options = ctx.keyspace.types.streams.readOptions;
  options.clear(isGroupRead);
  for (let i = 1; i < argv.count; i++) {
    const more = argv.count - i - 1;
    if (more > 0 && argv.is(i, "STREAMS")) {
      if (!streams(ctx, argv, i + 1, options)) return false;
      break;
    }
    if (more > 0 && argv.is(i, "COUNT")) {
      const count = integerArgument(argv, ++i);
      if (count === null) return refuse(ctx, NOT_AN_INTEGER);
      options.count = Math.max(count, 0);
    } else if (more > 0 && argv.is(i, "BLOCK")) {
      const timeoutMs = timeoutMilliseconds(ctx, argv, ++i);
      if (timeoutMs === null) return false;
      options.timeoutMs = timeoutMs;
    } else if (more > 1 && argv.is(i, "GROUP")) {
      if (!isGroupRead) return refuse(ctx, GROUP_OF_XREAD);
      options.group = i + 1;
      options.consumer = i + 2;
      i += 2;
    } else if (argv.is(i, "NOACK")) {
      if (!isGroupRead) return refuse(ctx, NOACK_OF_XREAD);
      options.noAck = true;
    } else return refuse(ctx, SYNTAX_ERROR);
  }
  if (options.keys === 0) return refuse(ctx, SYNTAX_ERROR);
  return !isGroupRead || options.group !== 0 || refuse(ctx, NO_GROUP_OPTION);
}

/**
 * The keys of XREADGROUP: a group or a consumer may be called STREAMS, which the key spec would take for the keyword. Nothing where the
 * options make no sense.
 */
export function groupReadKeys(argv: Argv, push: (index: number, flags: string) => void): void {
  let hasGroup = false;
  let i = 1;
  while (i < argv.count && !argv.is(i, "STREAMS")) {
    if (argv.is(i, "COUNT") || argv.is(i, "BLOCK")) i += 2;
    else if (argv.is(i, "NOACK")) i++;
    else if (argv.is(i, "GROUP")) {
      hasGroup = true;
      i += 3;
    } else return;
  }
  const first = i + 1;
  if (!hasGroup || (argv.count - first) % 2 !== 0) return;
  const ids = first + (argv.count - first) / 2;
  for (let key = first; key < ids; key++) push(key, "RO ACCESS");
}

function streams(ctx: Context, argv: Argv, first: number, options: StreamReadOptions): boolean {
  options.keys = first;
  options.keyCount = (argv.count - first) >> 1;
  options.ids = first + options.keyCount;
  if ((argv.count - first) % 2 === 0) return true;
  const [name, symbol] = options.isGroupRead ? ["xreadgroup", ">"] : ["xread", "$"];
  return refuse(
    ctx,
    `ERR Unbalanced '${name}' list of streams: for each stream key an ID or '${symbol}' must be specified.`,
  );
}

function refuse(ctx: Context, error: string): false {
  ctx.reply.error(error);
  return false;
}

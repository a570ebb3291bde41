/** What is answered to a call that names no command. The words of the caller are quoted, cut to 128 bytes as in Redis. */
import type { Argv } from "../bytes/argv.js";
import type { ReplyWriter } from "../protocol/reply-writer.js";
import type { CommandTable } from "./command-table.js";

const QUOTED_LENGTH = 128;

/** An argument up to its first zero byte, and no longer than `limit`. */
function quoted(argv: Argv, i: number, limit: number): string {
  const text = argv.latin1(i, limit);
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

/** The error for arguments that `table` does not resolve: an unknown command, or a container's unknown subcommand. */
export function unknownCommandError(table: CommandTable, argv: Argv): string {
  const entry = table.find(argv.source, argv.offset[0]!, argv.length[0]!);
  if (entry !== null && entry.subcommands !== null) return unknownSubcommandError(argv);
  let args = "";
  for (let i = 1; i < argv.count && args.length < QUOTED_LENGTH; i++) {
    args += `'${quoted(argv, i, QUOTED_LENGTH - args.length)}' `;
  }
  return `ERR unknown command '${quoted(argv, 0, QUOTED_LENGTH)}', with args beginning with: ${args}`;
}

/** Argument 1 is none of the container's subcommands. */
function unknownSubcommandError(argv: Argv): string {
  const container = quoted(argv, 0, argv.length[0]!).toUpperCase();
  return `ERR unknown subcommand '${quoted(argv, 1, QUOTED_LENGTH)}'. Try ${container} HELP.`;
}

/** A subcommand's options do not fit; `container` is the capital name. */
export function subcommandSyntaxError(argv: Argv, container: string): string {
  const word = quoted(argv, 1, QUOTED_LENGTH);
  return `ERR unknown subcommand or wrong number of arguments for '${word}'. Try ${container} HELP.`;
}

/** The reply of a HELP subcommand: a heading, the given lines, and the lines about HELP itself. */
export function replyHelp(reply: ReplyWriter, container: string, lines: readonly string[]): void {
  reply.array(lines.length + 3);
  reply.simple(`${container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`);
  for (const line of lines) reply.simple(line);
  reply.simple("HELP");
  reply.simple("    Print this help.");
}

import type { Argv } from "../../bytes/argv.js";
import type { ServiceContext } from "../context.js";
import { CommandBit } from "../flag-bits.js";
import { findKeys, hasKeys, KeyPositions } from "../get-keys.js";
import { defineCommand, string } from "../spec.js";
import { replyKeyFlags } from "./command-reply.js";

const COMMAND_ARGUMENTS = [string("command"), string("arg", { optional: true, multiple: true })];

/** COMMAND GETKEYS: the keys among the arguments of a whole command. */
export const commandGetkeys = defineCommand(
  {
    name: "GETKEYS",
    group: "server",
    since: "2.8.13",
    summary: "Extracts the key names from an arbitrary command.",
    complexity: "O(N) where N is the number of arguments to the command",
    flags: ["loading", "stale", "sentinel"],
    acl: ["connection"],
    args: COMMAND_ARGUMENTS,
  },
  (ctx, argv) => replyKeys(ctx, argv, false),
);

/** COMMAND GETKEYSANDFLAGS: the keys of a whole command, and how it treats each. */
export const commandGetkeysandflags = defineCommand(
  {
    name: "GETKEYSANDFLAGS",
    group: "server",
    since: "7.0.0",
    summary: "Extracts the key names and access flags for an arbitrary command.",
    complexity: "O(N) where N is the number of arguments to the command",
    flags: ["loading", "stale", "sentinel"],
    acl: ["connection"],
    args: COMMAND_ARGUMENTS,
  },
  (ctx, argv) => replyKeys(ctx, argv, true),
);

function replyKeys(
  { commands, reply }: Pick<ServiceContext, "commands" | "reply">,
  argv: Argv,
  withFlags: boolean,
): void {
  const entry = commands.lookup(argv, 2);
  if (entry === null) return reply.error("ERR Invalid command specified");
  if (!hasKeys(entry)) return reply.error("ERR The command has no key arguments");
  if (!entry.acceptsCount(argv.count - 2)) {
    return reply.error("ERR Invalid number of arguments specified for command");
  }
  const call = argv.copy(2);
  const keys = new KeyPositions();
  findKeys(entry, call, keys);
  if (keys.count === 0 && (entry.flagBits & CommandBit.NO_MANDATORY_KEYS) === 0) {
    return reply.error("ERR Invalid arguments specified for command");
  }
  reply.array(keys.count);
  for (let i = 0; i < keys.count; i++) {
    const at = keys.index[i]!;
    if (withFlags) reply.array(2);
    reply.bulk(call.source, call.offset[at]!, call.length[at]!);
    if (withFlags) replyKeyFlags(reply, keys.flags[i]!);
  }
}

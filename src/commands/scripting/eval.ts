/** Running scripts: EVAL, EVALSHA and their forms that only read. */
import type { Argv } from "../../bytes/argv.js";
import { NO_SCRIPT, NOT_AN_INTEGER } from "../../protocol/errors.js";
import type { ServiceContext } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, string } from "../spec.js";
import { unavailable } from "../unavailable.js";
import { keysAndArguments, READ_FLAGS, WRITE_FLAGS } from "./declaration.js";

const DIGEST_LENGTH = 40;

/** EVAL: runs a script. */
export const evalScript = defineCommand(
  {
    name: "EVAL",
    group: "scripting",
    since: "2.6.0",
    summary: "Executes a server-side Lua script.",
    complexity: "Depends on the script that is executed.",
    flags: WRITE_FLAGS,
    args: [string("script"), ...keysAndArguments("RW", true)],
  },
  unavailable,
);

/** EVAL_RO: runs a script that only reads. */
export const evalRo = defineCommand(
  {
    name: "EVAL_RO",
    group: "scripting",
    since: "7.0.0",
    summary: "Executes a read-only server-side Lua script.",
    complexity: "Depends on the script that is executed.",
    flags: READ_FLAGS,
    args: [string("script"), ...keysAndArguments("RO", true)],
  },
  unavailable,
);

/** EVALSHA: runs a script by its digest. */
export const evalsha = defineCommand(
  {
    name: "EVALSHA",
    group: "scripting",
    since: "2.6.0",
    summary: "Executes a server-side Lua script by SHA1 digest.",
    complexity: "Depends on the script that is executed.",
    flags: WRITE_FLAGS,
    args: [string("sha1"), ...keysAndArguments("RW", false)],
  },
  byDigest,
);

/** EVALSHA_RO: runs a script that only reads, by its digest. */
export const evalshaRo = defineCommand(
  {
    name: "EVALSHA_RO",
    group: "scripting",
    since: "7.0.0",
    summary: "Executes a read-only server-side Lua script by SHA1 digest.",
    complexity: "Depends on the script that is executed.",
    flags: READ_FLAGS,
    args: [string("sha1"), ...keysAndArguments("RO", false)],
  },
  byDigest,
);

/** No script is kept, so there is none by any digest. */
function byDigest({ reply }: Pick<ServiceContext, "reply">, argv: Argv): void {
  if (argv.length[1] !== DIGEST_LENGTH) return reply.error(NO_SCRIPT);
  const keyCount = integerArgument(argv, 2);
  if (keyCount === null) return reply.error(NOT_AN_INTEGER);
  if (keyCount > argv.count - 3) return reply.error("ERR Number of keys can't be greater than number of args");
  if (keyCount < 0) return reply.error("ERR Number of keys can't be negative");
  reply.error(NO_SCRIPT);
}

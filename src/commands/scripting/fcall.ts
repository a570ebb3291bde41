/** Calling functions of libraries: FCALL and its form that only reads. */
import type { ServiceContext } from "../context.js";
import { defineCommand, string } from "../spec.js";
import { keysAndArguments, READ_FLAGS, WRITE_FLAGS } from "./declaration.js";

/** FCALL: calls a function. */
export const fcall = defineCommand(
  {
    name: "FCALL",
    group: "scripting",
    since: "7.0.0",
    summary: "Invokes a function.",
    complexity: "Depends on the function that is executed.",
    flags: WRITE_FLAGS,
    args: [string("function"), ...keysAndArguments("RW", true)],
  },
  noSuchFunction,
);

/** FCALL_RO: calls a function that only reads. */
export const fcallRo = defineCommand(
  {
    name: "FCALL_RO",
    group: "scripting",
    since: "7.0.0",
    summary: "Invokes a read-only function.",
    complexity: "Depends on the function that is executed.",
    flags: READ_FLAGS,
    args: [string("function"), ...keysAndArguments("RO", true)],
  },
  noSuchFunction,
);

/** No library is loaded, so there are no functions. */
function noSuchFunction({ reply }: Pick<ServiceContext, "reply">): void {
  reply.error("ERR Function not found");
}

import type { Argv } from "../../bytes/argv.js";
import type { ClientFilter } from "../clients-context.js";

/** The client type that argument i names, or undefined. */
export function clientTypeArgument(argv: Argv, i: number): ClientFilter["type"] {
  if (argv.is(i, "NORMAL")) return "normal";
  if (argv.is(i, "MASTER")) return "master";
  if (argv.is(i, "REPLICA") || argv.is(i, "SLAVE")) return "replica";
  if (argv.is(i, "PUBSUB")) return "pubsub";
  return undefined;
}

/** The error for a name that is none. */
export function unknownClientType(argv: Argv, i: number): string {
  return `ERR Unknown client type '${argv.cString(i)}'`;
}

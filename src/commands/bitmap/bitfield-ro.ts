import { block, defineCommand, integer, key, string } from "../spec.js";
import { parseOperations, readFields } from "./field-operations.js";

const ONLY_GET = "ERR BITFIELD_RO only supports the GET subcommand";

/** BITFIELD_RO: BITFIELD that only reads, for replicas. */
export const bitfieldRo = defineCommand(
  {
    name: "BITFIELD_RO",
    group: "bitmap",
    since: "6.0.0",
    summary: "Performs arbitrary read-only bitfield integer operations on strings.",
    complexity: "O(1) for each subcommand specified",
    flags: ["readonly", "fast"],
    args: [
      key("key", "RO ACCESS"),
      block("get-block", [string("encoding"), integer("offset")], {
        token: "GET",
        optional: true,
        multiple: true,
        multipleToken: true,
      }),
    ],
  },
  (ctx, argv) => {
    const operations = parseOperations(ctx, argv);
    if (typeof operations === "string") return ctx.reply.error(operations);
    if (operations.some((operation) => operation.kind !== "get")) return ctx.reply.error(ONLY_GET);
    readFields(ctx, argv, operations);
  },
);

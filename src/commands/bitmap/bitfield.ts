import { block, defineCommand, flag, integer, key, many, oneOf, string } from "../spec.js";
import { changeFields, parseOperations, readFields } from "./field-operations.js";

/** BITFIELD: reads, stores and adds integers of any width at any bit. */
export const bitfield = defineCommand(
  {
    name: "BITFIELD",
    group: "bitmap",
    since: "3.2.0",
    summary: "Performs arbitrary bitfield integer operations on strings.",
    complexity: "O(1) for each subcommand specified",
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [
      key("key", "RW UPDATE ACCESS VARIABLE_FLAGS", {
        keyNotes: "This command allows both access and modification of the key",
      }),
      many(
        oneOf("operation", [
          block("get-block", [string("encoding"), integer("offset")], { token: "GET" }),
          block("write", [
            oneOf("overflow-block", [flag("WRAP"), flag("SAT"), flag("FAIL")], { token: "OVERFLOW" }),
            oneOf(
              "write-operation",
              [
                block("set-block", [string("encoding"), integer("offset"), integer("value")], { token: "SET" }),
                block("incrby-block", [string("encoding"), integer("offset"), integer("increment")], {
                  token: "INCRBY",
                }),
              ],
              { optional: false },
            ),
          ]),
        ]),
      ),
    ],
    getKeys(argv, push) {
      let i = 2;
      while (i < argv.count) {
        const rest = argv.count - i - 1;
        if (argv.is(i, "GET") && rest >= 2) i += 3;
        else if (argv.is(i, "OVERFLOW") && rest >= 1) i += 2;
        else break;
      }
      push(1, i < argv.count ? "RW ACCESS UPDATE" : "RO ACCESS");
    },
  },
  (ctx, argv) => {
    const operations = parseOperations(ctx, argv);
    if (typeof operations === "string") return ctx.reply.error(operations);
    if (operations.every((operation) => operation.kind === "get")) readFields(ctx, argv, operations);
    else changeFields(ctx, argv, operations);
  },
);

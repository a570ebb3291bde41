import type { Argv } from "../../bytes/argv.js";
import { parseInt64 } from "../../bytes/integer.js";
import type { FieldVisitor } from "../../datatypes/hashes.js";
import { NOT_AN_INTEGER, OUT_OF_RANGE, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { block, defineCommand, flag, integer, key, optional } from "../spec.js";
import { openForReading } from "./hash-value.js";

const LONG_MAX = 2n ** 63n - 1n;

/** HRANDFIELD: one random field; several different ones; or, with a negative count, several of which some may be the same. */
export const hrandfield = defineCommand(
  {
    name: "HRANDFIELD",
    group: "hash",
    since: "6.2.0",
    summary: "Returns one or more random fields from a hash.",
    complexity: "O(N) where N is the number of fields returned",
    flags: ["readonly"],
    tips: ["nondeterministic_output"],
    args: [key("key", "RO ACCESS"), optional(block("options", [integer("count"), flag("WITHVALUES")]))],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    if (argv.count === 2) return replyOne(ctx, argv);
    const count = parseInt64(argv.source, argv.offset[2]!, argv.length[2]!);
    if (count === null) return reply.error(NOT_AN_INTEGER);
    if (count < -LONG_MAX) {
      return reply.error(`ERR value is out of range, value must between ${-LONG_MAX} and ${LONG_MAX}`);
    }
    const withValues = argv.count === 4 && argv.is(3, "WITHVALUES");
    if (argv.count > 3 && !withValues) return reply.error(SYNTAX_ERROR);
    if (withValues && (count < -LONG_MAX / 2n || count > LONG_MAX / 2n)) return reply.error(OUT_OF_RANGE);
    replySeveral(ctx, argv, Number(count), withValues);
  },
);

function replyOne(ctx: Context, argv: Argv): void {
  const { keyspace, reply } = ctx;
  const opened = openForReading(ctx, argv);
  if (opened === Opened.REFUSED) return;
  let found = 0;
  if (opened === Opened.FOUND) {
    keyspace.types.hashes.sample(keyspace.slot, 1, (field) => {
      reply.bulk(field.region, field.offset, field.length);
      found++;
    });
  }
  if (found === 0) reply.null();
}

function replySeveral(ctx: Context, argv: Argv, count: number, withValues: boolean): void {
  const { keyspace, reply } = ctx;
  const { hashes } = keyspace.types;
  const opened = openForReading(ctx, argv);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.NONE || count === 0) return reply.array(0);
  const isNested = withValues && reply.resp === 3;
  const mark = reply.begin();
  let found = 0;
  const visit: FieldVisitor = (field, value) => {
    if (isNested) reply.array(2);
    reply.bulk(field.region, field.offset, field.length);
    if (withValues) reply.bulk(value.region, value.offset, value.length);
    found++;
  };
  if (count < 0) hashes.sample(keyspace.slot, -count, visit);
  else hashes.sampleDistinct(keyspace.slot, count, visit);
  reply.endArray(mark, withValues && !isNested ? found * 2 : found);
}

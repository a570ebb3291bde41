import { Argv } from "../../../bytes/argv.js";
import { Region } from "../../../bytes/region.js";
import { NOT_POSITIVE } from "../../../protocol/errors.js";
import type { ServiceContext } from "../../context.js";
import { integerArgument } from "../../integer-argument.js";
import { between } from "./action.js";

/** Room for ":<number>" behind the prefix. */
const NUMBER_BYTES = 24;

/** DEBUG POPULATE: fills the database with keys "<prefix>:<n>", leaving those that exist. They are not propagated. */
export const populate = between(3, 5, (ctx, argv) => {
  const { reply } = ctx;
  const count = integerArgument(argv, 2);
  if (count === null || count < 0) return reply.error(NOT_POSITIVE);
  const size = argv.count === 5 ? integerArgument(argv, 4) : 0;
  if (size === null || size < 0) return reply.error(NOT_POSITIVE);
  fill(ctx, argv, count, size);
  reply.ok();
});

/** A size of 0 means as long as "value:<n>" is. */
function fill(
  { db, keyspace }: Pick<ServiceContext, "db" | "keyspace">,
  argv: Argv,
  count: number,
  size: number,
): void {
  const prefix = argv.count === 3 ? "key" : argv.latin1(3);
  const keyBytes = Buffer.alloc(prefix.length + NUMBER_BYTES);
  const key = new Argv();
  key.source = new Region(keyBytes);
  key.count = 1;
  const valueBytes = Buffer.alloc(Math.max(size, NUMBER_BYTES));
  const value = new Region(valueBytes);
  for (let i = 0; i < count; i++) {
    key.length[0] = keyBytes.write(`${prefix}:${i}`, 0, "latin1");
    if (db.peek(key, 0) !== 0) continue;
    const written = valueBytes.write(`value:${i}`, 0, "latin1");
    db.setString(key, 0, value, 0, size === 0 ? written : size, 0);
    keyspace.listener.touched(db, key, 0);
  }
}

import { between, exactly } from "./action.js";
import { DataDigest } from "./data-digest.js";

/** DEBUG DIGEST: one number for everything in all databases. */
export const digest = exactly(2, ({ keyspace, reply }) => reply.simple(new DataDigest(keyspace).ofAll()));

/** DEBUG DIGEST-VALUE: one number for each key's value; zeros for none. */
export const digestValue = between(2, Number.POSITIVE_INFINITY, ({ db, keyspace, reply }, argv) => {
  const digester = new DataDigest(keyspace);
  reply.array(argv.count - 2);
  for (let i = 2; i < argv.count; i++) reply.simple(digester.ofValue(db, db.peek(argv, i)));
});

import { between, exactly } from "./action.js";

/** DEBUG RELOAD: there are no RDB files yet, so the data simply stays. */
export const reload = between(2, Number.POSITIVE_INFINITY, ({ reply }, argv) => {
  for (let i = 2; i < argv.count; i++) {
    if (argv.is(i, "MERGE") || argv.is(i, "NOFLUSH") || argv.is(i, "NOSAVE")) continue;
    return reply.error("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
  }
  reply.ok();
});

/** DEBUG LOADAOF: there are no append only files yet. */
export const loadaof = exactly(2, ({ reply }) =>
  reply.error("ERR Error trying to load the AOF files, check server logs."),
);

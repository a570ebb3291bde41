import { between } from "./action.js";

/** DEBUG SNAPSHOT: takes a snapshot of all data that nobody keeps, to see what one costs; with INFO, what the last one took. */
export const snapshot = between(2, 3, ({ persistence, reply }, argv) => {
  if (argv.count === 2) {
    if (persistence.trySnapshot()) reply.ok();
    else reply.error("ERR A snapshot is being taken");
    return;
  }
  if (argv.latin1(2).toUpperCase() !== "INFO") return reply.error("ERR syntax error");
  const { isRunning, slices, spentUs, longestUs, bytes } = persistence.snapshotFigures();
  const fields = { running: Number(isRunning), slices, spent_us: spentUs, longest_us: longestUs, bytes };
  reply.map(Object.keys(fields).length);
  for (const [name, value] of Object.entries(fields)) {
    reply.bulkText(name);
    reply.integer(Math.round(value));
  }
});

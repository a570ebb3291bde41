/** The actions of DEBUG about the server itself. */
import { between, exactly } from "./action.js";

/** DEBUG SLEEP: stops the whole server for some seconds. */
export const sleep = exactly(3, ({ reply }, argv) => {
  const seconds = Number.parseFloat(argv.latin1(2));
  if (seconds > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
  reply.ok();
});

/** DEBUG ERROR: an error reply of this text. */
export const error = exactly(3, ({ reply }, argv) => reply.error(argv.latin1(2)));

/** DEBUG LOG: a line in the log. */
export const log = exactly(3, ({ log, reply }, argv) => {
  log.write("warning", `DEBUG LOG: ${argv.utf8(2)}`);
  reply.ok();
});

/** DEBUG LEAK: there is nothing to lose memory with. */
export const leak = exactly(3, ({ reply }) => reply.ok());

/** DEBUG CHANGE-REPL-ID. */
export const changeReplId = exactly(2, ({ log, replication, reply }) => {
  log.write("notice", "Changing replication IDs after receiving DEBUG change-repl-id");
  replication.changeId();
  reply.ok();
});

/** DEBUG CONFIG-REWRITE-FORCE-ALL: CONFIG REWRITE with every setting. */
export const configRewriteForceAll = exactly(2, ({ config, reply }) => {
  const problem = config.rewrite(true);
  if (problem === null) reply.ok();
  else reply.error(`ERR CONFIG-REWRITE-FORCE-ALL failed: ${problem.replace(/^ERR /, "")}`);
});

/** DEBUG CLIENT-EVICTION: how many clients need how much memory. */
export const clientEviction = exactly(2, ({ memory, reply }) => {
  const buckets = memory.clientBuckets();
  if (buckets === null) return reply.error("ERR maxmemory-clients is disabled.");
  const lines = buckets.map(({ fromBytes, bytes, clients }, i) => {
    const next = buckets[i + 1];
    const to = next === undefined ? "+            : " : ` - ${padded(next.fromBytes - 1)}: `;
    return `bucket ${padded(fromBytes)}${to}tot-mem: ${padded(bytes)}, clients: ${clients}\n`;
  });
  reply.verbatim("txt", lines.join(""));
});

function padded(value: number): string {
  return String(value).padStart(10);
}

/** DEBUG STRUCTSIZE: the layouts are those of entries and pages, see docs/design. */
export const structsize = between(2, 2, ({ reply }) => reply.bulkText("bits:64 entry:8 dictpage:1088 dictslot:4 "));

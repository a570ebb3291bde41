/** Following a primary, and being followed. */
import { primaryAddress } from "../list-kinds.js";
import { integer, memory } from "../number-kinds.js";
import { INT_MAX, INT64_MAX } from "../number-text.js";
import { boolean, oneOf, optionalText } from "../scalar-kinds.js";

export const replication = {
  replicaof: primaryAddress({ immutable: true, alias: "slaveof" }),
  masteruser: optionalText({ sensitive: true, hiddenAlias: "primaryuser" }),
  masterauth: optionalText({ sensitive: true, hiddenAlias: "primaryauth" }),
  "replica-serve-stale-data": boolean(true, { alias: "slave-serve-stale-data" }),
  "replica-read-only": boolean(true, { alias: "slave-read-only" }),
  "replica-lazy-flush": boolean(false, { alias: "slave-lazy-flush" }),
  "replica-ignore-maxmemory": boolean(true, { alias: "slave-ignore-maxmemory" }),
  "replica-ignore-disk-write-errors": boolean(false),
  "replica-priority": integer(100, 0, INT_MAX, { alias: "slave-priority" }),
  "replica-announced": boolean(true),
  "replica-announce-ip": optionalText({ alias: "slave-announce-ip" }),
  "replica-announce-port": integer(0, 0, 65535, { alias: "slave-announce-port" }),
  "min-replicas-to-write": integer(0, 0, INT_MAX, { alias: "min-slaves-to-write" }),
  "min-replicas-max-lag": integer(10, 0, INT_MAX, { alias: "min-slaves-max-lag" }),
  "repl-ping-replica-period": integer(10, 1, INT_MAX, { alias: "repl-ping-slave-period" }),
  "repl-timeout": integer(60, 1, INT_MAX),
  "repl-backlog-size": memory(1024 * 1024, 1, INT64_MAX, { clamp: [16 * 1024, Number.POSITIVE_INFINITY] }),
  "repl-backlog-ttl": integer(3600, 0, INT64_MAX),
  "repl-disable-tcp-nodelay": boolean(false),
  "repl-diskless-sync": boolean(true),
  "repl-diskless-sync-delay": integer(5, 0, INT_MAX),
  "repl-diskless-sync-max-replicas": integer(0, 0, INT_MAX),
  "repl-diskless-load": oneOf(["disabled", "on-empty-db", "swapdb"], "disabled", { denyLoading: true }),
  "propagation-error-behavior": oneOf(["ignore", "panic", "panic-on-replicas"], "ignore"),
};

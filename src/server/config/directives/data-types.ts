/** Thresholds at which the data types change their encoding, key space notifications, and the number of databases. */
import { notifyClasses } from "../notify-kind.js";
import { integer, memory } from "../number-kinds.js";
import { INT_MAX, INT_MIN, INT64_MAX } from "../number-text.js";

export const dataTypes = {
  databases: integer(16, 1, INT_MAX, { immutable: true }),
  "notify-keyspace-events": notifyClasses(),
  "hash-max-listpack-entries": integer(512, 0, INT64_MAX, { alias: "hash-max-ziplist-entries" }),
  "hash-max-listpack-value": memory(64, 0, INT64_MAX, { alias: "hash-max-ziplist-value" }),
  "list-max-listpack-size": integer(-2, INT_MIN, INT_MAX, { alias: "list-max-ziplist-size" }),
  "list-compress-depth": integer(0, 0, INT_MAX),
  "set-max-intset-entries": integer(512, 0, INT64_MAX),
  "set-max-listpack-entries": integer(128, 0, INT64_MAX),
  "set-max-listpack-value": integer(64, 0, INT64_MAX),
  "zset-max-listpack-entries": integer(128, 0, INT64_MAX, { alias: "zset-max-ziplist-entries" }),
  "zset-max-listpack-value": memory(64, 0, INT64_MAX, { alias: "zset-max-ziplist-value" }),
  "hll-sparse-max-bytes": memory(3000, 0, INT64_MAX),
  "stream-node-max-bytes": memory(4096, 0, INT64_MAX),
  "stream-node-max-entries": integer(100, 0, INT64_MAX),
};

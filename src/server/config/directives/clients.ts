/** Limits for clients: how many, and how much memory they may hold. */
import { bufferLimits } from "../list-kinds.js";
import { integer, memory, memoryOrPercent } from "../number-kinds.js";
import { INT64_MAX, UINT_MAX } from "../number-text.js";
import { throttleLimits } from "../throttle-kind.js";

const MB = 1024 * 1024;

export const clients = {
  maxclients: integer(10000, 1, UINT_MAX),
  "maxmemory-clients": memoryOrPercent(0, INT64_MAX),
  "client-output-buffer-limit": bufferLimits({
    normal: { hard: 0, soft: 0, seconds: 0 },
    replica: { hard: 256 * MB, soft: 64 * MB, seconds: 60 },
    pubsub: { hard: 32 * MB, soft: 8 * MB, seconds: 60 },
  }),
  "client-query-buffer-limit": memory(1024 * MB, MB, INT64_MAX),
  "proto-max-bulk-len": memory(512 * MB, MB, INT64_MAX),
  /** Redstart's own, so CONFIG GET * does not list it. */
  "client-throttle": throttleLimits({ hidden: true }),
  "tracking-table-max-keys": integer(1_000_000, 0, INT64_MAX),
};

/** The limit of memory, eviction, expiry, and freeing memory later. */

import { integer, memory as memorySize } from "../number-kinds.js";
import { INT_MAX, INT64_MAX, UINT64_MAX } from "../number-text.js";
import { boolean, oneOf } from "../scalar-kinds.js";

export const memory = {
  maxmemory: memorySize(0, 0, UINT64_MAX),
  "maxmemory-policy": oneOf(
    [
      "volatile-lru",
      "volatile-lfu",
      "volatile-random",
      "volatile-ttl",
      "allkeys-lru",
      "allkeys-lfu",
      "allkeys-random",
      "noeviction",
    ],
    "noeviction",
  ),
  "maxmemory-samples": integer(5, 1, INT_MAX),
  "maxmemory-eviction-tenacity": integer(10, 0, 100),
  "lfu-log-factor": integer(10, 0, INT_MAX),
  "lfu-decay-time": integer(1, 0, INT_MAX),
  "active-expire-effort": integer(1, 1, 10),
  "lazyfree-lazy-eviction": boolean(false),
  "lazyfree-lazy-expire": boolean(false),
  "lazyfree-lazy-server-del": boolean(false),
  "lazyfree-lazy-user-del": boolean(false),
  "lazyfree-lazy-user-flush": boolean(false),
  activerehashing: boolean(true),
  activedefrag: boolean(false),
  "active-defrag-cycle-min": integer(1, 1, 99),
  "active-defrag-cycle-max": integer(25, 1, 99),
  "active-defrag-threshold-lower": integer(10, 0, 1000),
  "active-defrag-threshold-upper": integer(100, 0, 1000),
  "active-defrag-max-scan-fields": integer(1000, 1, INT64_MAX),
  "active-defrag-ignore-bytes": memorySize(100 * 1024 * 1024, 1, INT64_MAX),
  "jemalloc-bg-thread": boolean(true),
};

/**
 * Directives that only Valkey has, so that its configuration files and its test suite are accepted. They are hidden:
 * CONFIG GET * lists what Redis 7.2 lists. Nothing here has an effect.
 */

import { integer } from "../number-kinds.js";
import { INT_MAX, INT64_MAX } from "../number-text.js";
import { boolean, oneOf, optionalText, text } from "../scalar-kinds.js";

const hidden = { hidden: true } as const;

export const valkey = {
  "availability-zone": text("", hidden),
  "cluster-announce-client-ipv4": optionalText(hidden),
  "cluster-announce-client-ipv6": optionalText(hidden),
  "cluster-blacklist-ttl": integer(60, 0, INT64_MAX, hidden),
  "cluster-slot-stats-enabled": boolean(false, hidden),
  "debug-context": text("", hidden),
  "dual-channel-replication-enabled": boolean(false, hidden),
  "events-per-io-thread": integer(2, 0, INT_MAX, hidden),
  "extended-redis-compatibility": boolean(false, hidden),
  "hide-user-data-from-log": boolean(true, hidden),
  "log-format": oneOf(["legacy", "logfmt"], "legacy", hidden),
  "log-timestamp-format": oneOf(["legacy", "iso8601", "milliseconds"], "legacy", hidden),
  "max-new-connections-per-cycle": integer(10, 1, 1000, hidden),
  "max-new-tls-connections-per-cycle": integer(1, 1, 1000, hidden),
  "prefetch-batch-max-size": integer(16, 0, 128, hidden),
  unixsocketgroup: optionalText({ immutable: true, hidden: true }),
};

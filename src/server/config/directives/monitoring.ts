/** The log, the slow log, and latency. */
import { percentiles } from "../list-kinds.js";
import { integer } from "../number-kinds.js";
import { INT_MAX, INT64_MAX } from "../number-text.js";
import { boolean, oneOf, text } from "../scalar-kinds.js";

export const monitoring = {
  loglevel: oneOf(["debug", "verbose", "notice", "warning", "nothing"], "notice"),
  logfile: text("", { immutable: true }),
  "syslog-enabled": boolean(false, { immutable: true }),
  "syslog-ident": text("redis", { immutable: true }),
  "syslog-facility": oneOf(
    ["user", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"],
    "local0",
    { immutable: true },
  ),
  "slowlog-log-slower-than": integer(10000, -1, INT64_MAX),
  "slowlog-max-len": integer(128, 0, INT64_MAX),
  "latency-monitor-threshold": integer(0, 0, INT64_MAX),
  "latency-tracking": boolean(true),
  "latency-tracking-info-percentiles": percentiles([50, 99, 99.9]),
  "crash-log-enabled": boolean(true),
  "crash-memcheck-enabled": boolean(true),
  "watchdog-period": integer(0, 0, INT_MAX, { hidden: true }),
  "use-exit-on-panic": boolean(false, { hidden: true }),
};

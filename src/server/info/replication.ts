import type { InfoField } from "../../commands/subsystem.js";
import type { InfoSources } from "./sources.js";

/** # Replication: a primary without replicas. */
export function replicationSection({ identity, config }: InfoSources): InfoField[] {
  const needsReplicas = config.number("min-replicas-to-write") > 0 && config.number("min-replicas-max-lag") > 0;
  return [
    ["role", "master"],
    ["connected_slaves", 0],
    ...(needsReplicas ? ([["min_slaves_good_slaves", 0]] as const) : []),
    ["master_failover_state", "no-failover"],
    ["master_replid", identity.replicationId],
    ["master_replid2", "0".repeat(40)],
    ["master_repl_offset", 0],
    ["second_repl_offset", -1],
    ["repl_backlog_active", 0],
    ["repl_backlog_size", config.number("repl-backlog-size")],
    ["repl_backlog_first_byte_offset", 0],
    ["repl_backlog_histlen", 0],
  ];
}

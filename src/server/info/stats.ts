import type { PubSub } from "../../commands/pubsub-context.js";
import type { InfoField } from "../../commands/subsystem.js";
import type { Rate } from "../observation/rate.js";
import type { InfoSources } from "./sources.js";

/** # Stats: what happened since the start or the last CONFIG RESETSTAT. */
export function statsSection(sources: InfoSources): InfoField[] {
  return [
    ...traffic(sources),
    ...keys(sources),
    ...subscriptions(sources.pubsub),
    ...machinery(),
    ...tracked(sources),
    ...work(sources),
  ];
}

function traffic({ stats }: InfoSources): InfoField[] {
  return [
    ["total_connections_received", stats.totalConnections],
    ["total_commands_processed", stats.totalCommands],
    ["instantaneous_ops_per_sec", Math.floor(stats.opsPerSecond.value)],
    ["total_net_input_bytes", stats.netInputBytes + stats.replInputBytes],
    ["total_net_output_bytes", stats.netOutputBytes + stats.replOutputBytes],
    ["total_net_repl_input_bytes", stats.replInputBytes],
    ["total_net_repl_output_bytes", stats.replOutputBytes],
    ["instantaneous_input_kbps", kilobytes(stats.inputBytesPerSecond)],
    ["instantaneous_output_kbps", kilobytes(stats.outputBytesPerSecond)],
    ["instantaneous_input_repl_kbps", kilobytes(stats.replInputBytesPerSecond)],
    ["instantaneous_output_repl_kbps", kilobytes(stats.replOutputBytesPerSecond)],
    ["rejected_connections", stats.rejectedConnections],
    ["sync_full", 0],
    ["sync_partial_ok", 0],
    ["sync_partial_err", 0],
  ];
}

function keys({ stats, keyspace, clock }: InfoSources): InfoField[] {
  const since = stats.evictionExceededSinceUs;
  const exceededUs = since === 0 ? 0 : clock.monotonicUs() - since;
  return [
    ["expired_keys", keyspace.stats.expiredKeys],
    ["expired_subkeys", keyspace.stats.expiredFields],
    ["expired_stale_perc", keyspace.stats.stalePercent.toFixed(2)],
    ["expired_time_cap_reached_count", keyspace.stats.expireTimeCapReached],
    ["expire_cycle_cpu_milliseconds", Math.floor(keyspace.stats.expireCycleMs)],
    ["evicted_keys", keyspace.stats.evictedKeys],
    ["evicted_clients", stats.evictedClients],
    ["total_eviction_exceeded_time", Math.floor((stats.evictionExceededUs + exceededUs) / 1000)],
    ["current_eviction_exceeded_time", Math.floor(exceededUs / 1000)],
    ["keyspace_hits", keyspace.stats.hits],
    ["keyspace_misses", keyspace.stats.misses],
  ];
}

function subscriptions(pubsub: PubSub): InfoField[] {
  return [
    ["pubsub_channels", count(pubsub.channels("channel"))],
    ["pubsub_patterns", pubsub.patternCount],
    ["pubsubshard_channels", count(pubsub.channels("shard"))],
  ];
}

/** What this server does without: forks, MIGRATE, defragmentation. */
function machinery(): InfoField[] {
  return [
    ["latest_fork_usec", 0],
    ["total_forks", 0],
    ["migrate_cached_sockets", 0],
    ["slave_expires_tracked_keys", 0],
    ["active_defrag_hits", 0],
    ["active_defrag_misses", 0],
    ["active_defrag_key_hits", 0],
    ["active_defrag_key_misses", 0],
    ["total_active_defrag_time", 0],
    ["current_active_defrag_time", 0],
  ];
}

function tracked({ tracking }: InfoSources): InfoField[] {
  return [
    ["tracking_total_keys", tracking.keyCount],
    ["tracking_total_items", tracking.itemCount],
    ["tracking_total_prefixes", tracking.prefixCount],
  ];
}

function work({ stats, throttling }: InfoSources): InfoField[] {
  return [
    ["unexpected_error_replies", stats.unexpectedErrorReplies],
    ["total_error_replies", stats.totalErrorReplies],
    ["dump_payload_sanitizations", 0],
    ["total_reads_processed", stats.totalReadsProcessed],
    ["total_writes_processed", stats.totalWritesProcessed],
    ["io_threaded_reads_processed", 0],
    ["io_threaded_writes_processed", 0],
    ["client_query_buffer_limit_disconnections", stats.queryBufferLimitDisconnections],
    ["client_output_buffer_limit_disconnections", stats.outputBufferLimitDisconnections],
    ["reply_buffer_shrinks", 0],
    ["reply_buffer_expands", 0],
    ["eventloop_cycles", stats.eventLoopCycles],
    ["eventloop_duration_sum", Math.floor(stats.eventLoopUs)],
    ["eventloop_duration_cmd_sum", Math.floor(stats.eventLoopCommandUs)],
    ["instantaneous_eventloop_cycles_per_sec", Math.floor(stats.cyclesPerSecond.value)],
    ["instantaneous_eventloop_duration_usec", Math.floor(stats.usPerCycle.value)],
    ["acl_access_denied_auth", stats.aclDeniedAuth],
    ["acl_access_denied_cmd", stats.aclDeniedCommand],
    ["acl_access_denied_key", stats.aclDeniedKey],
    ["acl_access_denied_channel", stats.aclDeniedChannel],
    ["total_throttled_commands", stats.throttledCommands],
    ["total_throttled_time_ms", Math.floor(throttling.delayedUs / 1000)],
  ];
}

function kilobytes(bytesPerSecond: Rate): string {
  return (bytesPerSecond.value / 1024).toFixed(2);
}

function count(things: Iterable<unknown>): number {
  let number = 0;
  for (const _ of things) number++;
  return number;
}

import type { InfoField } from "../../commands/subsystem.js";
import type { InfoSources } from "./sources.js";

/** # Clients: who is connected, and what they wait for. */
export function clientsSection(sources: InfoSources): InfoField[] {
  const { clients, watches, blocking, tracking, throttling, buffers, config } = sources;
  let blocked = 0;
  let subscribed = 0;
  for (const client of clients.all()) {
    if (client.blocked !== null) blocked++;
    if (client.subscriptionCount > 0) subscribed++;
  }
  return [
    ["connected_clients", clients.count],
    ["cluster_connections", 0],
    ["maxclients", config.number("maxclients")],
    ["client_recent_max_input_buffer", buffers.maxInput],
    ["client_recent_max_output_buffer", buffers.maxOutput],
    ["blocked_clients", blocked],
    ["tracking_clients", tracking.clientCount],
    ["pubsub_clients", subscribed],
    ["watching_clients", watches.watchingClients],
    ["clients_in_timeout_table", blocking.timeoutCount],
    ["total_watched_keys", watches.watchedKeys],
    ["total_blocking_keys", blocking.blockingKeys],
    ["total_blocking_keys_on_nokey", blocking.deletionKeys],
    ["throttled_clients", throttling.waitingCount],
  ];
}

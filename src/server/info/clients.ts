import type { InfoField, InfoSources } from "./sources.js";

/** # Clients: who is connected, and what they wait for. */
export function clientsSection(sources: InfoSources): InfoField[] {
  const { clients, watches, blocking, tracking, throttling, config } = sources;
  let input = 0;
  let output = 0;
  let blocked = 0;
  let subscribed = 0;
  for (const client of clients.all()) {
    input = Math.max(input, client.queryBufferUsed + client.queryBufferFree);
    output = Math.max(output, client.outputBytes);
    if (client.blocked !== null) blocked++;
    if (client.subscriptionCount > 0) subscribed++;
  }
  return [
    ["connected_clients", clients.count],
    ["cluster_connections", 0],
    ["maxclients", config.number("maxclients")],
    ["client_recent_max_input_buffer", input],
    ["client_recent_max_output_buffer", output],
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

/** Makes what is there for clients: who they are, what they may do, what they hear of, how fast and how large they may be. */
import { AccessControl } from "../server/acl/acl.js";
import { ClientEviction } from "../server/clients/client-eviction.js";
import { Clients } from "../server/clients/client-registry.js";
import { OutputLimits } from "../server/clients/output-limits.js";
import type { ServerClient } from "../server/clients/server-client.js";
import { TcpOptions } from "../server/listening/tcp-options.js";
import { logClosed } from "../server/process/client-log.js";
import { Channels } from "../server/pubsub/pubsub.js";
import { Throttling } from "../server/throttle/throttling.js";
import { Tracking } from "../server/tracking/tracking.js";
import type { ClientParts, Common, Later, Parts } from "./parts.js";

export function createClients(common: Common, later: Later): ClientParts {
  const { config, log, pause, platform, stats } = common;
  const { clock, timers } = platform;
  const throttling = new Throttling({ clock, timers, stats });
  const tcp = new TcpOptions({
    config,
    log,
    load: platform.loadSocketOptions,
    connections: () => clients.connections(),
    listeners: () => later().listening.listeners.portSockets(),
  });
  const clients: Clients = new Clients({ pause, throttling, tcp, nowMs: () => clock.nowMs() });
  const acl = createAcl(common, clients, later);
  return {
    throttling,
    tcp,
    clients,
    clientEviction: new ClientEviction({ clients, stats, log }),
    pubsub: new Channels(),
    tracking: createTracking(common, clients, later),
    acl,
    outputLimits: new OutputLimits(acl),
  };
}

function createAcl(common: Common, clients: Clients, later: Later): AccessControl {
  const { config, log, platform, stats, table, userLines, userRules } = common;
  const acl = new AccessControl({
    rules: userRules,
    config,
    stats,
    digest: platform.digest,
    random: platform.random,
    log,
    idCount: table.idCount,
    nowMs: () => platform.clock.nowMs(),
    clients: () => clients.all(),
    current: () => later().execution.host.current,
    describe: (client) => clients.describe(client),
    identified: (client, isAuthenticated) => {
      (client as ServerClient).parser.isAuthenticated = isAuthenticated;
    },
  });
  acl.start(userLines);
  return acl;
}

function createTracking({ keyspace, platform }: Common, clients: Clients, later: Later): Tracking {
  return new Tracking({
    arena: keyspace.arena,
    random: () => platform.random.uint32(),
    clients,
    timers: platform.timers,
    currentClient: () => later().execution.host.current,
    runningClient: () => {
      const { host } = later().execution;
      return host.isRunningCommand ? host.current : null;
    },
    switched: (isOn) => {
      const { listener, tracking } = later();
      keyspace.listener = isOn ? tracking.listening(listener) : listener;
    },
  });
}

/** Forgets a connection that has closed wherever it may be known. */
export function forgetClient(parts: Parts, connection: ServerClient, reason: string): void {
  const { clients, execution, gates, log, observers, pubsub, throttling, tracking } = parts;
  clients.remove(connection);
  gates.forget(connection);
  execution.blocking.forget(connection);
  throttling.forget(connection);
  execution.transactions.discard(connection);
  pubsub.leave(connection);
  tracking.disable(connection);
  observers.monitors.remove(connection);
  const { peerAddress, localAddress } = connection;
  logClosed(log, reason, { peerAddress, localAddress, describe: () => clients.describe(connection) });
}

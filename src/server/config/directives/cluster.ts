/** Redis Cluster. */

import { integer, memory } from "../number-kinds.js";
import { INT_MAX, INT64_MAX, UINT64_MAX } from "../number-text.js";
import { boolean, oneOf, optionalText, text } from "../scalar-kinds.js";

const MAX_HOST_LENGTH = 256;

function checkHostname(name: string): string | null {
  if (name.length >= MAX_HOST_LENGTH) return `Hostnames must be less than ${MAX_HOST_LENGTH} characters`;
  return /^[A-Za-z0-9.-]*$/.test(name) ? null : "Hostnames may only contain alphanumeric characters, hyphens or dots";
}

function checkNodeName(name: string): string | null {
  return /[!#$%&()*+:;<>?@[\]^{|}~]/.test(name) ? "Announced human node name contained invalid character" : null;
}

export const cluster = {
  "cluster-enabled": boolean(false, { immutable: true }),
  "cluster-config-file": text("nodes.conf", { immutable: true }, (name) => {
    return name === "" ? "cluster-config-file can't be empty" : null;
  }),
  "cluster-node-timeout": integer(15000, 0, INT64_MAX),
  "cluster-port": integer(0, 0, 65535, { immutable: true }),
  "cluster-ping-interval": integer(0, 0, INT64_MAX, { hidden: true }),
  "cluster-replica-validity-factor": integer(10, 0, INT_MAX, { alias: "cluster-slave-validity-factor" }),
  "cluster-replica-no-failover": boolean(false, { alias: "cluster-slave-no-failover" }),
  "cluster-migration-barrier": integer(1, 0, INT_MAX),
  "cluster-allow-replica-migration": boolean(true),
  "cluster-require-full-coverage": boolean(true),
  "cluster-allow-reads-when-down": boolean(false),
  "cluster-allow-pubsubshard-when-down": boolean(true),
  "cluster-link-sendbuf-limit": memory(0, 0, UINT64_MAX),
  "cluster-announce-ip": optionalText(),
  "cluster-announce-port": integer(0, 0, 65535),
  "cluster-announce-tls-port": integer(0, 0, 65535),
  "cluster-announce-bus-port": integer(0, 0, 65535),
  "cluster-announce-hostname": optionalText({}, checkHostname),
  "cluster-announce-human-nodename": optionalText({}, checkNodeName),
  "cluster-preferred-endpoint-type": oneOf(["ip", "hostname", "unknown-endpoint"], "ip"),
};

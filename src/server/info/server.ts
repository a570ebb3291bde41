import type { InfoField } from "../../commands/subsystem.js";
import { VERSION } from "../version.js";
import type { InfoSources, ListenerFacts } from "./sources.js";

const SECONDS_PER_DAY = 86_400;

/** # Server: what is running, where, and since when. */
export function serverSection(sources: InfoSources): InfoField[] {
  const { identity, clock, config } = sources;
  const facts = sources.process;
  const uptime = Math.max(0, Math.floor((clock.nowMs() - identity.startedMs) / 1000));
  const fields: InfoField[] = [
    ["redis_version", VERSION.redis],
    ["redstart_version", identity.version],
    ["redis_git_sha1", "00000000"],
    ["redis_git_dirty", 0],
    ["redis_mode", config.flag("cluster-enabled") ? "cluster" : "standalone"],
    ["os", facts.system],
    ["arch_bits", facts.archBits],
    ["monotonic_clock", "POSIX clock_gettime"],
    ["multiplexing_api", "libuv"],
    ["node_version", facts.nodeVersion],
    ["process_id", facts.pid],
    ["process_supervised", "no"],
    ["run_id", identity.runId],
    ["tcp_port", identity.port],
    ["server_time_usec", clock.nowUs()],
    ["uptime_in_seconds", uptime],
    ["uptime_in_days", Math.floor(uptime / SECONDS_PER_DAY)],
    ["hz", config.number("hz")],
    ["configured_hz", config.number("hz")],
    ["lru_clock", Math.floor(clock.nowMs() / 1000) & 0xffffff],
    ["executable", facts.executable],
    ["config_file", identity.configFile ?? ""],
    ["io_threads_active", 0],
  ];
  for (const listener of identity.listeners) {
    fields.push([`listener${LISTENER_NUMBERS[listener.kind]}`, listenerText(listener)]);
  }
  return fields;
}

/** Redis numbers the kinds, not the listeners. */
const LISTENER_NUMBERS = { tcp: 0, unix: 1, tls: 2 } as const;

function listenerText({ kind, addresses, port }: ListenerFacts): string {
  const binds = addresses.map((address) => `,bind=${address}`).join("");
  return `name=${kind}${binds}${port === 0 ? "" : `,port=${port}`}`;
}

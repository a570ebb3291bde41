import type { InfoField } from "../../commands/subsystem.js";
import type { InfoSources } from "./sources.js";

const OPTIONS = ["timestamps", "sack", "wscale", "ecn", "fastopen"];

/** # TCP: the kernel's figures of all clients together. Shown by its name only, since it asks the system about each client. */
export function tcpSection({ tcp }: InfoSources): InfoField[] {
  const totals = tcp.totals();
  const { connections } = totals;
  if (connections === 0) return [["tcp_clients_with_figures", 0]];
  const controls = [...totals.congestionControls].map(([name, count]) => `${name}=${count}`);
  return [
    ["tcp_clients_with_figures", connections],
    ["tcp_rtt_avg_usec", Math.round(totals.rttUs / connections)],
    ["tcp_rtt_max_usec", totals.maxRttUs],
    ["tcp_retransmits", totals.retransmits],
    ["tcp_congestion_window_avg", (totals.congestionWindow / connections).toFixed(2)],
    ["tcp_congestion_control", controls.join(",")],
    ...OPTIONS.map((name): InfoField => [`tcp_clients_${name}`, totals.options.get(name) ?? 0]),
  ];
}

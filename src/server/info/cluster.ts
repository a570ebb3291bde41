import type { InfoField } from "../../commands/subsystem.js";
import type { InfoSources } from "./sources.js";

/** # Cluster: whether there is one. */
export function clusterSection({ config }: InfoSources): InfoField[] {
  return [["cluster_enabled", config.flag("cluster-enabled") ? 1 : 0]];
}

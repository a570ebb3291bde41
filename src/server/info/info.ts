/**
 * INFO: the text, and which sections it has. Fields are those of Redis 7.2, in its order; figures that would mean
 * nothing here are left out rather than made up, and fields of our own have names that say so.
 */
import type { Info } from "../../commands/server-context.js";
import type { InfoPart, InfoVisibility } from "../../commands/subsystem.js";
import { clientsSection } from "./clients.js";
import { clusterSection } from "./cluster.js";
import { commandStatsSection } from "./command-stats.js";
import { cpuSection } from "./cpu.js";
import { debugSection } from "./debug.js";
import { errorStatsSection } from "./error-stats.js";
import { keySizesSection } from "./key-sizes.js";
import { keyspaceSection } from "./keyspace.js";
import { latencyStatsSection } from "./latency-stats.js";
import { memorySection } from "./memory.js";
import { modulesSection } from "./modules.js";
import { persistenceSection } from "./persistence.js";
import { replicationSection } from "./replication.js";
import { serverSection } from "./server.js";
import type { InfoSection, InfoSources } from "./sources.js";
import { statsSection } from "./stats.js";
import { tcpSection } from "./tcp.js";

interface SectionEntry {
  readonly title: string;
  readonly names: readonly string[];
  readonly visibility: InfoVisibility;
  readonly section: InfoSection;
}

const SECTIONS: readonly SectionEntry[] = [
  entry("Server", "default", serverSection),
  entry("Clients", "default", clientsSection),
  entry("Memory", "default", memorySection),
  entry("Persistence", "default", persistenceSection),
  entry("Stats", "default", statsSection),
  entry("Replication", "default", replicationSection),
  entry("CPU", "default", cpuSection),
  entry("Modules", "default", modulesSection, "module_list"),
  entry("Commandstats", "all", commandStatsSection),
  entry("Errorstats", "default", errorStatsSection),
  entry("Latencystats", "all", latencyStatsSection),
  entry("Cluster", "default", clusterSection),
  entry("Keyspace", "default", keyspaceSection),
  // By default in Redis 8, but not here: clients ask for INFO whenever they connect, and each time would walk a large data set.
  entry("Keysizes", "all", keySizesSection),
  entry("TCP", "named", tcpSection),
  entry("Debug", "named", debugSection),
];

function entry(title: string, visibility: InfoVisibility, section: InfoSection, ...otherNames: string[]): SectionEntry {
  return { title, visibility, section, names: [title.toLowerCase(), ...otherNames] };
}

/** What INFO and CONFIG RESETSTAT are about. */
interface ServerInfoParts {
  sources(): InfoSources;
  /** What others say, in the place of sections or besides. */
  others(): readonly InfoPart[];
  resetStats(): void;
}

export class ServerInfo implements Info {
  readonly #parts: ServerInfoParts;

  constructor(parts: ServerInfoParts) {
    this.#parts = parts;
  }

  text(sections: readonly string[]): string {
    return infoText(this.#parts.sources(), sections, this.#parts.others());
  }

  resetStats(): void {
    this.#parts.resetStats();
  }
}

/**
 * The text for the sections named, in any case; none names the default ones. Each section comes once, in its usual
 * place, whatever the order of the names; names nobody knows are ignored.
 */
export function infoText(sources: InfoSources, sections: readonly string[], others: readonly InfoPart[] = []): string {
  const asked = new Set(sections.map((name) => name.toLowerCase()));
  const all = asked.has("all") || asked.has("everything");
  const usual = asked.size === 0 || asked.has("default");
  const parts: string[] = [];
  for (const { title, names, visibility, section } of withOthers(others)) {
    const isShown =
      (usual && visibility === "default") || (all && visibility !== "named") || names.some((name) => asked.has(name));
    if (!isShown) continue;
    let text = `# ${title}\r\n`;
    for (const [name, value] of section(sources)) text += `${name}:${value}\r\n`;
    parts.push(text);
  }
  return parts.join("\r\n");
}

/** The sections of the server, some of them replaced by others, and those that others add. */
function withOthers(others: readonly InfoPart[]): readonly SectionEntry[] {
  if (others.length === 0) return SECTIONS;
  const sections = [...SECTIONS];
  for (const { title, visibility, fields } of others) {
    const at = sections.findIndex((each) => each.title === title);
    sections.splice(at < 0 ? sections.length : at, 1, entry(title, visibility, fields));
  }
  return sections;
}

/**
 * All directives by name, and how names are found: every name and alias in any case, in the order CONFIG GET * prints.
 * The table is constant; the values are in a `ConfigStore`.
 */
import type { AnyDirective, Directive } from "./directive.js";
import { clients } from "./directives/clients.js";
import { cluster } from "./directives/cluster.js";
import { dataTypes } from "./directives/data-types.js";
import { memory } from "./directives/memory.js";
import { monitoring } from "./directives/monitoring.js";
import { network } from "./directives/network.js";
import { persistence } from "./directives/persistence.js";
import { replication } from "./directives/replication.js";
import { scripting } from "./directives/scripting.js";
import { security } from "./directives/security.js";
import { system } from "./directives/system.js";
import { tls } from "./directives/tls.js";
import { valkey } from "./directives/valkey.js";

/** Every directive by its name. */
export const directives = {
  ...network,
  ...system,
  ...monitoring,
  ...security,
  ...clients,
  ...memory,
  ...dataTypes,
  ...persistence,
  ...replication,
  ...cluster,
  ...scripting,
  ...tls,
  ...valkey,
};

type Directives = typeof directives;

/** A directive's own name, no alias. */
export type DirectiveName = keyof Directives;

/** The typed value of each directive. */
export type Settings = {
  readonly [N in DirectiveName]: Directives[N] extends Directive<infer V, infer _I> ? V : never;
};

/** What the embedding API takes for each directive. */
export type SettingOptions = {
  readonly [N in DirectiveName]: Directives[N] extends Directive<infer _V, infer I> ? I : never;
};

/** One name under which a directive is known. */
export interface DirectiveEntry {
  /** This name, which may be an alias. */
  readonly name: string;
  /** The directive's own name. */
  readonly ownName: DirectiveName;
  readonly directive: AnyDirective;
  /** Where a store keeps the value; the same for all names of a directive. */
  readonly index: number;
  readonly hidden: boolean;
}

/** All names, aliases behind their directive. */
export const directiveEntries: readonly DirectiveEntry[] = makeEntries();

/** How many directives there are. */
export const directiveCount = Object.keys(directives).length;

const byName: ReadonlyMap<string, DirectiveEntry> = new Map(directiveEntries.map((entry) => [entry.name, entry]));

/** The directive known by a name in any case. */
export function findDirective(name: string): DirectiveEntry | undefined {
  return byName.get(name) ?? byName.get(name.toLowerCase());
}

function makeEntries(): DirectiveEntry[] {
  const entries: DirectiveEntry[] = [];
  let index = 0;
  for (const [name, directive] of Object.entries(directives) as [DirectiveName, AnyDirective][]) {
    const { alias, hiddenAlias, hidden = false } = directive.flags;
    entries.push({ name, ownName: name, directive, index, hidden });
    if (alias !== undefined) entries.push({ name: alias, ownName: name, directive, index, hidden });
    if (hiddenAlias !== undefined) entries.push({ name: hiddenAlias, ownName: name, directive, index, hidden: true });
    index++;
  }
  return entries;
}

/** The options of the embedding API, set: one becomes the arguments of a redis.conf line and is checked as such. */
import { binary } from "./config-files.js";
import type { ConfigStore } from "./config-store.js";
import { Refusal } from "./directive.js";
import { type DirectiveEntry, findDirective } from "./directive-table.js";
import { OptionError, type ServerOptions } from "./server-options.js";

export { OptionError, type ServerOptions };

const NO_SUCH = "there is no such directive";
const ONLY_IN_FILES = "this directive is only for configuration files";
/** Lines of a configuration file that are no settings. */
const FILE_ONLY = new Set(["include", "rename-command", "user", "loadmodule"]);

/** Sets the options in a store. An undefined one counts as not given. Throws an OptionError. */
export function applyOptions(store: ConfigStore, options: ServerOptions): void {
  const given = new Map<DirectiveEntry["ownName"], string>();
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const entry = findOption(option);
    if (entry === undefined) throw new OptionError(option, FILE_ONLY.has(option) ? ONLY_IN_FILES : NO_SUCH);
    const other = given.get(entry.ownName);
    if (other !== undefined) throw new OptionError(option, `is the same as "${other}"`);
    given.set(entry.ownName, option);
    const args: readonly string[] | Refusal = entry.directive.kind.argumentsOf(value);
    const reason = args instanceof Refusal ? args.reason : store.assign(entry.name, args.map(binary));
    if (reason !== null) throw new OptionError(option, reason);
  }
}

function findOption(option: string): DirectiveEntry | undefined {
  return findDirective(option) ?? findDirective(option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
}

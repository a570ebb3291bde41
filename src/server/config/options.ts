/**
 * The options of the embedding API, derived from the table of directives: every directive under its own name or in
 * camel case, with values of JavaScript. An option becomes the arguments of a redis.conf line and is checked as such.
 */
import { binary } from "./config-files.js";
import type { ConfigStore } from "./config-store.js";
import { Refusal } from "./directive.js";
import { type DirectiveEntry, findDirective, type SettingOptions } from "./directive-table.js";

/** "client-output-buffer-limit" as "clientOutputBufferLimit". */
type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** All directives, by their names in redis.conf or in camel case. */
export type ServerOptions = Partial<SettingOptions> & {
  readonly [N in keyof SettingOptions as CamelCase<N>]?: SettingOptions[N];
};

/** An option that is unknown or has a value it cannot have. */
export class OptionError extends TypeError {
  constructor(
    /** The option as it was given. */
    readonly option: string,
    reason: string,
  ) {
    super(`option "${option}": ${reason}`);
    this.name = "OptionError";
  }
}

/** Sets the options in a store. An undefined one counts as not given. Throws an OptionError. */
export function applyOptions(store: ConfigStore, options: ServerOptions): void {
  const given = new Map<DirectiveEntry["ownName"], string>();
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const entry = findOption(option);
    if (entry === undefined) throw new OptionError(option, "there is no such directive");
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

/**
 * What the options of the embedding API are: every directive under its own name or in camel case, with values of JavaScript. Apart from
 * what is done with them, so that the types of the package are few.
 */
import type { SettingOptions } from "./directive-table.js";

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

/**
 * What a directive of redis.conf is: a kind (how its text reads and prints), a default, and flags. The directives
 * themselves are in `directives/`, `directive-table.ts` puts them together.
 *
 * All texts are binary strings, one char per byte, because that is what files and clients send. A value is kept in its
 * typed form, so that whoever reads a setting parses nothing.
 */

/** Why a value was refused, worded as the end of Redis' error message. */
export class Refusal {
  constructor(readonly reason: string) {}
}

/** A line for CONFIG REWRITE. `force`: append it when the file has no such line; otherwise it only replaces one. */
export interface RewriteLine {
  readonly text: string;
  readonly force: boolean;
}

/** How values of one type are read and printed. `V` is the typed value, `I` what the embedding API takes. */
export interface Kind<V, I> {
  /** Takes several arguments in redis.conf; CONFIG SET splits its one value at spaces. */
  readonly multiple: boolean;
  /** Several lines of a configuration add up, until one has an empty value. */
  readonly addsUp?: boolean;
  /** What a line has for no value, unless that is "". */
  readonly unset?: string;
  /**
   * Reads the arguments. `current` is the value so far. `continued`: an earlier line of the same configuration has set
   * it already, which matters to what adds up over several lines.
   */
  parse(args: readonly string[], current: V, continued: boolean): V | Refusal;
  /** The text CONFIG GET prints. */
  format(value: V): string;
  /** The lines CONFIG REWRITE writes; none removes what the file has. Without a line it would have the default, or what is there instead. */
  rewrite(name: string, value: V, defaultValue: V): readonly RewriteLine[];
  /** The arguments a redis.conf line would have for an option of the embedding API. */
  argumentsOf(input: I): readonly string[] | Refusal;
}

/** What else is true of a directive. */
export interface DirectiveFlags {
  /** Only set at start. */
  readonly immutable?: boolean;
  /** CONFIG GET finds it only by its exact name. */
  readonly hidden?: boolean;
  /** CONFIG SET needs `enable-protected-configs`. */
  readonly protected?: boolean;
  /** Its value must not show up in logs. */
  readonly sensitive?: boolean;
  /** CONFIG SET is refused while the dataset is loading. */
  readonly denyLoading?: boolean;
  /** Setting it to the value it has counts as a change: a file it names may be another now. */
  readonly volatile?: boolean;
  /** The value is a directory, which must exist and is kept as an absolute path. */
  readonly directory?: boolean;
  /** Its older name, which CONFIG GET prints too. */
  readonly alias?: string;
  /** A name used elsewhere, accepted but not listed. */
  readonly hiddenAlias?: string;
}

/** A directive before it gets its name in the table. */
export interface Directive<V, I> {
  readonly kind: Kind<V, I>;
  readonly default: V;
  readonly flags: DirectiveFlags;
}

/** A directive of any type, for code that handles all alike. */
// biome-ignore lint/suspicious/noExplicitAny: the table mixes all types; the typed view is Settings
export type AnyDirective = Directive<any, any>;

/** The usual answer of `rewrite`: one line, forced when the value is not the default. */
export function rewriteLine(name: string, text: string, force: boolean): readonly RewriteLine[] {
  return [{ text: `${name} ${text}`, force }];
}

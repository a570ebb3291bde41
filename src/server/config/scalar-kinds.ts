/** Directives whose value is yes or no, a text, or words of a list. */
import { type Directive, type DirectiveFlags, type Kind, Refusal, type RewriteLine, rewriteLine } from "./directive.js";
import { quote, tokenize } from "./tokenize.js";

/** What the embedding API takes for yes and no. */
export type BooleanOption = boolean | "yes" | "no";

/** Yes or no. */
export function boolean(value: boolean, flags: DirectiveFlags = {}): Directive<boolean, BooleanOption> {
  return { kind: BOOLEAN, default: value, flags };
}

/** Refuses a text with a reason, or returns null. */
export type TextCheck = (text: string) => string | null;

/** A text. Null, which prints as "", is what a text that is not set has where Redis tells them apart. */
export function text(value: string, flags: DirectiveFlags = {}, check?: TextCheck): Directive<string, string> {
  return { kind: check === undefined ? TEXT : new TextKind(true, check), default: value, flags };
}

/** A text that is not set by default; setting it to "" unsets it, and CONFIG REWRITE leaves it out. */
export function optionalText(flags: DirectiveFlags = {}, check?: TextCheck): Directive<string, string> {
  return { kind: check === undefined ? OPTIONAL_TEXT : new TextKind(false, check), default: "", flags };
}

/** One of several words, in any case. `synonyms` are accepted and kept as another word, in the error's list after it. */
export function oneOf<const W extends string>(
  words: readonly W[],
  value: NoInfer<W>,
  flags: DirectiveFlags = {},
  synonyms: Readonly<Record<string, NoInfer<W>>> = {},
): Directive<W, W> {
  return { kind: new WordKind(words, synonyms), default: value, flags };
}

/** Any of several words together; none is the word `none`. */
export function anyOf<const W extends string>(
  none: string,
  words: readonly W[],
  flags: DirectiveFlags,
  check: (words: ReadonlySet<NoInfer<W>>) => string | null,
): Directive<readonly W[], string | readonly W[]> {
  return { kind: new WordSetKind(none, words, check), default: [], flags };
}

class BooleanKind implements Kind<boolean, BooleanOption> {
  readonly multiple = false;

  parse(args: readonly string[]): boolean | Refusal {
    const word = args[0]!.toLowerCase();
    return word === "yes" || (word === "no" ? false : new Refusal("argument must be 'yes' or 'no'"));
  }

  format(value: boolean): string {
    return value ? "yes" : "no";
  }

  rewrite(name: string, value: boolean, defaultValue: boolean): readonly RewriteLine[] {
    return rewriteLine(name, this.format(value), value !== defaultValue);
  }

  argumentsOf(input: BooleanOption): readonly string[] {
    return [input === true ? "yes" : input === false ? "no" : String(input)];
  }
}

class TextKind implements Kind<string, string> {
  readonly multiple = false;

  constructor(
    readonly keepsEmpty: boolean,
    readonly check: TextCheck | null,
  ) {}

  parse(args: readonly string[]): string | Refusal {
    const reason = this.check === null ? null : this.check(args[0]!);
    return reason === null ? args[0]! : new Refusal(reason);
  }

  format(value: string): string {
    return value;
  }

  rewrite(name: string, value: string, defaultValue: string): readonly RewriteLine[] {
    if (value === "" && !this.keepsEmpty) return [];
    return rewriteLine(name, quote(value), value !== defaultValue);
  }

  argumentsOf(input: string): readonly string[] | Refusal {
    return typeof input === "string" ? [input] : new Refusal("must be a string");
  }
}

class WordKind<W extends string> implements Kind<W, W> {
  readonly multiple = false;

  constructor(
    readonly words: readonly W[],
    readonly synonyms: Readonly<Record<string, W>>,
  ) {}

  parse(args: readonly string[]): W | Refusal {
    const word = args[0]!.toLowerCase();
    return this.words.find((known) => known === word) ?? this.synonyms[word] ?? refuseWord(this.#all());
  }

  format(value: W): string {
    return value;
  }

  rewrite(name: string, value: W, defaultValue: W): readonly RewriteLine[] {
    return rewriteLine(name, value, value !== defaultValue);
  }

  argumentsOf(input: W): readonly string[] | Refusal {
    return typeof input === "string" ? [input] : new Refusal("must be a string");
  }

  #all(): string[] {
    return this.words.flatMap((word) => [word, ...Object.keys(this.synonyms).filter((s) => this.synonyms[s] === word)]);
  }
}

class WordSetKind<W extends string> implements Kind<readonly W[], string | readonly W[]> {
  readonly multiple = true;

  constructor(
    readonly none: string,
    readonly words: readonly W[],
    readonly check: (words: ReadonlySet<W>) => string | null,
  ) {}

  parse(args: readonly string[]): readonly W[] | Refusal {
    const chosen = new Set<string>(args.map((arg) => arg.toLowerCase()));
    const known = new Set<string>([this.none, ...this.words]);
    if (chosen.size === 0 || [...chosen].some((word) => !known.has(word))) return refuseWord([...known]);
    const words = this.words.filter((word) => chosen.has(word));
    const reason = this.check(new Set(words));
    return reason === null ? words : new Refusal(reason);
  }

  format(value: readonly W[]): string {
    return value.length === 0 ? this.none : value.join(" ");
  }

  rewrite(name: string, value: readonly W[], defaultValue: readonly W[]): readonly RewriteLine[] {
    return rewriteLine(name, this.format(value), this.format(value) !== this.format(defaultValue));
  }

  argumentsOf(input: string | readonly W[]): readonly string[] | Refusal {
    if (typeof input === "string") return tokenize(input) ?? new Refusal("has unbalanced quotes");
    if (!Array.isArray(input)) return new Refusal("must be a string or an array of strings");
    return input.length === 0 ? [this.none] : input.map(String);
  }
}

function refuseWord(words: readonly string[]): Refusal {
  // Redis formats this into a buffer of 256 bytes.
  return new Refusal(`argument(s) must be one of the following: ${words.join(", ")}`.slice(0, 255));
}

const BOOLEAN = new BooleanKind();
const TEXT = new TextKind(true, null);
const OPTIONAL_TEXT = new TextKind(false, null);

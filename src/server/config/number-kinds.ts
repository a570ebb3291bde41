/**
 * Directives whose value is a number: integers, sizes of memory, percentages of it, octal permissions. Values are
 * numbers; those above 2^53 lose their low bits, except that a limit of the range prints exactly.
 */
import { type Directive, type DirectiveFlags, type Kind, Refusal, type RewriteLine, rewriteLine } from "./directive.js";
import { formatMemory, integerText, parseInteger, parseMemory } from "./number-text.js";

type Limit = number | bigint;
type NumberFlags = DirectiveFlags & {
  /** Values outside are accepted and moved to the nearest end. */
  readonly clamp?: readonly [least: number, most: number];
};

/** What the embedding API takes for a number. */
export type NumberOption = number | string;

/** An integer between two limits. */
export function integer(
  value: number,
  min: Limit,
  max: Limit,
  flags: NumberFlags = {},
): Directive<number, NumberOption> {
  return { kind: new IntegerKind(min, max, flags.clamp), default: value, flags };
}

/** A size in bytes, with units. */
export function memory(
  value: number,
  min: Limit,
  max: Limit,
  flags: NumberFlags = {},
): Directive<number, NumberOption> {
  return { kind: new MemoryKind(min, max, flags.clamp), default: value, flags };
}

/** A size in bytes, or a percentage of `maxmemory`, kept as a negative number: -5 is "5%". */
export function memoryOrPercent(
  value: number,
  max: Limit,
  flags: DirectiveFlags = {},
): Directive<number, NumberOption> {
  return { kind: new PercentKind(-100, max), default: value, flags };
}

/** A number written in octal digits. */
export function octal(
  value: number,
  min: Limit,
  max: Limit,
  flags: DirectiveFlags = {},
): Directive<number, NumberOption> {
  return { kind: new OctalKind(min, max), default: value, flags };
}

abstract class NumberKind implements Kind<number, NumberOption> {
  readonly multiple = false;

  constructor(
    readonly min: Limit,
    readonly max: Limit,
    readonly clamp?: readonly [least: number, most: number],
  ) {}

  abstract parse(args: readonly string[]): number | Refusal;
  abstract rewriteText(value: number): string;

  format(value: number): string {
    return integerText(value, this.max);
  }

  rewrite(name: string, value: number, defaultValue: number): readonly RewriteLine[] {
    return rewriteLine(name, this.rewriteText(value), value !== defaultValue);
  }

  argumentsOf(input: NumberOption): readonly string[] | Refusal {
    if (typeof input === "string") return [input];
    return Number.isSafeInteger(input) ? [String(input)] : new Refusal("must be a whole number");
  }

  protected within(value: Limit): number | Refusal {
    if (value < this.min || value > this.max) {
      return new Refusal(`argument must be between ${this.min} and ${this.max} inclusive`);
    }
    const number = Number(value);
    return this.clamp === undefined ? number : Math.min(Math.max(number, this.clamp[0]), this.clamp[1]);
  }
}

class IntegerKind extends NumberKind {
  parse(args: readonly string[]): number | Refusal {
    const value = parseInteger(args[0]!);
    return value === null ? new Refusal("argument couldn't be parsed into an integer") : this.within(value);
  }

  rewriteText(value: number): string {
    return this.format(value);
  }
}

class MemoryKind extends NumberKind {
  parse(args: readonly string[]): number | Refusal {
    const value = parseMemory(args[0]!);
    return value === null ? new Refusal("argument must be a memory value") : this.within(value);
  }

  rewriteText(value: number): string {
    return Number.isSafeInteger(value) ? formatMemory(value) : this.format(value);
  }
}

class PercentKind extends NumberKind {
  parse(args: readonly string[]): number | Refusal {
    const text = args[0]!;
    const bytes = parseMemory(text);
    if (bytes !== null) return this.within(bytes);
    const percent = text.length > 1 && text.endsWith("%") ? parseInteger(text.slice(0, -1)) : null;
    if (percent === null || percent < 0) return new Refusal("argument must be a memory or percent value");
    if (percent > -this.min) return new Refusal(`percentage argument must be less or equal to ${-this.min}`);
    return -Number(percent) || 0;
  }

  override format(value: number): string {
    return value < 0 ? `${-value}%` : super.format(value);
  }

  rewriteText(value: number): string {
    return value < 0 ? `${-value}%` : formatMemory(value);
  }
}

class OctalKind extends NumberKind {
  parse(args: readonly string[]): number | Refusal {
    const text = args[0]!;
    if (!/^[0-7]{0,20}$/.test(text)) return new Refusal("argument couldn't be parsed as an octal number");
    const value = text === "" ? 0 : Number.parseInt(text, 8);
    if (value >= this.min && value <= this.max) return value;
    return new Refusal(`argument must be between ${this.min.toString(8)} and ${this.max.toString(8)} inclusive`);
  }

  override format(value: number): string {
    return value.toString(8);
  }

  rewriteText(value: number): string {
    return this.format(value);
  }

  /** A number means itself (0o700), not its decimal digits. */
  override argumentsOf(input: NumberOption): readonly string[] | Refusal {
    if (typeof input === "string") return [input];
    return Number.isSafeInteger(input) ? [input.toString(8)] : new Refusal("must be a whole number");
  }
}

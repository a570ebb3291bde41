/** Directives whose value is a list or a structure, each with a notation of its own. */
import { type Directive, type DirectiveFlags, type Kind, Refusal, type RewriteLine, rewriteLine } from "./directive.js";
import { formatMemory, integerText, parseLoose, parseMemory } from "./number-text.js";
import { tokenize } from "./tokenize.js";

/** Save when at least `changes` keys changed within `seconds`. */
export interface SavePoint {
  readonly seconds: number;
  readonly changes: number;
}

/** The classes of clients that have an output buffer limit each. */
export type BufferClass = "normal" | "replica" | "pubsub";

/** When a client is closed for not reading: at once above `hard` bytes, or after `seconds` above `soft`; 0 = never. */
export interface BufferLimit {
  readonly hard: number;
  readonly soft: number;
  readonly seconds: number;
}

export type BufferLimits = Readonly<Record<BufferClass, BufferLimit>>;

/** Where a primary listens. */
export interface PrimaryAddress {
  readonly host: string;
  readonly port: number;
}

const WRONG_COUNT = "wrong number of arguments";
const MAX_ADDRESSES = 16;

/** A list of several things: prints as the things apart by spaces. `L` is one of them. */
abstract class ListKind<L, I> implements Kind<readonly L[], string | I> {
  readonly multiple = true;

  abstract parse(args: readonly string[], current: readonly L[], continued: boolean): readonly L[] | Refusal;
  abstract element(value: L): string;
  abstract elementsOf(input: I): readonly string[] | Refusal;

  format(value: readonly L[]): string {
    return value.map((element) => this.element(element)).join(" ");
  }

  rewrite(name: string, value: readonly L[], _defaultValue: readonly L[]): readonly RewriteLine[] {
    return rewriteLine(name, value.length === 0 ? '""' : this.format(value), true);
  }

  argumentsOf(input: string | I): readonly string[] | Refusal {
    return typeof input === "string" ? words(input) : this.elementsOf(input);
  }
}

class AddressKind extends ListKind<string, readonly string[]> {
  parse(args: readonly string[]): readonly string[] | Refusal {
    // Otherwise a comment behind the addresses would be one.
    if (args.some((arg) => arg.startsWith("#"))) return new Refusal("Invalid bind address.");
    if (args.length > MAX_ADDRESSES) return new Refusal("Too many bind addresses specified.");
    return args.length === 1 && args[0] === "" ? [] : args.slice();
  }

  element(value: string): string {
    return value;
  }

  override rewrite(name: string, value: readonly string[], defaultValue: readonly string[]): readonly RewriteLine[] {
    return this.format(value) === this.format(defaultValue) ? [] : super.rewrite(name, value, defaultValue);
  }

  elementsOf(input: readonly string[]): readonly string[] | Refusal {
    if (!Array.isArray(input)) return new Refusal("must be a string or an array of strings");
    return input.length === 0 ? [""] : input.map(String);
  }
}

type SaveOption = false | readonly SavePoint[] | readonly (readonly [seconds: number, changes: number])[];

class SaveKind extends ListKind<SavePoint, SaveOption> {
  readonly addsUp = true;

  parse(args: readonly string[], current: readonly SavePoint[], continued: boolean): readonly SavePoint[] | Refusal {
    if (args.length === 0 || (args.length === 1 && args[0] === "")) return [];
    const numbers = args.map(parseLoose);
    const valid = numbers.every((number, i) => number !== null && number >= (i % 2 === 0 ? 1 : 0));
    if (!valid || numbers.length % 2 !== 0) return new Refusal("Invalid save parameters");
    const points: SavePoint[] = continued ? [...current] : [];
    for (let i = 0; i < numbers.length; i += 2) {
      const [seconds, changes] = [numbers[i]!, numbers[i + 1]!];
      // Given in a file and on the command line, it is there twice once CONFIG REWRITE has written it.
      const isSame = (point: SavePoint): boolean => point.seconds === seconds && point.changes === changes;
      if (continued && current.some(isSame)) continue;
      points.push({ seconds, changes });
    }
    return points;
  }

  /** A line for each, so that those of the file keep their places. */
  override rewrite(
    name: string,
    value: readonly SavePoint[],
    _defaultValue: readonly SavePoint[],
  ): readonly RewriteLine[] {
    if (value.length === 0) return rewriteLine(name, '""', true);
    return value.map((point) => ({ text: `${name} ${this.element(point)}`, force: true }));
  }

  element(value: SavePoint): string {
    return `${integerText(value.seconds)} ${value.changes}`;
  }

  elementsOf(input: SaveOption): readonly string[] | Refusal {
    if (input === false) return [""];
    if (!Array.isArray(input)) return new Refusal("must be a string, an array of [seconds, changes], or false");
    if (input.length === 0) return [""];
    return input.flatMap((point) => {
      return (Array.isArray(point) ? point : [point.seconds, point.changes]).map(String);
    });
  }
}

class PercentileKind extends ListKind<number, readonly number[]> {
  parse(args: readonly string[]): readonly number[] | Refusal {
    if (args.length === 1 && args[0] === "") return [];
    const values: number[] = [];
    for (const arg of args) {
      const value = parseDouble(arg);
      if (Number.isNaN(value)) return new Refusal("Invalid latency-tracking-info-percentiles parameters");
      if (value < 0 || value > 100) {
        return new Refusal("latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
      }
      values.push(value);
    }
    return values;
  }

  element(value: number): string {
    return value.toFixed(6).replace(/\.?0+$/, "");
  }

  elementsOf(input: readonly number[]): readonly string[] | Refusal {
    if (!Array.isArray(input)) return new Refusal("must be a string or an array of numbers");
    return input.length === 0 ? [""] : input.map(String);
  }
}

class AdjustmentKind extends ListKind<number, readonly number[]> {
  parse(args: readonly string[]): readonly number[] | Refusal {
    if (args.length !== 3) return new Refusal(WRONG_COUNT);
    const values = args.map((arg) => parseLoose(arg) ?? Number.NaN);
    if (values.every((value) => value >= -2000 && value <= 2000)) return values;
    return new Refusal("Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
  }

  element(value: number): string {
    return String(value);
  }

  override rewrite(name: string, value: readonly number[], defaultValue: readonly number[]): readonly RewriteLine[] {
    return rewriteLine(name, this.format(value), this.format(value) !== this.format(defaultValue));
  }

  elementsOf(input: readonly number[]): readonly string[] | Refusal {
    return Array.isArray(input) ? input.map(String) : new Refusal("must be a string or an array of numbers");
  }
}

/** What the embedding API takes for one class: sizes as numbers or with units. */
type BufferLimitOption = {
  readonly hard?: number | string;
  readonly soft?: number | string;
  readonly seconds?: number;
};
type BufferLimitsOption = Readonly<Partial<Record<BufferClass, BufferLimitOption>>>;

const BUFFER_CLASSES: readonly BufferClass[] = ["normal", "replica", "pubsub"];
const CLASS_NAMES: Readonly<Record<string, BufferClass>> = {
  normal: "normal",
  slave: "replica",
  replica: "replica",
  pubsub: "pubsub",
};

class BufferLimitKind implements Kind<BufferLimits, string | BufferLimitsOption> {
  readonly multiple = true;

  parse(args: readonly string[], current: BufferLimits): BufferLimits | Refusal {
    if (args.length % 4 !== 0) return refuseLimit("Wrong number of arguments in");
    const limits = { ...current };
    for (let i = 0; i < args.length; i += 4) {
      const name = CLASS_NAMES[args[i]!.toLowerCase()];
      if (name === undefined) return refuseLimit("Invalid client class specified in");
      const hard = parseMemory(args[i + 1]!);
      const soft = parseMemory(args[i + 2]!);
      const seconds = parseLoose(args[i + 3]!);
      if (hard === null || soft === null || seconds === null || seconds < 0) {
        return refuseLimit("Error in hard, soft or soft_seconds setting in");
      }
      limits[name] = { hard: Number(hard), soft: Number(soft), seconds: seconds | 0 };
    }
    return limits;
  }

  format(value: BufferLimits): string {
    const parts = BUFFER_CLASSES.map((name) => {
      const { hard, soft, seconds } = value[name];
      return `${name === "replica" ? "slave" : name} ${integerText(hard)} ${integerText(soft)} ${seconds}`;
    });
    return parts.join(" ");
  }

  rewrite(name: string, value: BufferLimits, defaultValue: BufferLimits): readonly RewriteLine[] {
    return BUFFER_CLASSES.map((className) => {
      const { hard, soft, seconds } = value[className];
      const usual = defaultValue[className];
      const force = hard !== usual.hard || soft !== usual.soft || seconds !== usual.seconds;
      return { text: `${name} ${className} ${formatMemory(hard)} ${formatMemory(soft)} ${seconds}`, force };
    });
  }

  argumentsOf(input: string | BufferLimitsOption): readonly string[] | Refusal {
    if (typeof input === "string") return words(input);
    if (typeof input !== "object" || input === null) return new Refusal("must be a string or an object of classes");
    return Object.entries(input).flatMap(([name, limit]) => {
      return [name, String(limit?.hard ?? 0), String(limit?.soft ?? 0), String(limit?.seconds ?? 0)];
    });
  }
}

type PrimaryOption = string | PrimaryAddress | null;

class PrimaryKind implements Kind<PrimaryAddress | null, PrimaryOption> {
  readonly multiple = true;
  readonly unset = "no one";

  parse(args: readonly string[]): PrimaryAddress | null | Refusal {
    if (args.length !== 2) return new Refusal(WRONG_COUNT);
    const [host, portText] = args as [string, string];
    if (host.toLowerCase() === "no" && portText.toLowerCase() === "one") return null;
    const port = parseLoose(portText);
    return port === null || port < 0 || port > 65535 ? new Refusal("Invalid master port") : { host, port };
  }

  format(value: PrimaryAddress | null): string {
    return value === null ? "" : `${value.host} ${value.port}`;
  }

  rewrite(name: string, value: PrimaryAddress | null): readonly RewriteLine[] {
    return value === null ? [] : rewriteLine(name, this.format(value), true);
  }

  argumentsOf(input: PrimaryOption): readonly string[] | Refusal {
    if (input === null || input === "") return ["no", "one"];
    return typeof input === "string" ? words(input) : [input.host, String(input.port)];
  }
}

/** What strtod takes to the end, but for its fractions in hexadecimal. */
function parseDouble(text: string): number {
  if (/^[+-]?inf(?:inity)?$/i.test(text))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const valid = /^(?:[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|0x[0-9a-f]+)$/i.test(text);
  return valid ? Number(text) : Number.NaN;
}

function refuseLimit(reason: string): Refusal {
  return new Refusal(`${reason} buffer limit configuration.`);
}

/** The words of a value written as one string. */
function words(input: string): readonly string[] | Refusal {
  const split = tokenize(input);
  if (split === null) return new Refusal("has unbalanced quotes");
  return split.length === 0 ? [""] : split;
}

/** Addresses to listen on; a "-" before one means that it need not exist. */
export function addresses(value: readonly string[]): Directive<readonly string[], string | readonly string[]> {
  return { kind: new AddressKind(), default: value, flags: {} };
}

/** When to save: lines of a file add up. */
export function savePoints(value: readonly SavePoint[]): Directive<readonly SavePoint[], string | SaveOption> {
  return { kind: new SaveKind(), default: value, flags: {} };
}

/** Percentiles between 0 and 100. */
export function percentiles(value: readonly number[]): Directive<readonly number[], string | readonly number[]> {
  return { kind: new PercentileKind(), default: value, flags: {} };
}

/** Three adjustments of the out-of-memory score: of a primary, a replica, a background process. */
export function scoreAdjustments(value: readonly number[]): Directive<readonly number[], string | readonly number[]> {
  return { kind: new AdjustmentKind(), default: value, flags: {} };
}

/** The limit of each class of clients. */
export function bufferLimits(value: BufferLimits): Directive<BufferLimits, string | BufferLimitsOption> {
  return { kind: new BufferLimitKind(), default: value, flags: {} };
}

/** The primary to follow, or null. */
export function primaryAddress(flags: DirectiveFlags): Directive<PrimaryAddress | null, PrimaryOption> {
  return { kind: new PrimaryKind(), default: null, flags };
}

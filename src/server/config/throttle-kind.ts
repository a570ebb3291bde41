/**
 * `client-throttle`: limits in commands and bytes a second.
 *
 *     client-throttle user|address|class <name> [commands <n>] [bytes <size>] [each|shared]
 *
 * One line may hold several such limits, and lines of a file add up; of two for the same clients and of the same sharing the later one
 * counts, and takes the earlier one away when it limits nothing (0). CONFIG SET replaces them all.
 */
import { parseIpRange } from "../../bytes/ip-range.js";
import { type Directive, type DirectiveFlags, type Kind, Refusal, type RewriteLine } from "./directive.js";
import { formatMemory, integerText, parseInteger, parseMemory } from "./number-text.js";
import { selectorName, type ThrottleClass, type ThrottleLimit, type ThrottleSelector } from "./throttle-limit.js";
import { quote, tokenize } from "./tokenize.js";

/** More than any network or server can do; the arithmetic of token buckets is exact up to here. */
const MOST_COMMANDS = 1_000_000_000;
const MOST_BYTES = 8 * 1024 ** 3;

const CLASSES: ReadonlyMap<string, ThrottleClass> = new Map([
  ["normal", "normal"],
  ["pubsub", "pubsub"],
  ["replica", "replica"],
  ["slave", "replica"],
]);

/** A limit in the embedding API; exactly one of `user`, `address` and `class`. */
export interface ThrottleOption {
  readonly user?: string;
  readonly address?: string;
  readonly class?: ThrottleClass;
  readonly commands?: number;
  /** A number, or a size with a unit. */
  readonly bytes?: number | string;
  readonly shared?: boolean;
}

type ThrottleInput = string | readonly ThrottleOption[];

class ThrottleKind implements Kind<readonly ThrottleLimit[], ThrottleInput> {
  readonly multiple = true;
  readonly addsUp = true;

  parse(
    args: readonly string[],
    current: readonly ThrottleLimit[],
    continued: boolean,
  ): readonly ThrottleLimit[] | Refusal {
    if (args.length === 0 || (args.length === 1 && args[0] === "")) return [];
    let limits: readonly ThrottleLimit[] = continued ? current : [];
    for (let at = 0; at < args.length; ) {
      const read = readLimit(args, at);
      if (read instanceof Refusal) return read;
      limits = withLimit(limits, read.limit);
      at = read.end;
    }
    return limits;
  }

  format(value: readonly ThrottleLimit[]): string {
    return value.map((limit) => limitText(limit, (name) => name, integerText)).join(" ");
  }

  rewrite(name: string, value: readonly ThrottleLimit[]): readonly RewriteLine[] {
    return value.map((limit) => ({ text: `${name} ${limitText(limit, quotedIfOdd, formatMemory)}`, force: true }));
  }

  argumentsOf(input: ThrottleInput): readonly string[] | Refusal {
    if (typeof input === "string") return tokenize(input) ?? new Refusal("has unbalanced quotes");
    if (!Array.isArray(input)) return new Refusal("must be a string or an array of limits");
    return input.flatMap((option: ThrottleOption) => {
      const by = option.user !== undefined ? "user" : option.address !== undefined ? "address" : "class";
      const args = [by, String(option[by])];
      if (option.commands !== undefined) args.push("commands", String(option.commands));
      if (option.bytes !== undefined) args.push("bytes", String(option.bytes));
      if (option.shared) args.push("shared");
      return args;
    });
  }
}

/** Reads the limit that begins at `at`: a selector, then what belongs to it up to the next selector. */
function readLimit(args: readonly string[], at: number): { limit: ThrottleLimit; end: number } | Refusal {
  const selector = readSelector(args[at]!.toLowerCase(), args[at + 1]);
  if (selector instanceof Refusal) return selector;
  let end = at + 2;
  let commands: number | null = null;
  let bytes: number | null = null;
  let shared = false;
  for (; end < args.length; end++) {
    const word = args[end]!.toLowerCase();
    if (word === "each" || word === "shared") {
      shared = word === "shared";
    } else if (word === "commands" || word === "bytes") {
      const text = args[++end];
      if (text === undefined) return refuse("Wrong number of arguments");
      const rate = readRate(word, text);
      if (rate === null) return refuse("Error in commands or bytes setting");
      if (word === "commands") commands = rate;
      else bytes = rate;
    } else {
      break;
    }
  }
  if (commands === null && bytes === null) return refuse("Neither commands nor bytes specified");
  return { limit: { selector, commands: commands ?? 0, bytes: bytes ?? 0, shared }, end };
}

function readSelector(by: string, name: string | undefined): ThrottleSelector | Refusal {
  if (by !== "user" && by !== "address" && by !== "class") return refuse("Neither user, address nor class specified");
  if (name === undefined || name === "") return refuse("Wrong number of arguments");
  if (by === "user") return { by, name };
  if (by === "class") {
    const className = CLASSES.get(name.toLowerCase());
    return className === undefined ? refuse("Invalid client class specified") : { by, name: className };
  }
  const range = parseIpRange(name);
  return range === null ? refuse("Invalid address specified") : { by, text: name, range };
}

function readRate(unit: "commands" | "bytes", text: string): number | null {
  const rate = unit === "commands" ? parseInteger(text) : /^[0-9]/.test(text) ? parseMemory(text) : null;
  return rate === null || rate < 0 || rate > (unit === "commands" ? MOST_COMMANDS : MOST_BYTES) ? null : Number(rate);
}

/** The limits with one more, which takes the place of an earlier one for the same clients. */
function withLimit(limits: readonly ThrottleLimit[], limit: ThrottleLimit): readonly ThrottleLimit[] {
  const isNothing = limit.commands === 0 && limit.bytes === 0;
  const at = limits.findIndex((other) => isSameTarget(other, limit));
  if (at === -1) return isNothing ? limits : [...limits, limit];
  return [...limits.slice(0, at), ...(isNothing ? [] : [limit]), ...limits.slice(at + 1)];
}

function isSameTarget(a: ThrottleLimit, b: ThrottleLimit): boolean {
  return (
    a.shared === b.shared && a.selector.by === b.selector.by && selectorName(a.selector) === selectorName(b.selector)
  );
}

function limitText(limit: ThrottleLimit, name: (text: string) => string, size: (bytes: number) => string): string {
  const { selector, commands, bytes, shared } = limit;
  let text = `${selector.by} ${name(selectorName(selector))}`;
  if (commands > 0) text += ` commands ${commands}`;
  if (bytes > 0) text += ` bytes ${size(bytes)}`;
  return shared ? `${text} shared` : text;
}

/** A name as a line of redis.conf must have it. */
function quotedIfOdd(name: string): string {
  return /^[!#-&(-[\]-~]+$/.test(name) ? name : quote(name);
}

function refuse(reason: string): Refusal {
  return new Refusal(`${reason} in client throttle configuration.`);
}

/** Limits in commands and bytes a second; none by default. */
export function throttleLimits(flags: DirectiveFlags): Directive<readonly ThrottleLimit[], ThrottleInput> {
  return { kind: new ThrottleKind(), default: [], flags };
}

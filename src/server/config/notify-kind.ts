/** The directive whose value is a set of keyspace event classes: letters in, bits of `NotifyClass` out. */
import { NotifyClass } from "../../keyspace/notify.js";
import { type Directive, type DirectiveFlags, type Kind, Refusal, type RewriteLine, rewriteLine } from "./directive.js";
import { quote } from "./tokenize.js";

/** The classes that "A" stands for, in the order they are printed in. */
const ALL_CLASSES: readonly (readonly [letter: string, bit: number])[] = [
  ["g", NotifyClass.GENERIC],
  ["$", NotifyClass.STRING],
  ["l", NotifyClass.LIST],
  ["s", NotifyClass.SET],
  ["h", NotifyClass.HASH],
  ["z", NotifyClass.ZSET],
  ["x", NotifyClass.EXPIRED],
  ["e", NotifyClass.EVICTED],
  ["t", NotifyClass.STREAM],
  ["d", NotifyClass.MODULE],
];

const ALL = ALL_CLASSES.reduce((bits, [, bit]) => bits | bit, 0);

/** Classes of which "A" is printed without; `n` disappears behind it, as in Redis. */
const NEW: readonly [string, number] = ["n", NotifyClass.NEW];
const OTHERS: readonly (readonly [letter: string, bit: number])[] = [
  ["K", NotifyClass.KEYSPACE],
  ["E", NotifyClass.KEYEVENT],
  ["m", NotifyClass.KEY_MISS],
];

const BITS: ReadonlyMap<string, number> = new Map([...ALL_CLASSES, NEW, ...OTHERS, ["A", ALL]]);

class NotifyKind implements Kind<number, string> {
  readonly multiple = false;

  parse(args: readonly string[]): number | Refusal {
    let bits = 0;
    for (const letter of args[0]!) {
      const bit = BITS.get(letter);
      if (bit === undefined) return new Refusal("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
      bits |= bit;
    }
    return bits;
  }

  format(value: number): string {
    const print = (classes: typeof OTHERS) => classes.map(([letter, bit]) => (value & bit ? letter : "")).join("");
    return ((value & ALL) === ALL ? "A" : print([...ALL_CLASSES, NEW])) + print(OTHERS);
  }

  rewrite(name: string, value: number, defaultValue: number): readonly RewriteLine[] {
    return rewriteLine(name, quote(this.format(value)), value !== defaultValue);
  }

  argumentsOf(input: string): readonly string[] | Refusal {
    return typeof input === "string" ? [input] : new Refusal("must be a string");
  }
}

/** Classes of keyspace events, as a mask of `NotifyClass` bits; none by default. */
export function notifyClasses(flags: DirectiveFlags = {}): Directive<number, string> {
  return { kind: new NotifyKind(), default: 0, flags };
}

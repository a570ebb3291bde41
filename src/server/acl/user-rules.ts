/** Makes users of rules: `on`, `>password`, `nopass`, `(selector)`, `reset`, and for the root what `selector-rules.ts` knows. */
import type { CommandTable } from "../../commands/command-table.js";
import type { Digest } from "../../platform/digest.js";
import { tokenize } from "../config/tokenize.js";
import { BAD_HASH, NO_SUCH_PASSWORD } from "./rule-errors.js";
import { Selector } from "./selector.js";
import { SelectorRules } from "./selector-rules.js";
import { User } from "./user.js";

/** What the rules need of the server. */
export interface RuleParts {
  readonly table: CommandTable;
  readonly digest: Digest;
  warn(message: string): void;
}

/** A rule that cannot be applied. */
export interface RuleProblem {
  readonly rule: string;
  readonly reason: string;
}

/** The rules of users; texts have one character per byte. */
export class UserRules {
  /** acl-pubsub-default: what selectors start with. */
  allChannelsByDefault = false;
  readonly #digest: Digest;
  readonly #idCount: number;
  readonly #selectorRules: SelectorRules;

  constructor({ table, digest, warn }: RuleParts) {
    this.#digest = digest;
    this.#idCount = table.idCount;
    this.#selectorRules = new SelectorRules(table, warn);
  }

  /** A user that may do nothing. */
  create(name: string): User {
    return new User(name, this.#selector());
  }

  /** The user "default" of a server whose configuration says nothing about it: may do everything, without a password. */
  createDefault(): User {
    const user = this.create("default");
    for (const rule of ["+@all", "~*", "&*", "on", "nopass"]) this.apply(user, rule);
    user.settle();
    return user;
  }

  /** The SHA-256 of a password as rules have it. */
  hash(password: Uint8Array): string {
    return Buffer.from(this.#digest.sha256(password)).toString("hex");
  }

  /** Applies rules in their order up to the first that cannot be. */
  applyAll(user: User, rules: readonly string[]): RuleProblem | null {
    let problem: RuleProblem | null = null;
    for (const rule of rules) {
      const reason = this.apply(user, rule);
      if (reason === null) continue;
      problem = { rule, reason };
      break;
    }
    user.settle();
    return problem;
  }

  /** Applies one rule; returns what is wrong with it, or null. `settle` is up to the caller. */
  apply(user: User, rule: string): string | null {
    if (rule === "" || this.#applyWord(user, rule.toLowerCase())) return null;
    switch (rule[0]) {
      case ">":
      case "#":
        return this.#addPassword(user, rule);
      case "<":
      case "!":
        return this.#removePassword(user, rule);
      case "(":
        if (rule.endsWith(")")) return this.#addSelector(user, rule.slice(1, -1));
    }
    return this.#selectorRules.apply(user.root, rule);
  }

  /** The rules that are one word; true when it was one of them. */
  #applyWord(user: User, word: string): boolean {
    switch (word) {
      case "on":
      case "off":
        user.isEnabled = word === "on";
        return true;
      case "skip-sanitize-payload":
      case "sanitize-payload":
        user.skipsSanitizing = word !== "sanitize-payload";
        return true;
      case "nopass":
      case "resetpass":
        user.needsNoPassword = word === "nopass";
        user.passwords.clear();
        return true;
      case "clearselectors":
        user.selectors.length = 1;
        return true;
      case "reset":
        user.become(this.create(user.name));
        return true;
      default:
        return false;
    }
  }

  #addPassword(user: User, rule: string): string | null {
    const hash = this.#hashOf(rule, ">");
    if (hash === null) return BAD_HASH;
    user.passwords.add(hash);
    user.needsNoPassword = false;
    return null;
  }

  #removePassword(user: User, rule: string): string | null {
    const hash = this.#hashOf(rule, "<");
    if (hash === null) return BAD_HASH;
    return user.passwords.delete(hash) ? null : NO_SUCH_PASSWORD;
  }

  /** The hash a rule is about, given as it is or as the password behind `mark`; null when it is none. */
  #hashOf(rule: string, mark: string): string | null {
    if (rule[0] === mark) return this.hash(Buffer.from(rule.slice(1), "latin1"));
    return /^[0-9a-f]{64}$/.test(rule.slice(1)) ? rule.slice(1) : null;
  }

  #addSelector(user: User, text: string): string | null {
    const selector = this.#selector();
    // As in Redis, unbalanced quotes make a selector without rules.
    for (const rule of tokenize(text) ?? []) {
      const reason = this.#selectorRules.apply(selector, rule);
      if (reason !== null) return reason;
    }
    user.selectors.push(selector);
    return null;
  }

  #selector(): Selector {
    return new Selector(this.#idCount, this.allChannelsByDefault);
  }
}

/** Rules in which those spread over several arguments, "(+get" "~a)", are one; or the argument that opens one never closed. */
export function joinSelectors(args: readonly string[]): string[] | { readonly unmatched: string } {
  const rules: string[] = [];
  let open = -1;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (open < 0 && arg.startsWith("(") && !arg.endsWith(")")) {
      open = i;
    } else if (open < 0) {
      rules.push(arg);
    } else if (arg.endsWith(")")) {
      rules.push(args.slice(open, i + 1).join(" "));
      open = -1;
    }
  }
  return open < 0 ? rules : { unmatched: args[open]! };
}

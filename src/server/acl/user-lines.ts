/** The `user` lines of redis.conf: checked when they are read, made users when the server starts. */
import { ConfigFileError, ConfigSource } from "../config/parse-file.js";
import { quote } from "../config/tokenize.js";
import { DUPLICATE_USER, UNKNOWN_COMMAND } from "./rule-errors.js";
import type { User } from "./user.js";
import { joinSelectors, type UserRules } from "./user-rules.js";

/** A user of the configuration. */
export interface UserLine {
  readonly name: string;
  readonly rules: readonly string[];
  readonly source: ConfigSource;
  /** What an included file says of this user, which CONFIG REWRITE cannot change; null when none does. */
  readonly includedRules: readonly string[] | null;
}

/** The lines of one configuration. */
export class UserLines {
  readonly #byName = new Map<string, UserLine>();
  /** The sources of the users so far, each as "source name". */
  readonly #seen = new Set<string>();
  readonly #rules: UserRules;

  constructor(rules: UserRules) {
    this.#rules = rules;
  }

  /** The users, each once. */
  get all(): readonly UserLine[] {
    return [...this.#byName.values()];
  }

  /**
   * Takes a line; returns what is wrong with it, or null. A command that does not exist is only found when the server starts. A user may be
   * in several sources, as one of an included file is after it was changed and CONFIG REWRITE has written it: then the later source counts.
   */
  add(name: string, words: readonly string[], source: ConfigSource): string | null {
    const place = `${source} ${name}`;
    if (this.#seen.has(place)) return problem(name, DUPLICATE_USER);
    const rules = joinSelectors(words);
    if ("unmatched" in rules) return problem(rules.unmatched, "Unmatched parenthesis in selector definition");
    const trial = this.#rules.create(name);
    for (const rule of rules) {
      const reason = this.#rules.apply(trial, rule);
      if (reason !== null && reason !== UNKNOWN_COMMAND) return problem(rule, reason);
    }
    this.#seen.add(place);
    const before = this.#byName.get(name);
    const includedRules = source === ConfigSource.INCLUDED ? rules : (before?.includedRules ?? null);
    const isOverridden = before !== undefined && before.source > source;
    this.#byName.set(name, isOverridden ? { ...before, includedRules } : { name, rules, source, includedRules });
    return null;
  }
}

/** A configuration whose users cannot be had; ends the start. */
export function startError(message: string): ConfigFileError {
  return new ConfigFileError(message, "log", 0);
}

/** A user as a line of redis.conf, without the word "user". */
export function userLine({ name, rules }: User): string {
  return [name, ...rules].map((word) => (/["']/.test(word) ? quote(word) : word)).join(" ");
}

function problem(rule: string, reason: string): string {
  return `Error in user declaration '${rule}': ${reason}`;
}

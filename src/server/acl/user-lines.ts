/** The `user` lines of redis.conf: checked when they are read, made users when the server starts. */
import { ConfigFileError } from "../config/parse-file.js";
import { quote } from "../config/tokenize.js";
import { DUPLICATE_USER, UNKNOWN_COMMAND } from "./rule-errors.js";
import type { User } from "./user.js";
import { joinSelectors, type UserRules } from "./user-rules.js";

/** A user of the configuration. */
export interface UserLine {
  readonly name: string;
  readonly rules: readonly string[];
}

/** The lines of one configuration. */
export class UserLines {
  readonly all: UserLine[] = [];
  readonly #rules: UserRules;

  constructor(rules: UserRules) {
    this.#rules = rules;
  }

  /** Takes a line; returns what is wrong with it, or null. A command that does not exist is only found when the server starts. */
  add(name: string, words: readonly string[]): string | null {
    if (this.all.some((line) => line.name === name)) return problem(name, DUPLICATE_USER);
    const rules = joinSelectors(words);
    if ("unmatched" in rules) return problem(rules.unmatched, "Unmatched parenthesis in selector definition");
    const trial = this.#rules.create(name);
    for (const rule of rules) {
      const reason = this.#rules.apply(trial, rule);
      if (reason !== null && reason !== UNKNOWN_COMMAND) return problem(rule, reason);
    }
    this.all.push({ name, rules });
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

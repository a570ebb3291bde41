/** Applies the rules about commands, keys and channels to a selector, one at a time: `+get`, `-@dangerous`, `~key:*`, `&news`. */
import type { CommandEntry } from "../../commands/command-entry.js";
import type { CommandTable } from "../../commands/command-table.js";
import { deriveAclCategories } from "../../commands/derive.js";
import { ACL_CATEGORIES } from "../../commands/flag-bits.js";
import type { AclCategory } from "../../commands/spec.js";
import { KeyAccess, KeyPattern, Pattern } from "./pattern.js";
import { PatternList } from "./pattern-list.js";
import {
  CHANNELS_AFTER_ALL,
  FIRST_ARG_OF_SUBCOMMAND,
  KEYS_AFTER_ALL,
  RULE_SYNTAX,
  UNKNOWN_COMMAND,
} from "./rule-errors.js";
import type { Selector } from "./selector.js";

function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** What ends a word in the files users are kept in. */
const BLANK = /[\0\t-\r ]/;

/** True when a name or pattern could not be written into a file of users. */
export function hasBlank(text: string): boolean {
  return BLANK.test(text);
}

function upper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** The rules of selectors over one table of commands. */
export class SelectorRules {
  readonly #table: CommandTable;
  readonly #warn: (message: string) => void;
  #byCategory: Map<AclCategory, CommandEntry[]> | null = null;

  constructor(table: CommandTable, warn: (message: string) => void) {
    this.#table = table;
    this.#warn = warn;
  }

  /** Applies one rule; returns what is wrong with it, or null. */
  apply(selector: Selector, rule: string): string | null {
    if (this.#applyWord(selector, lower(rule))) return null;
    if (rule[0] === "~" || rule[0] === "%") return this.#addKeys(selector, rule);
    if (rule[0] === "&") return this.#addChannels(selector, rule.slice(1));
    if (rule[0] !== "+" && rule[0] !== "-") return RULE_SYNTAX;
    const isAllowed = rule[0] === "+";
    const name = lower(rule.slice(1));
    if (name[0] === "@") return this.#setCategory(selector, name.slice(1), isAllowed);
    if (isAllowed && name.includes("|")) return this.#allowPart(selector, name);
    const entry = this.#table.byDeclaredName(name);
    if (entry === null) return UNKNOWN_COMMAND;
    setCommand(selector, entry, isAllowed);
    selector.commandRules.add(entry.name, isAllowed);
    return null;
  }

  /** The rules that are one word; true when it was one of them. */
  #applyWord(selector: Selector, word: string): boolean {
    switch (word) {
      case "allkeys":
      case "~*":
        selector.allKeys = true;
        selector.keyPatterns = new PatternList();
        return true;
      case "resetkeys":
        selector.allKeys = false;
        selector.keyPatterns = new PatternList();
        return true;
      case "allchannels":
      case "&*":
        selector.allChannels = true;
        selector.channelPatterns = new PatternList();
        return true;
      case "resetchannels":
        selector.allChannels = false;
        selector.channelPatterns = new PatternList();
        return true;
      case "allcommands":
      case "+@all":
        selector.setAll(true);
        return true;
      case "nocommands":
      case "-@all":
        selector.setAll(false);
        return true;
      default:
        return false;
    }
  }

  /** `~pattern`, `%R~pattern`, `%W~pattern`, `%RW~pattern`. */
  #addKeys(selector: Selector, rule: string): string | null {
    if (selector.allKeys) return KEYS_AFTER_ALL;
    let access = KeyAccess.ALL;
    let text = rule.slice(1);
    if (rule[0] === "%") {
      const prefix = /^%(R|W|RW|WR)~/i.exec(rule);
      if (prefix === null) {
        // Without the "~" Redis takes everything as permissions and nothing as the pattern.
        if (!/^%(R|W|RW|WR)$/i.test(rule)) return RULE_SYNTAX;
      }
      const letters = (prefix?.[1] ?? rule.slice(1)).toUpperCase();
      access = (letters.includes("R") ? KeyAccess.READ : 0) | (letters.includes("W") ? KeyAccess.WRITE : 0);
      text = prefix === null ? "" : rule.slice(prefix[0].length);
    }
    if (hasBlank(text)) return RULE_SYNTAX;
    const known = selector.keyPatterns.find(text);
    selector.keyPatterns.put(new KeyPattern(text, known === null ? access : known.access | access));
    return null;
  }

  #addChannels(selector: Selector, text: string): string | null {
    if (selector.allChannels) return CHANNELS_AFTER_ALL;
    if (hasBlank(text)) return RULE_SYNTAX;
    selector.channelPatterns.put(new Pattern(text));
    return null;
  }

  #setCategory(selector: Selector, name: string, isAllowed: boolean): string | null {
    const category = ACL_CATEGORIES.find((known) => known === name);
    if (category === undefined) return UNKNOWN_COMMAND;
    selector.commandRules.add(`@${category}`, isAllowed);
    for (const entry of this.#commandsOf(category)) setCommand(selector, entry, isAllowed);
    return null;
  }

  /** `+command|subcommand`, or a first argument of a command that has no subcommands. */
  #allowPart(selector: Selector, name: string): string | null {
    const bar = name.lastIndexOf("|");
    const entry = this.#table.byDeclaredName(name.slice(0, bar));
    if (entry === null) return UNKNOWN_COMMAND;
    if (entry.parent !== null) return FIRST_ARG_OF_SUBCOMMAND;
    const part = name.slice(bar + 1);
    if (part === "") return RULE_SYNTAX;
    if (entry.subcommands !== null) {
      const sub = entry.subcommands.findText(part);
      if (sub === null) return UNKNOWN_COMMAND;
      setCommand(selector, sub, true);
    } else {
      if (hasBlank(part)) return RULE_SYNTAX;
      this.#warn(
        "Deprecation warning: Allowing a first arg of an otherwise blocked command is a misuse of ACL and may get " +
          `disabled in the future (offender: +${name})`,
      );
      selector.firstArgs ??= new Map();
      const words = selector.firstArgs.get(entry.id);
      if (words === undefined) selector.firstArgs.set(entry.id, new Set([upper(part)]));
      else words.add(upper(part));
    }
    selector.commandRules.add(name, true);
    return null;
  }

  #commandsOf(category: AclCategory): readonly CommandEntry[] {
    if (this.#byCategory === null) {
      this.#byCategory = new Map(ACL_CATEGORIES.map((each) => [each, []]));
      for (const entry of this.#table.declaredEntries()) {
        for (const each of deriveAclCategories(entry.command)) this.#byCategory.get(each)!.push(entry);
      }
    }
    return this.#byCategory.get(category)!;
  }
}

/** Allows or denies a command and what belongs to it: its subcommands, and no first arguments any more. */
function setCommand(selector: Selector, entry: CommandEntry, isAllowed: boolean): void {
  selector.set(entry.id, isAllowed);
  selector.firstArgs?.delete(entry.id);
  for (const sub of entry.subcommands?.values() ?? []) selector.set(sub.id, isAllowed);
}

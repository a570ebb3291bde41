/**
 * One set of permissions: which commands, on which keys and channels. A user has one of his own (the root) and may have more, of
 * which one must permit a command as a whole.
 */
import type { AclSelectorDescription } from "../../commands/acl-context.js";
import { CommandRules } from "./command-rules.js";
import type { KeyPattern, Pattern } from "./pattern.js";
import { PatternList } from "./pattern-list.js";

/** The permissions; changed by `selector-rules.ts`, asked by `permission.ts`. */
export class Selector implements AclSelectorDescription {
  allKeys = false;
  allChannels: boolean;
  /** The rules start from +@all rather than -@all. */
  startsFromAll = false;
  /** A bit for each command by its id. */
  readonly allowed: Int32Array;
  /** First arguments a command is allowed with that is not allowed otherwise: in capitals, by the command's id. */
  firstArgs: Map<number, Set<string>> | null = null;
  keyPatterns = new PatternList<KeyPattern>();
  channelPatterns = new PatternList<Pattern>();
  /** The rules about commands since +@all or -@all. */
  commandRules = new CommandRules();

  readonly #idCount: number;

  constructor(idCount: number, allChannels: boolean) {
    this.#idCount = idCount;
    this.allowed = new Int32Array((idCount + 31) >>> 5);
    this.allChannels = allChannels;
  }

  /** True for a selector that permits everything. */
  get isUnrestricted(): boolean {
    if (!this.allKeys || !this.allChannels) return false;
    for (let id = 0; id < this.#idCount; id++) if (!this.allows(id)) return false;
    return true;
  }

  allows(id: number): boolean {
    return (this.allowed[id >>> 5]! & (1 << (id & 31))) !== 0;
  }

  /** Allows or denies one command. */
  set(id: number, isAllowed: boolean): void {
    if (isAllowed) this.allowed[id >>> 5]! |= 1 << (id & 31);
    else this.allowed[id >>> 5]! &= ~(1 << (id & 31));
  }

  /** Allows or denies all commands, forgetting the rules so far. */
  setAll(areAllowed: boolean): void {
    this.allowed.fill(areAllowed ? -1 : 0);
    this.startsFromAll = areAllowed;
    this.commandRules = new CommandRules();
    this.firstArgs = null;
  }

  copy(): Selector {
    const copy = new Selector(this.#idCount, this.allChannels);
    const { firstArgs } = this;
    copy.allKeys = this.allKeys;
    copy.startsFromAll = this.startsFromAll;
    copy.allowed.set(this.allowed);
    if (firstArgs !== null) copy.firstArgs = new Map(Array.from(firstArgs, ([id, words]) => [id, new Set(words)]));
    copy.keyPatterns = this.keyPatterns.copy();
    copy.channelPatterns = this.channelPatterns.copy();
    copy.commandRules = this.commandRules.copy();
    return copy;
  }

  // As ACL GETUSER has it

  get commands(): string {
    return [this.startsFromAll ? "+@all" : "-@all", ...this.commandRules.words].join(" ");
  }

  get keys(): string {
    return this.allKeys ? "~*" : this.keyPatterns.items.map(({ rule }) => rule).join(" ");
  }

  get channels(): string {
    return this.allChannels ? "&*" : this.channelPatterns.items.map(({ text }) => `&${text}`).join(" ");
  }

  /** All of it as rules, in the order of ACL LIST. */
  get rules(): string[] {
    return [
      ...(this.allKeys ? ["~*"] : this.keyPatterns.items.map(({ rule }) => rule)),
      ...(this.allChannels ? ["&*"] : ["resetchannels", ...this.channelPatterns.items.map(({ text }) => `&${text}`)]),
      this.startsFromAll ? "+@all" : "-@all",
      ...this.commandRules.words,
    ];
  }
}

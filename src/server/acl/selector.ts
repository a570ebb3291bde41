/**
 * One set of permissions: which commands, on which keys and channels. A user has one of his own (the root) and may have more, of
 * which one must permit a command as a whole.
 */
import type { AclSelectorDescription } from "../../commands/acl-context.js";
import type { KeyPattern, Pattern } from "./pattern.js";

/** The permissions; changed by `selector-rules.ts`, asked by `permission.ts`. */
export class Selector implements AclSelectorDescription {
  allKeys = false;
  allChannels: boolean;
  /** The rules start from +@all rather than -@all. */
  startsFromAll = false;
  /** A bit for each command by its id. */
  readonly allowed: Int32Array;
  /** First arguments a command is allowed with that is not allowed otherwise: in capitals, by the command's id. */
  firstArgs: Map<number, readonly string[]> | null = null;
  keyPatterns: readonly KeyPattern[] = [];
  channelPatterns: readonly Pattern[] = [];
  /** The rules about commands since +@all or -@all, in their order: "+get", "-@dangerous". */
  commandRules: readonly string[] = [];

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
    this.commandRules = [];
    this.firstArgs = null;
  }

  copy(): Selector {
    const copy = new Selector(this.#idCount, this.allChannels);
    Object.assign(copy, this, {
      allowed: this.allowed.slice(),
      firstArgs: this.firstArgs === null ? null : new Map(this.firstArgs),
    });
    return copy;
  }

  // As ACL GETUSER has it

  get commands(): string {
    return [this.startsFromAll ? "+@all" : "-@all", ...this.commandRules].join(" ");
  }

  get keys(): string {
    return this.allKeys ? "~*" : this.keyPatterns.map(({ rule }) => rule).join(" ");
  }

  get channels(): string {
    return this.allChannels ? "&*" : this.channelPatterns.map(({ text }) => `&${text}`).join(" ");
  }

  /** All of it as rules, in the order of ACL LIST. */
  get rules(): string[] {
    return [
      ...(this.allKeys ? ["~*"] : this.keyPatterns.map(({ rule }) => rule)),
      ...(this.allChannels ? ["&*"] : ["resetchannels", ...this.channelPatterns.map(({ text }) => `&${text}`)]),
      this.startsFromAll ? "+@all" : "-@all",
      ...this.commandRules,
    ];
  }
}

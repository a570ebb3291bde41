/** A user of the server: what he may do, and the passwords that prove it is him. */

import type { AclUserDescription } from "../../commands/acl-context.js";
import type { AclUser } from "../../commands/client.js";
import { GateBit } from "../../commands/gate.js";
import { quote } from "../config/tokenize.js";
import type { Selector } from "./selector.js";

/** A rule as it is written within parentheses, where words are split as in redis.conf and ")" may end them all. */
function quotedInSelector(rule: string): string {
  return /["')]/.test(rule) ? quote(rule) : rule;
}

/** One object per name, shared by the clients that are this user: changed in place, so that they follow at once. */
export class User implements AclUser, AclUserDescription {
  isEnabled = false;
  /** Any password will do. */
  needsNoPassword = false;
  /** RESTORE trusts what it is given. */
  skipsSanitizing = false;
  /** SHA-256 of the passwords, 64 hexadecimal digits each, in the order they were added. */
  readonly passwords = new Set<string>();
  /** Kept by `settle`. */
  gates: number = GateBit.ACL;
  /** The root first. */
  readonly selectors: Selector[];

  constructor(
    readonly name: string,
    root: Selector,
  ) {
    this.selectors = [root];
  }

  get isUnrestricted(): boolean {
    return this.gates === 0;
  }

  get root(): Selector {
    return this.selectors[0]!;
  }

  /** To be called when rules have been applied. */
  settle(): void {
    this.gates = this.selectors.some((selector) => selector.isUnrestricted) ? 0 : GateBit.ACL;
  }

  /** Takes over everything of another user but the name. */
  become(other: User): void {
    this.isEnabled = other.isEnabled;
    this.needsNoPassword = other.needsNoPassword;
    this.skipsSanitizing = other.skipsSanitizing;
    this.passwords.clear();
    for (const hash of other.passwords) this.passwords.add(hash);
    this.selectors.length = 0;
    for (const selector of other.selectors) this.selectors.push(selector.copy());
    this.settle();
  }

  get flags(): string[] {
    const flags = [this.isEnabled ? "on" : "off"];
    if (this.needsNoPassword) flags.push("nopass");
    flags.push(this.skipsSanitizing ? "skip-sanitize-payload" : "sanitize-payload");
    return flags;
  }

  /** The rules that make this user of a new one, in the order of ACL LIST. */
  get rules(): string[] {
    const words = [...this.flags, ...Array.from(this.passwords, (hash) => `#${hash}`), ...this.root.rules];
    for (const selector of this.selectors.slice(1)) words.push(`(${selector.rules.map(quotedInSelector).join(" ")})`);
    return words;
  }
}

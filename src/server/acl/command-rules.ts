/** The rules of a selector about commands, in the order they were given: "+get", "-@dangerous", "+config|get". */

export class CommandRules {
  /** Whether it is allowed, by command, category with its "@", or part of a command. */
  readonly #rules = new Map<string, boolean>();
  /** Those of them that are parts, by their command; null while there are none. */
  #parts: Map<string, Set<string>> | null = null;

  /** Adds a rule, which replaces those about the same command or category and its parts. */
  add(name: string, isAllowed: boolean): void {
    for (const part of this.#parts?.get(name) ?? []) this.#rules.delete(part);
    this.#parts?.delete(name);
    // Not only set: it takes its place at the end.
    this.#rules.delete(name);
    this.#rules.set(name, isAllowed);
    const bar = name.indexOf("|");
    if (bar < 0) return;
    const command = name.slice(0, bar);
    this.#parts ??= new Map();
    const parts = this.#parts.get(command);
    if (parts === undefined) this.#parts.set(command, new Set([name]));
    else parts.add(name);
  }

  copy(): CommandRules {
    const copy = new CommandRules();
    for (const [name, isAllowed] of this.#rules) copy.add(name, isAllowed);
    return copy;
  }

  /** As ACL LIST has them. */
  get words(): string[] {
    return Array.from(this.#rules, ([name, isAllowed]) => `${isAllowed ? "+" : "-"}${name}`);
  }
}

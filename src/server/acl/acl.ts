/**
 * Access control: the users, who a client is, what it may do, and the log of what was refused.
 *
 * A user is one object for as long as it exists: ACL SETUSER and ACL LOAD change it in place, so its clients need not be told.
 */
import type { Argv } from "../../bytes/argv.js";
import type { Acl, AclLogContext, AclLogEntry, AclLogReason } from "../../commands/acl-context.js";
import { type Client, NOBODY } from "../../commands/client.js";
import type { CommandEntry } from "../../commands/command-entry.js";
import { CommandBit } from "../../commands/flag-bits.js";
import type { Digest } from "../../platform/digest.js";
import { type Random, randomHex } from "../../platform/random.js";
import { NO_CHANNEL_PERMISSION, NO_KEY_PERMISSION, NOAUTH, noPermission } from "../../protocol/errors.js";
import { FileError, withoutMark } from "../config/config-files.js";
import type { ConfigStore } from "../config/config-store.js";
import type { ServerStats } from "../observation/stats.js";
import type { Log } from "../process/log.js";
import { readUsers, writeUsers } from "./acl-file.js";
import { AclLog } from "./acl-log.js";
import { Permission, Verdict } from "./permission.js";
import { hasBlank } from "./selector-rules.js";
import { hearsMore, remainingChannels } from "./subscriptions.js";
import type { User } from "./user.js";
import { startError, type UserLine, userLine } from "./user-lines.js";
import { joinSelectors, type UserRules } from "./user-rules.js";

/** What access control needs of the server. */
export interface AclParts {
  readonly rules: UserRules;
  readonly config: ConfigStore;
  readonly stats: ServerStats;
  readonly digest: Digest;
  readonly random: Random;
  readonly log: Log;
  /** Ids of commands are below this. */
  readonly idCount: number;
  nowMs(): number;
  clients(): Iterable<Client>;
  /** The client whose command is running. */
  current(): Client | null;
  describe(client: Client): string;
  /** A client has authenticated, or has become who it was when it connected. */
  identified(client: Client, isAuthenticated: boolean): void;
}

const MIXED_SOURCES =
  "Configuring Redis with users defined in redis.conf and at the same setting an ACL file path is invalid. This setup is " +
  "very likely to lead to configuration errors and security holes, please define either an ACL file or declare users " +
  "directly in your redis.conf, but not both.";

/** The users of one server. */
export class AccessControl implements Acl {
  readonly #parts: AclParts;
  readonly #permission: Permission;
  readonly #log = new AclLog();
  readonly #users = new Map<string, User>();
  /** The users of included files, as `userLine` has them. */
  readonly #included = new Map<string, string>();
  readonly #default: User;

  constructor(parts: AclParts) {
    this.#parts = parts;
    this.#permission = new Permission(parts.idCount);
    this.#default = parts.rules.createDefault();
    this.#users.set("default", this.#default);
    parts.config.follow("acl-pubsub-default", (word) => (parts.rules.allChannelsByDefault = word === "allchannels"));
    parts.config.follow("requirepass", (password) => {
      const rules = password === "" ? ["resetpass", "nopass"] : ["resetpass", `>${password}`];
      parts.rules.applyAll(this.#default, rules);
    });
  }

  /** The users of the configuration or of the ACL file. Throws a ConfigFileError. */
  start(lines: readonly UserLine[]): void {
    if (this.hasFile && lines.length > 0) throw startError(MIXED_SOURCES);
    for (const line of lines) this.#addConfigured(line);
    if (!this.hasFile) return;
    const errors = this.load();
    if (errors !== null) throw startError(`Aborting Redis startup because of ACL errors: ${errors}`);
  }

  // Who a client is

  get isDefaultNopass(): boolean {
    return this.#default.needsNoPassword;
  }

  /** A client need not authenticate. */
  get isOpen(): boolean {
    return this.#default.needsNoPassword && this.#default.isEnabled;
  }

  resetClient(client: Client): void {
    client.aclUser = this.isOpen ? this.#default : NOBODY;
    this.#parts.identified(client, this.isOpen);
  }

  authenticate(client: Client, name: string, password: Uint8Array, word: string): boolean {
    const user = this.#users.get(name);
    // Hashed even when there is nothing to compare with: the time shall not tell which users there are.
    const hash = this.#parts.digest.sha256(password);
    if (user?.isEnabled === true && (user.needsNoPassword || this.#isPassword(user, hash))) {
      client.aclUser = user;
      this.#parts.identified(client, true);
      return true;
    }
    this.#note(client, "auth", client.transaction === null ? "toplevel" : "multi", word, name);
    return false;
  }

  #isPassword({ passwords }: User, hash: Uint8Array): boolean {
    let isRight = false;
    for (const hex of passwords) if (this.#parts.digest.areEqual(hash, Buffer.from(hex, "hex"))) isRight = true;
    return isRight;
  }

  // What it may do

  /**
   * The error for a client that may not run a command, or null; a refusal is counted and noted. Clients whose user is unrestricted need
   * not be asked for.
   */
  refusal(client: Client, command: CommandEntry, argv: Argv): string | null {
    if (!client.authenticated && !this.isOpen) return (command.flagBits & CommandBit.NO_AUTH) === 0 ? NOAUTH : null;
    const user = this.#userOf(client);
    const verdict = this.#permission.check(user, command, argv);
    if (verdict === Verdict.ALLOWED) return null;
    this.#noteVerdict(client, verdict, command, argv, client.transaction === null ? "toplevel" : "multi");
    if (verdict === Verdict.KEY) return NO_KEY_PERMISSION;
    if (verdict === Verdict.CHANNEL) return NO_CHANNEL_PERMISSION;
    return noPermission(user.name, command.name);
  }

  /** `refusal` of a command that was queued when it was allowed. */
  refusalInExec(client: Client, command: CommandEntry, argv: Argv): string | null {
    const verdict = this.#permission.check(this.#userOf(client), command, argv);
    if (verdict === Verdict.ALLOWED) return null;
    this.#noteVerdict(client, verdict, command, argv, "multi");
    let reason = "no permission to execute the command or subcommand";
    if (verdict === Verdict.KEY) reason = "no permission to touch the specified keys";
    else if (verdict === Verdict.CHANNEL) {
      reason = "no permission to access one of the channels used as arguments";
    }
    return (
      "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. " +
      `This command is no longer allowed for the following reason: ${reason}`
    );
  }

  dryRun(name: string, command: CommandEntry, argv: Argv): string | null {
    const verdict = this.#permission.check(this.#users.get(name)!, command, argv);
    if (verdict === Verdict.ALLOWED) return null;
    if (verdict === Verdict.COMMAND) return `User ${name} has no permissions to run the '${command.name}' command`;
    const what = verdict === Verdict.KEY ? "key" : "channel";
    return `User ${name} has no permissions to access the '${argv.latin1(this.#permission.position)}' ${what}`;
  }

  allowsReadingAll(client: Client, command: CommandEntry, argv: Argv): boolean {
    return client.aclUser.isUnrestricted || this.#permission.allowsReadingAll(this.#userOf(client), command, argv);
  }

  #userOf(client: Client): User {
    return client.authenticated ? (client.aclUser as User) : this.#default;
  }

  // The users

  user(name: string): User | null {
    return this.#users.get(name) ?? null;
  }

  users(): User[] {
    return [...this.#users.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * The users as lines of redis.conf, without the word "user": none when they are in a file of their own, and none of those that are as an
   * included file has them. One of these that was deleted must not come back, so it is written as a user that may do nothing.
   */
  configLines(): string[] {
    if (this.hasFile) return [];
    const isChanged = (user: User): boolean => this.#included.get(user.name) !== userLine(user);
    const lines = this.users().filter(isChanged).map(userLine);
    for (const name of this.#included.keys()) {
      if (!this.#users.has(name)) lines.push(userLine(this.#parts.rules.create(name)));
    }
    return lines;
  }

  setUser(name: string, words: readonly string[]): string | null {
    if (hasBlank(name)) return "ERR Usernames can't contain spaces or null characters";
    const rules = joinSelectors(words);
    if ("unmatched" in rules) {
      return `ERR Unmatched parenthesis in acl selector starting at '${cString(rules.unmatched)}'.`;
    }
    const user = this.#users.get(name);
    const changed = this.#parts.rules.create(name);
    if (user !== undefined) changed.become(user);
    const problem = this.#parts.rules.applyAll(changed, rules);
    if (problem !== null) return `ERR Error in ACL SETUSER modifier '${cString(problem.rule)}': ${problem.reason}`;
    if (user === undefined) this.#users.set(name, changed);
    else this.#change(user, changed);
    return null;
  }

  deleteUsers(names: readonly string[]): number {
    let count = 0;
    for (const name of names) {
      const user = this.#users.get(name);
      if (user === undefined) continue;
      this.#users.delete(name);
      count++;
      this.#disconnect(user, () => true, "user deleted");
    }
    return count;
  }

  /** Gives a user the rules of another; subscribers that hear too much then are closed. */
  #change(user: User, changed: User): void {
    const channels = remainingChannels(user, changed);
    user.become(changed);
    if (channels !== null) this.#disconnect(user, (client) => hearsMore(client, channels), "channels revoked");
  }

  #disconnect(user: User, concerns: (client: Client) => boolean, reason: string): void {
    for (const client of [...this.#parts.clients()]) {
      if (client.aclUser !== user || !concerns(client)) continue;
      client.aclUser = NOBODY;
      // Who did it himself still gets his reply.
      if (client === this.#parts.current()) client.closeAfterReply = true;
      else client.close(reason);
    }
  }

  #addConfigured({ name, rules, includedRules }: UserLine): void {
    const { log } = this.#parts;
    if (hasBlank(name)) {
      log.warning("Spaces not allowed in ACL usernames");
      throw startError("Critical error while loading ACLs. Exiting.");
    }
    const user = this.#parts.rules.create(name);
    const problem = this.#parts.rules.applyAll(user, rules);
    if (includedRules !== null) {
      const included = this.#parts.rules.create(name);
      this.#parts.rules.applyAll(included, includedRules);
      this.#included.set(name, userLine(included));
    }
    if (problem !== null) {
      log.warning(`Error loading ACL rule '${problem.rule}' for the user named '${name}': ${problem.reason}`);
      throw startError("Critical error while loading ACLs. Exiting.");
    }
    if (name === "default") this.#default.become(user);
    else this.#users.set(name, user);
    if (user.isEnabled) return;
    log.notice(
      `The user '${name}' is disabled (there is no 'on' modifier in the user description). Make sure this is not a ` +
        "configuration error.",
    );
  }

  // The file

  get hasFile(): boolean {
    return this.#parts.config.text("aclfile") !== "";
  }

  load(): string | null {
    const { config, rules } = this.#parts;
    const file = config.text("aclfile");
    let text: string;
    try {
      text = withoutMark(config.files!.read(this.#filePath(file)));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return `Error loading ACLs, opening file '${file}': ${error.message}`;
    }
    const read = readUsers(text, file, rules);
    if (typeof read === "string") return read;
    if (!read.has("default")) read.set("default", rules.createDefault());
    this.deleteUsers([...this.#users.keys()].filter((name) => !read.has(name)));
    for (const [name, changed] of read) {
      const user = this.#users.get(name);
      if (user === undefined) this.#users.set(name, changed);
      else this.#change(user, changed);
    }
    return null;
  }

  save(): boolean {
    const { config, log } = this.#parts;
    try {
      config.files!.replace(this.#filePath(config.text("aclfile")), writeUsers(this.users()));
      return true;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      log.warning(`Opening temp ACL file for ACL SAVE: ${error.message}`);
      return false;
    }
  }

  #filePath(file: string): string {
    const { config } = this.#parts;
    return config.files!.resolve(config.get("dir"), file);
  }

  // The log

  logEntries(count: number): readonly AclLogEntry[] {
    return this.#log.entries(count);
  }

  resetLog(): void {
    this.#log.reset();
  }

  randomHex(digits: number): string {
    return randomHex(this.#parts.random, (digits + 1) >> 1).slice(0, digits);
  }

  #noteVerdict(client: Client, verdict: Verdict, command: CommandEntry, argv: Argv, context: AclLogContext): void {
    if (verdict === Verdict.COMMAND) return this.#note(client, "command", context, command.name, client.user);
    const object = argv.latin1(this.#permission.position);
    this.#note(client, verdict === Verdict.KEY ? "key" : "channel", context, object, client.user);
  }

  #note(client: Client, reason: AclLogReason, context: AclLogContext, object: string, userName: string): void {
    const { stats, config, nowMs, describe } = this.#parts;
    if (reason === "auth") stats.aclDeniedAuth++;
    else if (reason === "command") stats.aclDeniedCommand++;
    else if (reason === "key") stats.aclDeniedKey++;
    else stats.aclDeniedChannel++;
    this.#log.add(
      { reason, context, object, userName, describeClient: () => describe(client) },
      nowMs(),
      config.number("acllog-max-len"),
    );
  }
}

/** A text up to its first zero byte, as Redis quotes it in errors. */
function cString(text: string): string {
  return text.split("\0", 1)[0]!;
}

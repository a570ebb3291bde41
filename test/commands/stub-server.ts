/** Runs single commands against a context that has no server behind it: what they reply is all that shows. */
import { Argv } from "../../src/bytes/argv.js";
import { commandGroups } from "../../src/commands/all.js";
import { CommandTable } from "../../src/commands/command-table.js";
import type { ServiceContext } from "../../src/commands/context.js";
import { Effects } from "../../src/commands/effects.js";
import { ReplyWriter } from "../../src/protocol/reply-writer.js";
import { Reply } from "../support/reply-parser.js";

const PASSWORD = "secret";

/** A client of nothing: one password ("secret") once `needsPassword` was called, 16 databases without keys. */
export class StubServer {
  readonly client = {
    id: 7,
    resp: 2,
    authenticated: true,
    name: "",
    transaction: null,
    watchDirty: false,
    db: 0,
    setNoEvict: () => {},
  };
  readonly commands = new CommandTable(...commandGroups);
  readonly #reply = new ReplyWriter();
  /** What SHUTDOWN was last asked for. */
  shutdownOptions: unknown = null;

  readonly #acl = {
    isDefaultNopass: true,
    authenticate: (_client: unknown, user: string, password: Uint8Array) => {
      const isRight = user === "default" && Buffer.from(password).toString() === PASSWORD;
      if (isRight) this.client.authenticated = true;
      return isRight;
    },
    resetClient: () => {},
  };

  readonly #context = {
    reply: this.#reply,
    commands: this.commands,
    client: this.client,
    db: 0,
    nowMs: 1_700_000_000_123.5,
    config: { text: () => "", flag: () => false },
    keyspace: { databaseCount: 16, database: (index: number) => index, dirty: 0, swap: () => {} },
    server: { version: "7.2.4" },
    lifecycle: {
      shutdown: (options: unknown) => {
        this.shutdownOptions = options;
        return null;
      },
    },
    acl: this.#acl,
    pubsub: { leave: () => {} },
    monitors: { remove: () => {} },
    tracking: { disable: () => {} },
    transactions: {
      discard: () => {
        this.client.transaction = null;
      },
      exec: () => this.#reply.array(0),
      watch: () => {},
      unwatch: () => {},
    },
    effects: new Effects(() => {}),
  } as unknown as ServiceContext;

  /** From now on the default user has a password. */
  needsPassword(): void {
    this.#acl.isDefaultNopass = false;
  }

  /** The bytes of the reply to one command, given as words. */
  bytes(...words: string[]): string {
    const argv = Argv.from(words);
    const entry = this.commands.lookup(argv);
    if (entry === null || !entry.acceptsCount(argv.count)) throw new Error(`${words[0]} cannot be called like that`);
    this.#reply.length = 0;
    this.#context.command = entry;
    entry.handler(this.#context, argv);
    return Buffer.from(this.#reply.region.u8.subarray(0, this.#reply.length)).toString("latin1");
  }

  /** One command given as a line, and its decoded reply: errors and statuses by their text. */
  call(line: string): unknown {
    const bytes = this.bytes(...line.split(" "));
    if (bytes === "") return undefined;
    if (bytes[0] === "-" || bytes[0] === "+") return bytes.slice(1, -2);
    return new Reply(Buffer.from(bytes, "latin1")).value;
  }
}

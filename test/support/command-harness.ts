/** Runs commands on a key space of their own, without a server: for tests beside the commands. */
import { Argv } from "../../src/bytes/argv.js";
import type { Client } from "../../src/commands/client.js";
import { CommandTable } from "../../src/commands/command-table.js";
import type { Context, ServiceContext } from "../../src/commands/context.js";
import { Effects } from "../../src/commands/effects.js";
import type { Command } from "../../src/commands/spec.js";
import { Keyspace } from "../../src/keyspace/keyspace.js";
import { Arena } from "../../src/memory/arena.js";
import { ReplyWriter } from "../../src/protocol/reply-writer.js";

const ALL_EVENTS = 0x7fff;
const START_MS = 1_700_000_000_000;

export class CommandHarness {
  readonly arena = new Arena();
  readonly keyspace: Keyspace;
  readonly reply = new ReplyWriter();
  readonly context: Context;
  /** Keyspace events since they were last taken: "set key". */
  #events: string[] = [];
  /** Answers of `ctx.config.number`. */
  readonly settings: Record<string, number> = { "proto-max-bulk-len": 512 * 1024 * 1024 };
  readonly #commands: CommandTable;

  constructor(...groups: readonly (readonly Command[])[]) {
    this.#commands = new CommandTable(...groups);
    let seed = 1;
    const random = (): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed;
    };
    this.keyspace = new Keyspace({ arena: this.arena, databaseCount: 16, hashKey: [1, 2], random });
    this.keyspace.setNow(START_MS);
    this.keyspace.notifyFlags = ALL_EVENTS;
    this.keyspace.listener = {
      touched: () => {},
      notify: (_class, event, _db, argv, i) => this.#events.push(`${event} ${argv.latin1(i)}`),
      removed: () => {},

      fieldRemoved: () => {},
      flushing: () => {},
      swapping: () => {},
    };
    this.context = {
      keyspace: this.keyspace,
      reply: this.reply,
      config: { number: (name) => this.settings[name]!, text: () => "" },
      acl: { allowsReadingAll: () => true },
      client: { outputLimitBytes: Number.POSITIVE_INFINITY } as Client,
      blocking: { canWait: false, waitFor() {}, waitForReplicas() {}, wake() {} },
      turns: { canRunAgain: false, runAgain() {} },
      effects: new Effects(() => {}),
      db: this.keyspace.database(0),
      command: undefined as never,
      nowMs: START_MS,
      hadMuchToDo: false,
      inTransaction: false,
    };
  }

  get nowMs(): number {
    return this.context.nowMs;
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.context.nowMs += ms;
    this.keyspace.setNow(this.context.nowMs);
  }

  /** The reply's bytes to one command, one character each. */
  call(...words: (string | Uint8Array)[]): string {
    const argv = Argv.from(words);
    const entry = this.#commands.lookup(argv);
    if (entry === null || !entry.acceptsCount(argv.count)) throw new Error(`${words[0]} cannot be called like that`);
    this.context.command = entry;
    this.reply.length = 0;
    // The commands given are about data.
    entry.handler(this.context as ServiceContext, argv);
    return Buffer.from(this.reply.region.u8.subarray(0, this.reply.length)).toString("latin1");
  }

  /** `call` with a line of words, and its reply without type byte and line breaks where it is one value. */
  run(line: string): string {
    const bytes = this.call(...line.split(" ").map((word) => (word === "''" ? "" : word)));
    const bulk = /^\$\d+\r\n(.*)\r\n$/s.exec(bytes);
    return bulk !== null
      ? bulk[1]!
      : bytes
          .replace(/^[-+:]/, "")
          .trimEnd()
          .replaceAll("\r\n", " ");
  }

  /** The events since the last call of this. */
  takeEvents(): string[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** OBJECT ENCODING of a key. */
  encoding(key: string): string {
    const db = this.context.db;
    return db.encodingName(db.peek(Argv.from([key]), 0));
  }

  /** When a key expires, 0 for never. */
  expireAt(key: string): number {
    const db = this.context.db;
    return db.expireAt(db.peek(Argv.from([key]), 0));
  }
}

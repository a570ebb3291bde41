/** Runs single commands against a real key space, with what they report written down, and no server around it. */
import { Argv } from "../../src/bytes/argv.js";
import { commandGroups } from "../../src/commands/all.js";
import { CommandTable } from "../../src/commands/command-table.js";
import type { ServiceContext } from "../../src/commands/context.js";
import { Effects } from "../../src/commands/effects.js";
import { Keyspace } from "../../src/keyspace/keyspace.js";
import type { NotifyClass } from "../../src/keyspace/notify.js";
import { Arena } from "../../src/memory/arena.js";
import { ReplyWriter } from "../../src/protocol/reply-writer.js";
import { Reply } from "../support/reply-parser.js";

const NOW = 1_700_000_000_000;
/** One for all, since making it takes longer than most tests; what changes in it is statistics. */
const COMMANDS = new CommandTable(...commandGroups);

export class KeyspaceServer {
  readonly keyspace: Keyspace;
  /** Events as "event database key", in the order they were reported. */
  events: string[] = [];
  /** Keys touched, as "database key". */
  touched: string[] = [];
  readonly settings: Record<string, string> = { maxmemory: "0", "maxmemory-policy": "noeviction" };
  readonly context: ServiceContext;
  readonly said = new Effects(() => {});
  readonly #commands = COMMANDS;
  readonly #reply = new ReplyWriter();

  constructor(extra: object = {}) {
    let seed = 1;
    const random = (): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed;
    };
    const keyspace = new Keyspace({ arena: new Arena(), databaseCount: 16, hashKey: [1, 2], random });
    this.keyspace = keyspace;
    keyspace.notifyFlags = 0x7fff as NotifyClass;
    keyspace.listener = {
      touched: (db, argv, i) => this.touched.push(`${db.index} ${argv.latin1(i)}`),
      notify: (_class, event, db, argv, i) => this.events.push(`${event} ${db.index} ${argv.latin1(i)}`),
      removed: (_, db, argv, i) => {
        if (this.said.isOn) this.said.keyRemoved(db.index, argv, i);
      },
      fieldRemoved: (db, argv, i, field, offset, length) => {
        if (this.said.isOn) this.said.fieldRemoved(db.index, argv, i, field, offset, length);
      },
      flushing: () => {},
      swapping: () => {},
    };
    this.context = {
      keyspace,
      reply: this.#reply,
      commands: this.#commands,
      config: {
        text: (name: string) => this.settings[name] ?? "",
        number: (name: string) => Number(this.settings[name] ?? 0),
        flag: (name: string) => this.settings[name] === "yes",
      },
      db: keyspace.database(0),
      client: { id: 1, resp: 2, db: keyspace.database(0) },
      hadMuchToDo: false,
      inTransaction: false,
      effects: this.said,
      ...extra,
    } as unknown as ServiceContext;
    this.setNow(NOW);
  }

  setNow(nowMs: number): void {
    this.context.nowMs = nowMs;
    this.keyspace.setNow(nowMs);
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.setNow(this.context.nowMs + ms);
  }

  /** The bytes of the reply to one command, given as words. */
  bytes(...words: string[]): string {
    const argv = Argv.from(words);
    const entry = this.#commands.lookup(argv);
    if (entry === null || !entry.acceptsCount(argv.count)) throw new Error(`${words[0]} cannot be called like that`);
    this.#reply.length = 0;
    this.#reply.resp = this.context.client.resp;
    this.context.command = entry;
    const { dirty } = this.keyspace;
    this.said.beginUnit();
    this.said.beginCall(this.context.db.index);
    try {
      entry.handler(this.context, argv);
    } finally {
      if (this.said.isOn && entry.hasEffect && this.keyspace.dirty !== dirty) this.said.endCall(argv);
      this.said.endUnit();
    }
    return Buffer.from(this.#reply.region.u8.subarray(0, this.#reply.length)).toString("latin1");
  }

  /** One command given as a line, and its decoded reply: errors and statuses by their text. */
  call(line: string): unknown {
    const bytes = this.bytes(...line.split(" "));
    if (bytes[0] === "-" || bytes[0] === "+") return bytes.slice(1, -2);
    return new Reply(Buffer.from(bytes, "latin1")).value;
  }

  /** What one command reports: events, and how many changes it counted. */
  effects(line: string): { events: string[]; dirty: number } {
    this.events = [];
    this.touched = [];
    const before = this.keyspace.dirty;
    this.call(line);
    return { events: this.events, dirty: this.keyspace.dirty - before };
  }

  /** Puts a string under a key without any command. */
  put(key: string, value = "value", expireAtMs = 0): void {
    const argv = Argv.from([key, value]);
    this.context.db.setString(argv, 0, argv.source, argv.offset[1]!, argv.length[1]!, expireAtMs);
  }
}

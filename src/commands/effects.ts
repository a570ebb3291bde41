/**
 * Effects: what commands did, as one ordered stream of commands that repeat it elsewhere. Whoever must repeat it (an append-only file,
 * replicas, the migration of a slot) listens here.
 *
 * The stream consists of **units**: what one call of a client did, or a whole transaction or script, or the removal of a key that expired
 * or was evicted. It is encoded once, as RESP: one command as it is, several within MULTI and EXEC, a SELECT where the database changes.
 * Every command in it is deterministic: times are absolute, what was chosen at random is named.
 *
 * Whoever runs commands brackets them: `beginUnit` and `endUnit` around what belongs together, `beginCall` and `endCall` around each call.
 * A handler that says nothing is repeated as it was sent, if it changed anything. Otherwise it says `instead(name, count)` for each command
 * that is to stand in its place, and adds its `count - 1` further words; or `nothing()`. It says that only while somebody listens (`isOn`).
 * One that does one word after the other leaves in `doneWords` how far it came: memory may run out half-way.
 *
 * Units are gathered and handed to the listeners once a turn of the event loop, or when they are many: `position` tells how far the stream
 * goes with them, so whoever waits for a unit waits for a position.
 *
 * While nobody listens, a call costs two comparisons and nothing is encoded.
 * Source: the replication stream of Redis 7.2, with its order of MULTI and SELECT.
 */
import type { Argv } from "../bytes/argv.js";
import type { Region } from "../bytes/region.js";
import { CommandEncoder } from "./command-encoder.js";

export interface EffectListener {
  /** Takes the next `length` bytes of the stream, the first of `region`, which is reused afterwards. They are whole units. */
  receive(region: Region, length: number): void;
}

const enum Size {
  /** So many bytes are handed on before the turn ends. */
  MUCH = 65536,
  /** A larger buffer is not kept. */
  KEPT = 1048576,
}

const MULTI = Buffer.from("*1\r\n$5\r\nMULTI\r\n");
const ASTERISK = 42;
/** The first number that is none of 64 bits any more. */
const INT64_END = 2 ** 63;
const NO_DATABASE = -1;
/** More than a call has. */
const ALL_WORDS = 0x3fffffff;

export class Effects {
  /** Somebody listens. */
  isOn = false;
  /** Bytes of the stream so far, with those of complete units that were not handed on yet. */
  position = 0;
  readonly #soon: (action: () => void) => void;
  readonly #listeners: EffectListener[] = [];
  /** What has not been handed on. */
  readonly #stream = new CommandEncoder();
  #isScheduled = false;
  /** The database that the stream has selected. */
  #selected = NO_DATABASE;
  /** The database of the call that runs. */
  #database = 0;
  /** Units that are open, one inside the other: they count as one. */
  #depth = 0;
  /** Where the open unit begins, and the commands in it. */
  #unitStart = 0;
  #unitCommands = 0;
  /** The running call has said what is to be repeated. */
  #hasSpoken = false;
  /** How many words of the running call were done, set by handlers that may run out of memory half-way: no more are repeated. */
  doneWords = ALL_WORDS;
  /** The call that was received as bytes between two places of its source; null when there is none. */
  #sent: Argv | null = null;
  #sentStart = 0;
  #sentEnd = 0;

  /** `soon` runs an action at the end of the loop's turn. */
  constructor(soon: (action: () => void) => void) {
    this.#soon = soon;
  }

  /** Hands the stream to `listener` from here on; what it hears begins with a SELECT. Not within a unit. */
  listen(listener: EffectListener): void {
    this.deliver();
    this.#listeners.push(listener);
    this.#selected = NO_DATABASE;
    this.isOn = true;
  }

  /** Hands on what there is, and nothing more to `listener`. Not within a unit. */
  leave(listener: EffectListener): void {
    this.deliver();
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
    this.isOn = this.#listeners.length > 0;
  }

  /** Hands all complete units to the listeners now; does nothing within a unit. */
  deliver(): void {
    const stream = this.#stream;
    if (stream.length === 0 || this.#depth > 0) return;
    for (const listener of this.#listeners) listener.receive(stream.region, stream.length);
    stream.clear(Size.KEPT);
  }

  // For those who run commands

  /** From here on, what happens belongs together. */
  beginUnit(): void {
    if (this.#depth++ > 0) return;
    this.#unitStart = this.#stream.length;
    this.#unitCommands = 0;
  }

  endUnit(): void {
    if (this.#depth === 0 || --this.#depth > 0) return;
    this.#sent = null;
    if (this.#unitCommands === 0) return;
    if (this.#unitCommands > 1) {
      this.#stream.command(1);
      this.#stream.text("EXEC");
    }
    this.position += this.#stream.length - this.#unitStart;
    if (this.#stream.length > Size.MUCH) this.deliver();
    else if (!this.#isScheduled) this.#deliverSoon();
  }

  /** The call with the words `argv` was received between `start` and `end` of its source. */
  sentAs(argv: Argv, start: number, end: number): void {
    this.#sent = argv;
    this.#sentStart = start;
    this.#sentEnd = end;
  }

  /** A call on the database with this index begins. */
  beginCall(database: number): void {
    this.#database = database;
    this.#hasSpoken = false;
    this.doneWords = ALL_WORDS;
  }

  /** The call has ended, and has changed something: unless it has spoken for itself, it is repeated as it was sent. */
  endCall(argv: Argv): void {
    if (this.#hasSpoken) return;
    this.#beginCommand(this.#database);
    if (this.doneWords < argv.count) {
      this.#stream.command(this.doneWords);
      this.arguments(argv, 0, this.doneWords);
    } else if (argv === this.#sent && argv.source.u8[this.#sentStart] === ASTERISK) {
      this.#stream.raw(argv.source, this.#sentStart, this.#sentEnd - this.#sentStart);
    } else {
      this.#stream.all(argv);
    }
  }

  /** A key was removed without a command: because it had expired, or to make room. */
  keyRemoved(database: number, argv: Argv, i: number): void {
    this.beginUnit();
    this.#beginCommand(database);
    this.#stream.command(2);
    this.text("DEL").argument(argv, i);
    this.endUnit();
  }

  /** A field of a hash was removed because it had expired. */
  fieldRemoved(database: number, argv: Argv, i: number, field: Region, offset: number, length: number): void {
    this.beginUnit();
    this.#beginCommand(database);
    this.#stream.command(3);
    this.text("HDEL").argument(argv, i).bytes(field, offset, length);
    this.endUnit();
  }

  // For handlers, while somebody listens

  /** The call is not repeated, but for what else it says. */
  nothing(): void {
    this.#hasSpoken = true;
  }

  /** A command of `count` words, whose further words follow, stands in the place of the call: alone, or with others that it names. */
  instead(name: string, count: number): this {
    this.#hasSpoken = true;
    this.#beginCommand(this.#database);
    this.#stream.command(count);
    return this.text(name);
  }

  /** A word of the command being said: argument i. */
  argument(argv: Argv, i: number): this {
    return this.bytes(argv.source, argv.offset[i]!, argv.length[i]!);
  }

  /** Several words of the command being said: the arguments from `from` up to `end`, every `step`th of them. */
  arguments(argv: Argv, from: number, end: number, step = 1): this {
    for (let i = from; i < end; i += step) this.argument(argv, i);
    return this;
  }

  bytes(source: Region, offset: number, length: number): this {
    this.#stream.word(source, offset, length);
    return this;
  }

  wordOf(bytes: Uint8Array): this {
    this.#stream.wordOf(bytes);
    return this;
  }

  /** A word of one byte per character. */
  text(text: string): this {
    this.#stream.text(text);
    return this;
  }

  /** A whole number; beyond 2^53 it may be rounded, but is one of 64 bits. */
  integer(value: number): this {
    return this.text(value < INT64_END ? String(value) : "9223372036854775807");
  }

  // Inside

  /** Makes the unit a transaction when it gets a second command, and selects the command's database. */
  #beginCommand(database: number): void {
    if (++this.#unitCommands === 2) this.#stream.insert(this.#unitStart, MULTI);
    if (database === this.#selected) return;
    this.#selected = database;
    this.#stream.command(2);
    this.text("SELECT").integer(database);
  }

  #deliverSoon(): void {
    this.#isScheduled = true;
    this.#soon(() => {
      this.#isScheduled = false;
      this.deliver();
    });
  }
}

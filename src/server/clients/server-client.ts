/**
 * A client as the dispatcher runs its commands, and what the server accounts for it. At its other end is a peer (`connection.ts`), or the
 * server itself (`internal-client.ts`).
 *
 * All that is looked at for each command is a field of this class or of `Client`, at the same place in every object.
 */
import { Client } from "../../commands/client.js";
import type { ServiceContext } from "../../commands/context.js";
import type { Database } from "../../keyspace/database.js";
import type { RequestParser } from "../../protocol/request-parser.js";
import type { ClientThrottle } from "../throttle/client-throttle.js";
import { ClientInput } from "./client-input.js";
import type { ConnectionHost } from "./connection-host.js";

/** What commands can reach, as the server sees it. */
export interface ServerContext extends ServiceContext {
  client: ServerClient;
}

export abstract class ServerClient extends Client {
  readonly input: ClientInput;
  readonly parser: RequestParser;
  /** Null until a limit of client-throttle was configured. */
  throttle: ClientThrottle | null = null;
  /** So many batches to go through without looking ahead, which was not worth it lately. */
  aheadRest = 0;
  /** Bytes of all replies handed over for sending so far. */
  repliedBytes = 0;
  protected readonly host: ConnectionHost;
  /** Pushes that must follow the reply of the command being run. */
  #afterReply: Uint8Array[] | null = null;
  /** What the host has been told of. */
  #accounted = 0;
  #accountedQuery = 0;
  #accountedOutput = 0;

  constructor(
    host: ConnectionHost,
    id: number,
    db: Database,
    nowMs: number,
    /** Made by the server itself: no command of it waits, or is refused for whose it is or for what there is room. */
    readonly isInternal: boolean,
  ) {
    super(id, db, nowMs);
    this.host = host;
    this.input = new ClientInput(host, this);
    this.parser = this.input.parser;
  }

  /** The peer's address alone; empty when it has none. */
  abstract readonly peerHost: string;
  /** The number of its TCP socket while that is open, otherwise -1. */
  abstract readonly tcpSocket: number;
  /** What it costs without its buffers and the system's part. */
  abstract readonly overheadBytes: number;

  get queryBufferUsed(): number {
    return this.input.unparsedBytes;
  }

  get queryBufferFree(): number {
    return this.input.freeBytes;
  }

  get argvBytes(): number {
    if (this.blocked !== null) return this.blocked.argvBytes;
    if (this.host.current !== this && this.parser.isIdle) return 0;
    return this.parser.argv.totalLength;
  }

  get memoryBytes(): number {
    return this.overheadBytes + this.input.memory + this.outputMemory + this.heldBytes;
  }

  override hold(bytes: number): void {
    super.hold(bytes);
    this.account();
  }

  override setNoEvict(isSpared: boolean): void {
    super.setNoEvict(isSpared);
    if (!this.closed) this.host.memoryChanged(this, this.#accounted);
  }

  // Around a command

  /** Suspends the client; the command that was just parsed will be read again. */
  postpone(): void {
    this.suspension = "paused";
    this.parser.begin(this.parser.start);
  }

  /** Has the running command run again in the next turn of this client. */
  runAgain(): void {
    this.commandCount--;
    this.parser.begin(this.parser.start);
    this.input.continueSoon();
  }

  /** Goes on with input that was kept while the client was suspended. */
  abstract resume(): void;

  /** Ends a suspension: input that came meanwhile is processed after the others had their turn. */
  unsuspend(): void {
    if (this.closed) return;
    this.suspension = null;
    if (this.input.hasMore) this.input.continueSoon();
  }

  /** Keeps bytes that are to follow the reply of the running command. */
  protected sendAfterReply(bytes: Uint8Array): void {
    this.#afterReply ??= [];
    this.#afterReply.push(bytes);
  }

  /** Puts the pushes that came up during the command behind its reply. */
  afterCommand(): void {
    if (this.#afterReply === null) return;
    for (const bytes of this.#afterReply) this.host.reply.raw(bytes);
    this.#afterReply = null;
  }

  /** Takes what has been written so far in this batch, when it is much. */
  abstract flushIfLarge(): void;

  /** Takes what the reply writer holds for this client, since replies to others come next. */
  abstract queueReplies(): void;

  /** A batch has come to its end, or (`isUnfinished`) has to wait for its next turn: takes the replies to its `commands` commands. */
  abstract endReplies(isUnfinished: boolean, commands: number): void;

  // Memory

  /** Tells the host what the client needs now. After `close` it needs nothing: a write that was cut off may end later. */
  account(): void {
    if (this.closed) return;
    const { host } = this;
    const query = this.input.memory;
    const output = this.outputMemory;
    const bytes = this.memoryBytes;
    const before = this.#accounted;
    if (output < this.#accountedOutput) host.droppedBytes += this.#accountedOutput - output;
    this.#accounted = bytes;
    host.memoryBytes += bytes - before;
    if (this.isInternal) host.internalBytes += bytes - before;
    host.queryBytes += query - this.#accountedQuery;
    host.outputBytes += output - this.#accountedOutput;
    this.#accountedQuery = query;
    this.#accountedOutput = output;
    host.memoryChanged(this, bytes);
  }

  /** `account`, after something was sent. */
  accountOutput(): void {
    if (this.outputBytes > 0 || this.#accountedOutput > 0) this.account();
  }

  /** The client has closed: it needs nothing any more, and nothing of it is left in the middle of a batch. */
  protected leave(): void {
    const { host } = this;
    // What runs a command of this client still may read its arguments.
    if (host.current !== this) this.parser.argv.source = host.input;
    host.forgetMemory(this, this.#accounted, this.#accountedQuery, this.#accountedOutput);
    if (host.current === this) host.reply.length = 0;
  }
}

/**
 * What arrives for a client, until it is a command.
 *
 * Bytes arrive in the server's shared input region and are parsed there. Only what a packet leaves unfinished is copied into a query buffer
 * of the client's own, which then collects the rest. A long argument is collected where it can stay: a command that stores it takes the
 * buffer over, and what follows in it is moved away.
 *
 * While the client is suspended, what arrives is kept and not looked at. A batch that has taken its share of time is cut short and goes on
 * when the others had their turn.
 */
import { LongArgument } from "../../bytes/argv.js";
import { copyBytes, moveBytes, Region } from "../../bytes/region.js";
import { RequestParser } from "../../protocol/request-parser.js";
import type { ConnectionHost } from "./connection-host.js";
import type { ServerClient } from "./server-client.js";

const enum Size {
  /** Smallest private query buffer, and the smallest when there is little room for all of them. */
  QUERY_BUFFER = 16384,
  TIGHT_QUERY_BUFFER = 1024,
  /** An announced argument up to this long gets its room at once, a longer one grows as it arrives. */
  TRUSTED_ANNOUNCEMENT = 1048576,
  /** What a buffer for a long argument has room for behind it: what a read may bring. */
  BEHIND_ARGUMENT = 131072,
}

export class ClientInput {
  readonly parser: RequestParser;
  /** There will be no more of it. */
  hasEnded = false;
  readonly #host: ConnectionHost;
  readonly #client: ServerClient;
  #query: Region | null = null;
  #length = 0;
  /** What the private query buffer was made for, if that is a long argument: the buffer has a reserve then, which takes no memory. */
  #long: LongArgument | null = null;
  /** The most the private query buffer held since the cron last looked. */
  #peak = 0;

  constructor(host: ConnectionHost, client: ServerClient) {
    this.#host = host;
    this.#client = client;
    this.parser = new RequestParser(host.argv);
    this.parser.maxBulkLength = host.maxBulkLength;
  }

  /** Bytes that are kept. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that are kept and have not been parsed. */
  get unparsedBytes(): number {
    return this.#length === 0 ? 0 : this.#length - this.parser.position;
  }

  /** Bytes that the query buffer could take besides. */
  get freeBytes(): number {
    return this.memory - this.#length;
  }

  /** Memory of the query buffer. */
  get memory(): number {
    if (this.#long !== null) return this.#length;
    return this.#query === null ? 0 : this.#query.u8.length;
  }

  /** There is something to do: input, or its end. */
  get hasMore(): boolean {
    return this.#length > 0 || this.hasEnded;
  }

  /** `length` bytes have arrived in the server's input region: runs what is complete with them, unless the client is suspended. */
  receive(length: number): void {
    const { input } = this.#host;
    const client = this.#client;
    if (this.#length === 0) {
      this.parser.begin(0);
      if (client.suspension === null) return this.#process(input, length);
    }
    this.#append(input, 0, length);
    if (client.suspension === null && !client.closed) this.#process(this.#query!, this.#length);
  }

  /** Runs what is kept. */
  goOn(): void {
    if (this.#length > 0) this.#process(this.#query!, this.#length);
  }

  #process(region: Region, end: number): void {
    const host = this.#host;
    const client = this.#client;
    const { parser } = this;
    if (parser.isIdle) parser.argv = host.argv;
    if (this.#long !== null) this.#offerLong(end);
    const before = client.commandCount;
    let isUnfinished = host.runCommands(client, region, end);
    if (region !== host.input) isUnfinished = this.#endOffer(isUnfinished, end);
    client.endReplies(isUnfinished, client.commandCount - before);
    if (client.closed) return;
    if (!parser.isIdle && parser.argv === host.argv) host.replaceArgv();
    // After closeAfterReply nothing more is read; otherwise keep the bytes from the unfinished command on.
    const from = parser.isIdle ? parser.position : parser.start;
    this.#keep(region, client.closeAfterReply ? end : Math.min(from, end), end);
    if (isUnfinished && client.suspension === null && !client.closeAfterReply) this.continueSoon();
  }

  /** The batch took its share of time: the rest runs after the others had their turn. */
  continueSoon(): void {
    const host = this.#host;
    const client = this.#client;
    client.suspension = "yielding";
    host.waitingTurns++;
    host.soon(() => {
      host.waitingTurns--;
      if (client.suspension === "yielding") client.resume();
    });
  }

  // What is kept

  #keep(region: Region, from: number, end: number): void {
    const length = end - from;
    const own = this.#query;
    if (region === own && (this.#long === null || from === 0)) {
      if (from > 0 && length > 0) moveBytes(own, from, 0, length);
      this.#length = length;
      this.parser.rebase(0);
      return;
    }
    if (region === own) this.drop();
    if (length === 0) return;
    this.#length = 0;
    this.#append(region, from, length);
    this.parser.rebase(0);
  }

  #append(from: Region, offset: number, length: number): void {
    const host = this.#host;
    const client = this.#client;
    this.#reserve(this.#length + length);
    if (client.closed) return;
    copyBytes(from, offset, this.#query!, this.#length, length);
    this.#length += length;
    if (this.#long !== null) client.account();
    if (this.#length > this.#peak) this.#peak = this.#length;
    if (this.#length > host.queryBufferLimit) {
      host.stats.queryBufferLimitDisconnections++;
      host.log("warning", `Closing client that reached max query buffer length: ${host.describe(client)}`);
      client.close("query buffer limit");
    }
  }

  /** Makes room for `length` bytes: for more at once when it is known how many will come, so that they are copied seldom. */
  #reserve(length: number): void {
    const host = this.#host;
    const own = this.#query;
    const isLong = this.parser.bulkLength >= host.leastLongArgument;
    if (isLong && this.#long === null && this.#beginLong(length)) return;
    if (own !== null && own.u8.length >= length) return;
    const needed = this.parser.neededBytes;
    const { isInputTight } = host;
    let capacity = Math.max(length, isInputTight ? Size.TIGHT_QUERY_BUFFER : Size.QUERY_BUFFER);
    if (needed > length) capacity = Math.max(capacity, Math.min(needed, trustedBytes(length, isInputTight)));
    else if (own !== null) capacity = Math.max(length, own.u8.length * 2);
    const grown = allocateOrNull(capacity);
    if (grown !== null) return this.#change(grown);
    host.log("warning", `Closing client whose query buffer needs ${capacity} bytes: ${host.describe(this.#client)}`);
    this.#client.close("no memory");
  }

  /** Moves what the query buffer holds to another. */
  #change(query: Region, long: LongArgument | null = null): void {
    const old = this.#query;
    if (old !== null) copyBytes(old, 0, query, 0, this.#length);
    this.#release(this.#length);
    this.#query = query;
    this.#long = long;
    if (long !== null) this.#host.longBuffers++;
    this.#client.account();
  }

  /** Lets go of the query buffer, and of what is in it. */
  drop(): void {
    this.#release(0);
    this.#client.account();
  }

  /** Lets go of the query buffer, while `length` bytes of it are kept elsewhere. */
  #release(length: number): void {
    const query = this.#query;
    if (query === null) return;
    const long = this.#long;
    if (long === null) this.#host.droppedBytes += query.u8.length;
    else this.#host.longBuffers--;
    if (long !== null && !long.isTaken) this.#host.droppedBytes += this.#length;
    this.#query = null;
    this.#long = null;
    this.#length = length;
  }

  /** Frees what the query buffer does not need; called about once a second. */
  shrink(nowMs: number): void {
    const query = this.#query;
    const client = this.#client;
    if (query === null || this.#long !== null) return;
    const isIdle = nowMs - client.lastInteractionMs > 2000;
    // What is on its way has been announced.
    if (!isIdle && this.parser.neededBytes > this.#length) return;
    const wanted = isIdle ? this.#length : Math.max(this.#length, this.#peak, Size.QUERY_BUFFER);
    if (wanted === 0) {
      this.#release(0);
    } else if (isIdle ? query.u8.length > wanted : query.u8.length > Math.max(wanted * 2, 32768)) {
      this.#query = new Region(query.u8.slice(0, wanted));
    }
    this.#peak = this.#length;
    client.account();
  }

  // Long arguments

  /**
   * Gives the command that is being received a buffer in which its long argument can stay. That is as long as such an argument may be, but
   * takes no more memory than has arrived. Of the command `length` bytes have, among them a part of the argument, so that announcing alone
   * costs nothing.
   */
  #beginLong(length: number): boolean {
    const { start, position, bulkLength } = this.parser;
    const host = this.#host;
    const offset = position - start;
    if (length - offset < Math.min(Size.TRUSTED_ANNOUNCEMENT, host.leastLongArgument / 2)) return false;
    const buffer = host.longBuffer(offset + bulkLength + Size.BEHIND_ARGUMENT);
    if (buffer === null) return false;
    const region = new Region(new Uint8Array(buffer, (8 - (offset & 7)) & 7));
    this.#change(region, new LongArgument(region, offset, this.#length, () => this.#giveUp()));
    return true;
  }

  /** Lets the command that ends at `end` at the most take over the buffer. */
  #offerLong(end: number): void {
    const long = this.#long!;
    long.end = end;
    this.parser.argv.long = long;
  }

  /** A batch out of the private query buffer has ended: no Argv refers to it that outlives it. Returns whether there is more to run. */
  #endOffer(isUnfinished: boolean, end: number): boolean {
    const { parser } = this;
    const client = this.#client;
    parser.argv.long = null;
    if (!client.closed && !parser.isIdle) return isUnfinished;
    parser.argv.source = this.#host.input;
    if (client.suspension !== "moving") return isUnfinished;
    client.suspension = null;
    return parser.position < end;
  }

  /** A command has taken the query buffer over: the commands behind it run when they have been moved. */
  #giveUp(): void {
    if (this.#client.suspension === null) this.#client.suspension = "moving";
  }
}

/**
 * The room for an announced argument of which, with what came before it, `length` bytes have arrived: much at once, so that it is copied
 * seldom, but in proportion to what arrived when there is little room for all the query buffers.
 */
function trustedBytes(length: number, isTight: boolean): number {
  return isTight ? length * 2 : Math.max(Size.TRUSTED_ANNOUNCEMENT + Size.QUERY_BUFFER, length * 4);
}

/** A region, or null when the system has no memory for it. */
function allocateOrNull(bytes: number): Region | null {
  try {
    return Region.allocate(bytes);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

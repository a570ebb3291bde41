/**
 * A client of the server's own, without a connection: it runs a stream of commands that is at hand as bytes. So an append-only file is
 * loaded, and the stream of a primary is applied.
 *
 * What it runs has been done elsewhere, so nothing refuses it but that there is no such command: no user, no limit of memory, no pause. None
 * of its commands waits: each is done when `feed` returns. No other client sees it, in no list and no limit; its memory counts with the
 * others'. Whoever applies effects has the key space keep what has expired meanwhile (`Expiry.KEPT`).
 */
import type { AclUser } from "../../commands/client.js";
import type { Database } from "../../keyspace/database.js";
import type { ConnectionHost } from "./connection-host.js";
import { ServerClient } from "./server-client.js";

/** The server itself, who may do everything. */
const ITSELF: AclUser = { name: "default", isUnrestricted: true, gates: 0 };
/** No other client has this id, and none can be named by it. */
const NO_ID = 0;
/** What one costs without its buffers, as a connection does. */
const OVERHEAD = 2048;

/** Takes the next bytes of the replies, which are free again when it returns. */
type ReplyReceiver = (bytes: Uint8Array) => void;

export class InternalClient extends ServerClient {
  readonly peerAddress = "";
  readonly localAddress = "";
  readonly peerHost = "";
  readonly fd = -1;
  readonly tcpSocket = -1;
  readonly isUnixSocket = false;
  readonly outputBytes = 0;
  readonly outputChunks = 0;
  readonly outputMemory = 0;
  readonly outputLimitBytes = Number.POSITIVE_INFINITY;
  readonly replyBufferSize = 0;
  readonly replyBufferPeak = 0;
  readonly events = "";
  readonly overheadBytes = OVERHEAD;
  readonly #receiver: ReplyReceiver | null;
  #fedBytes = 0;

  /** Without a `receiver` nobody hears the replies. */
  constructor(host: ConnectionHost, db: Database, nowMs: number, receiver: ReplyReceiver | null = null) {
    super(host, NO_ID, db, nowMs, true);
    this.aclUser = ITSELF;
    this.#receiver = receiver;
    this.account();
  }

  /** Bytes of the stream up to the end of the last command that is complete. */
  get position(): number {
    return this.#fedBytes - this.input.length;
  }

  /** What is wrong with the stream, empty while nothing is; then no more of it is run. */
  get error(): string {
    return this.parser.error;
  }

  /** Runs all commands that are complete with the next bytes of the stream. Not while a command of another client runs. */
  feed(bytes: Uint8Array): void {
    const { host } = this;
    if (host.current !== null) throw new Error("fed while another client's commands run");
    const { u8 } = host.input;
    for (let at = 0; at < bytes.length && !this.closed && !this.closeAfterReply; at += u8.length) {
      const piece = bytes.subarray(at, at + u8.length);
      u8.set(piece);
      this.#fedBytes += piece.length;
      host.beginBatch(this);
      this.input.receive(piece.length);
      this.#goOn();
      host.endBatch();
    }
  }

  /** Runs what is behind a command that took the query buffer over: the rest has been moved, and need not wait for a turn. */
  #goOn(): void {
    while (this.suspension === "yielding" && !this.closed) {
      this.suspension = null;
      this.input.goOn();
    }
  }

  /** `feed` leaves nothing that could go on. */
  resume(): void {}

  /** Messages to clients are none for the server itself. */
  send(_bytes: Uint8Array): void {}

  flushIfLarge(): void {
    this.#takeReplies();
  }

  queueReplies(): void {
    this.#takeReplies();
  }

  endReplies(): void {
    this.#takeReplies();
  }

  #takeReplies(): void {
    const { reply } = this.host;
    if (reply.length > 0 && this.#receiver !== null) this.#hand(this.#receiver);
    reply.length = 0;
  }

  #hand(receiver: ReplyReceiver): void {
    const { host } = this;
    if (!host.reply.isSplit) return receiver(host.replyBytes(host.reply.length));
    const { chunks, loans } = host.takeReplyChunks();
    for (const chunk of chunks) receiver(chunk);
    for (const loan of loans) loan.end();
  }

  close(reason: string): void {
    if (this.closed) return;
    this.closed = true;
    this.input.drop();
    this.leave();
    this.host.connectionClosed(this, reason);
  }
}

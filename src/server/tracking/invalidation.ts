/**
 * The message that keys are no longer what they were, encoded once for each protocol version among its receivers: a push, or for a
 * RESP2 client a message of the channel `__redis__:invalidate`.
 */
import type { Argv } from "../../bytes/argv.js";
import type { ReplyWriter } from "../../protocol/reply-writer.js";

const CHANNEL = "__redis__:invalidate";

/** Writes what a message is about. */
type WriteKeys = (writer: ReplyWriter) => void;

export class Invalidation {
  readonly #writer: ReplyWriter;
  readonly #writeKeys: WriteKeys;
  #resp2: Uint8Array | null = null;
  #resp3: Uint8Array | null = null;

  private constructor(writer: ReplyWriter, writeKeys: WriteKeys) {
    this.#writer = writer;
    this.#writeKeys = writeKeys;
  }

  /** Of the key at argument i, which must stay what it is while the message is sent. */
  static ofKey(writer: ReplyWriter, argv: Argv, i: number): Invalidation {
    return new Invalidation(writer, () => {
      writer.array(1);
      writer.bulk(argv.source, argv.offset[i]!, argv.length[i]!);
    });
  }

  /** Of keys by their names, one character per byte. */
  static ofNames(writer: ReplyWriter, names: readonly string[]): Invalidation {
    return new Invalidation(writer, () => {
      writer.array(names.length);
      for (const name of names) writer.bulkLatin1(name);
    });
  }

  /** Of all keys there are. */
  static ofAll(writer: ReplyWriter): Invalidation {
    return new Invalidation(writer, () => writer.null());
  }

  encoded(resp: 2 | 3): Uint8Array {
    if (resp === 2) return (this.#resp2 ??= this.#encode(2));
    return (this.#resp3 ??= this.#encode(3));
  }

  #encode(resp: 2 | 3): Uint8Array {
    const writer = this.#writer;
    writer.length = 0;
    writer.resp = resp;
    writer.push(resp === 3 ? 2 : 3);
    writer.bulkText(resp === 3 ? "invalidate" : "message");
    if (resp === 2) writer.bulkText(CHANNEL);
    this.#writeKeys(writer);
    return takeBytes(writer);
  }
}

/** The push to a RESP3 client whose messages went to a client that is gone. */
export function brokenRedirect(writer: ReplyWriter, redirect: number): Uint8Array {
  writer.length = 0;
  writer.resp = 3;
  writer.push(2);
  writer.bulkText("tracking-redir-broken");
  writer.integer(redirect);
  return takeBytes(writer);
}

/** A copy of what has been written. */
function takeBytes(writer: ReplyWriter): Uint8Array {
  const bytes = Buffer.allocUnsafe(writer.length);
  bytes.set(writer.region.u8.subarray(0, writer.length));
  return bytes;
}

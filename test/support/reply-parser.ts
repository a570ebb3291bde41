/**
 * Cuts a stream of bytes into RESP2/RESP3 replies, keeping the exact bytes of each, and decodes them on demand. Written
 * for tests on its own, from the protocol's page, so that a mistake in the server's own code does not hide itself.
 */

/** An error reply, "-ERR ..." or RESP3's "!". */
export class RespError {
  constructor(readonly message: string) {}
}

/** A status reply, "+OK": kept apart from bulk strings, because clients see the difference. */
export class RespStatus {
  constructor(readonly text: string) {}
}

/** A decoded reply. Strings have one character per byte (latin1). */
export type RespValue =
  | null
  | string
  | number
  | bigint
  | boolean
  | RespError
  | RespStatus
  | RespValue[]
  | Map<RespValue, RespValue>
  | Set<RespValue>;

/** One reply: its bytes as they came, and what they say. */
export class Reply {
  constructor(readonly bytes: Buffer) {}

  /** Where the reply at `offset` of `bytes` ends, or -1 while it is incomplete. Throws on bytes that start no reply. */
  static end(bytes: Buffer, offset: number): number {
    return endOfReply(bytes, offset);
  }

  /** True for a RESP3 push. */
  get isPush(): boolean {
    return this.bytes[0] === 0x3e;
  }

  get isError(): boolean {
    return this.bytes[0] === 0x2d || this.bytes[0] === 0x21;
  }

  get value(): RespValue {
    return decode(this.bytes, { offset: 0 });
  }

  toString(): string {
    return JSON.stringify(this.bytes.toString("latin1"));
  }
}

/** Collects what arrives and hands out whole replies. */
export class ReplyParser {
  #buffer = Buffer.allocUnsafe(64 * 1024);
  #start = 0;
  #end = 0;

  /** Adds received bytes. */
  feed(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#buffer.length) {
      const pending = this.#end - this.#start;
      const target =
        pending + chunk.length > this.#buffer.length ? Buffer.allocUnsafe((pending + chunk.length) * 2) : this.#buffer;
      this.#buffer.copy(target, 0, this.#start, this.#end);
      this.#buffer = target;
      this.#start = 0;
      this.#end = pending;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The next whole reply, or null until more arrives. */
  next(): Reply | null {
    const available = this.#buffer.subarray(this.#start, this.#end);
    const end = endOfReply(available, 0);
    if (end < 0) return null;
    this.#start += end;
    return new Reply(Buffer.from(available.subarray(0, end)));
  }

  /** The bytes that form no whole reply yet. */
  rest(): Buffer {
    return Buffer.from(this.#buffer.subarray(this.#start, this.#end));
  }
}

/** How many values follow the head of an aggregate: two for each entry of a map or attribute, one more after the latter. */
function valueCount(type: string, count: number): number {
  if (count < 0) return 0;
  if (type === "%") return count * 2;
  return type === "|" ? count * 2 + 1 : count;
}

function endOfReply(buffer: Buffer, offset: number): number {
  const lineEnd = buffer.indexOf("\r\n", offset, "latin1");
  if (lineEnd < 0) return -1;
  const type = String.fromCharCode(buffer[offset]!);
  let at = lineEnd + 2;
  if ("+-:_#,(".includes(type)) return at;
  const count = Number(buffer.toString("latin1", offset + 1, lineEnd));
  if (!Number.isInteger(count)) throw new Error(`No RESP reply: ${buffer.toString("latin1", offset, offset + 80)}`);
  if ("$!=".includes(type)) {
    if (count < 0) return at;
    return at + count + 2 <= buffer.length ? at + count + 2 : -1;
  }
  if (!"*~>%|".includes(type)) throw new Error(`No RESP reply: ${buffer.toString("latin1", offset, offset + 80)}`);
  for (let left = valueCount(type, count); left > 0; left--) {
    at = at < buffer.length ? endOfReply(buffer, at) : -1;
    if (at < 0) return -1;
  }
  return at;
}

function decode(buffer: Buffer, cursor: { offset: number }): RespValue {
  const lineEnd = buffer.indexOf("\r\n", cursor.offset, "latin1");
  const type = String.fromCharCode(buffer[cursor.offset]!);
  const line = buffer.toString("latin1", cursor.offset + 1, lineEnd);
  cursor.offset = lineEnd + 2;
  switch (type) {
    case "+":
      return new RespStatus(line);
    case "-":
      return new RespError(line);
    case ":":
      return integer(line);
    case "_":
      return null;
    case "#":
      return line === "t";
    case ",":
      return line === "inf" ? Infinity : line === "-inf" ? -Infinity : Number(line);
    case "(":
      return BigInt(line);
  }
  const count = Number(line);
  if (count < 0) return null;
  if ("$!=".includes(type)) {
    const text = buffer.toString("latin1", cursor.offset, cursor.offset + count);
    cursor.offset += count + 2;
    return type === "!" ? new RespError(text) : type === "=" ? text.slice(4) : text;
  }
  const values = Array.from({ length: valueCount(type, count) }, () => decode(buffer, cursor));
  if (type === "|") return values.at(-1)!;
  if (type === "~") return new Set(values);
  if (type !== "%") return values;
  const map = new Map<RespValue, RespValue>();
  for (let i = 0; i < values.length; i += 2) map.set(values[i]!, values[i + 1]!);
  return map;
}

function integer(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

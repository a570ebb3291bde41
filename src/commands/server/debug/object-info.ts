/** DEBUG OBJECT and its like: how one value is kept. */
import type { Argv } from "../../../bytes/argv.js";
import { parseInteger } from "../../../bytes/integer.js";
import { NO_SUCH_KEY } from "../../../protocol/errors.js";
import { Encoding, EntryView, ValueType } from "../../../structures/entry/entry.js";
import type { Context } from "../../context.js";
import { between, type DebugAction, exactly } from "./action.js";

/** DEBUG OBJECT: "at" is the entry's place in the arena, in bytes. */
export const objectInfo = between(3, 4, (ctx, argv) => {
  const { db, keyspace, reply } = ctx;
  const ref = db.peek(argv, 2);
  if (ref === 0) return reply.error(NO_SUCH_KEY);
  const idle = db.idleSeconds(ref);
  const clock = (Math.floor(keyspace.nowMs / 1000) - idle) & 0xffffff;
  reply.simple(
    `Value at:0x${(ref * 8).toString(16)} refcount:1 encoding:${db.encodingName(ref)} ` +
      `serializedlength:${serializedLength(ctx, ref)} lru:${clock} lru_seconds_idle:${idle}` +
      (db.encoding(ref) === Encoding.QUICKLIST ? quicklistInfo(ctx, ref) : ""),
  );
});

/** What a quicklist's options are, and of how many runs it is made. Nothing is compressed here, whatever list-compress-depth says. */
function quicklistInfo({ config, db, keyspace }: Context, ref: number): string {
  const { lists } = keyspace.types;
  const { view } = keyspace;
  db.read(ref, view);
  const runs = lists.weight(view.segment, view.offset);
  const isCompressed = config.number("list-compress-depth") !== 0 ? 1 : 0;
  return (
    ` ql_nodes:${runs} ql_avg_node:${(lists.count(view) / runs).toFixed(2)}` +
    ` ql_listpack_max:${config.text("list-max-listpack-size")} ql_compressed:${isCompressed}` +
    ` ql_uncompressed_size:${db.memoryBytes(ref)}`
  );
}

/** DEBUG SDSLEN: strings have no room to spare here, unless they grew. */
export const sdslen = exactly(3, ({ db, keyspace, reply }, argv) => {
  const ref = db.peek(argv, 2);
  if (ref === 0) return reply.error(NO_SUCH_KEY);
  if (db.type(ref) !== ValueType.STRING || db.encoding(ref) === Encoding.INT) {
    return reply.error("ERR Not an sds encoded string.");
  }
  const entry = new EntryView();
  db.loadEntry(ref, entry);
  const { value } = keyspace;
  db.loadString(ref, value);
  reply.simple(
    `key_sds_len:${entry.keyLength}, key_sds_avail:0, key_zmalloc: ${entry.keyLength}, ` +
      `val_sds_len:${value.length}, val_sds_avail:0, val_zmalloc: ${db.memoryBytes(ref)}`,
  );
});

/** DEBUG LISTPACK. */
export const listpack = representation([Encoding.LISTPACK, Encoding.LISTPACKEX], 3, "listpack", "Listpack");

/** DEBUG QUICKLIST. */
export const quicklist = representation([Encoding.QUICKLIST], 4, "quicklist", "Quicklist");

/** What Redis prints on its standard output; here nothing is printed, only the encoding is checked. */
function representation(encodings: readonly Encoding[], most: number, name: string, title: string): DebugAction {
  return between(3, most, ({ db, reply }: Context, argv: Argv) => {
    const ref = db.peek(argv, 2);
    if (ref === 0) return reply.error(NO_SUCH_KEY);
    if (!encodings.includes(db.encoding(ref))) return reply.error(`ERR Not a ${name} encoded object.`);
    reply.simple(`${title} structure printed on stdout`);
  });
}

/** Bytes of a string in an RDB file, uncompressed. */
function serializedLength({ db, keyspace }: Context, ref: number): number {
  if (db.type(ref) !== ValueType.STRING) return db.memoryBytes(ref);
  const { value } = keyspace;
  db.loadString(ref, value);
  const { length } = value;
  if (length <= 11) {
    const number = parseInteger(value.region, value.offset, length);
    if (number >= -128 && number <= 127) return 2;
    if (number >= -32768 && number <= 32767) return 3;
    if (number >= -2147483648 && number <= 2147483647) return 5;
  }
  return length + (length < 64 ? 1 : length < 16384 ? 2 : 5);
}

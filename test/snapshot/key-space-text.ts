/** All keys of a key space with what they hold, each as text: by database, colon and key. */
import type { Keyspace } from "../../src/keyspace/keyspace.js";
import { OpenValue, type OpenView } from "../../src/keyspace/open-value.js";
import { EntryView, ValueType } from "../../src/structures/entry/entry.js";
import { collectionText, latin1, streamText } from "./value-text.js";

/** Does something while what has expired and is still there counts. */
export function withExpired<T>(keyspace: Keyspace, action: () => T): T {
  const { expiredBeforeMs } = keyspace;
  keyspace.expiredBeforeMs = Number.NEGATIVE_INFINITY;
  try {
    return action();
  } finally {
    keyspace.expiredBeforeMs = expiredBeforeMs;
  }
}

/** All of them; what has expired and is still there counts. */
export function keySpaceText(keyspace: Keyspace): Map<string, string> {
  return withExpired(keyspace, () => textsOf(keyspace));
}

function textsOf(keyspace: Keyspace): Map<string, string> {
  const texts = new Map<string, string>();
  const view = new EntryView();
  const opened: OpenView = new OpenValue();
  const { types } = keyspace;
  for (const db of keyspace.used()) {
    db.each((ref) => {
      db.loadEntry(ref, view);
      const key = latin1(view.segment, view.keyOffset, view.keyLength);
      const type = db.type(ref);
      let value: string;
      if (type === ValueType.STRING) value = latin1(view.payloadSegment, view.payloadOffset, view.payloadLength);
      else {
        db.read(ref, opened);
        if (type === ValueType.STREAM) value = streamText(types, types.streams.headOf(opened.segment, opened.offset));
        else value = collectionText(types, type, opened);
      }
      texts.set(`${db.index}:${key}`, `${type} ${db.expireAt(ref)} ${value}`);
    });
  }
  return texts;
}

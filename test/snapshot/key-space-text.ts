/** All keys of a key space with what they hold, each as text: by database, colon and key. */
import { Argv } from "../../src/bytes/argv.js";
import type { Keyspace } from "../../src/keyspace/keyspace.js";
import { OpenValue } from "../../src/keyspace/open-value.js";
import { EntryView, ValueType } from "../../src/structures/entry/entry.js";
import { collectionText, latin1, streamText } from "./value-text.js";

const NO_KEY = new Argv();

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

export function keySpaceText(keyspace: Keyspace): Map<string, string> {
  return withExpired(keyspace, () => textsOf(keyspace));
}

function textsOf(keyspace: Keyspace): Map<string, string> {
  const texts = new Map<string, string>();
  const view = new EntryView();
  const slot = new OpenValue();
  const { types } = keyspace;
  for (const db of keyspace.used()) {
    db.each((ref) => {
      db.loadEntry(ref, view);
      const key = latin1(view.segment, view.keyOffset, view.keyLength);
      const type = db.type(ref);
      let value: string;
      if (type === ValueType.STRING) value = latin1(view.payloadSegment, view.payloadOffset, view.payloadLength);
      else {
        db.open(NO_KEY, 0, ref, slot);
        if (type === ValueType.STREAM) value = streamText(types, types.streams.headOf(slot.segment, slot.offset));
        else value = collectionText(types, type, slot);
      }
      texts.set(`${db.index}:${key}`, `${type} ${db.expireAt(ref)} ${value}`);
    });
  }
  return texts;
}

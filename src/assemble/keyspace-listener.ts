/** Who hears of changes to keys while nobody tracks: those who watch or wait for them, subscribers of events, and the stream of effects. */
import type { KeyspaceListener } from "../keyspace/keyspace.js";
import { KeyspaceEvents } from "../server/pubsub/keyspace-events.js";
import type { ClientParts, Common, ExecutionParts, Later } from "./parts.js";

export function createListener(
  { effects, execution, interest, keyspace, pubsub }: Common & ClientParts & ExecutionParts,
  later: Later,
): KeyspaceListener {
  const { blocking, transactions } = execution;
  const events = new KeyspaceEvents(keyspace, pubsub);
  return {
    touched: (db, argv, i) => {
      const key = interest.find(db, argv, i);
      if (key === null) return;
      transactions.touched(key, argv, i);
      blocking.touched(key);
    },
    notify: (notifyClass, event, db, argv, i) => events.notify(notifyClass, event, db, argv, i),
    removed: (_, db, argv, i) => {
      if (effects.isOn) effects.keyRemoved(db.index, argv, i);
    },
    fieldRemoved: (db, argv, i, field, offset, length) => {
      if (effects.isOn) effects.fieldRemoved(db.index, argv, i, field, offset, length);
    },
    flushing: (db) => {
      transactions.flushing(db);
      blocking.flushing(db);
      later().cron.wake();
    },
    swapping: (a, b) => {
      transactions.flushing(a, b);
      transactions.flushing(b, a);
      blocking.swapping(a, b);
    },
  };
}

/** What repeats the reading and claiming of entries by a group: the outcome for each entry, which does not depend on time. */
import type { Argv } from "../../bytes/argv.js";
import { Group } from "../../datatypes/stream-blocks.js";
import { idText, newId, type StreamId } from "../../datatypes/stream-id.js";
import type { Context } from "../context.js";

/** Where a command names what it is about. */
export interface GroupArguments {
  readonly argv: Argv;
  readonly key: number;
  readonly group: number;
  readonly consumer: number;
}

/** The entry with the ID in `streams.id`, whose pending record was found last, is the consumer's now. */
export function sayClaimed({ effects, keyspace }: Context, names: GroupArguments, group: number, id: StreamId): void {
  const { blocks, groups } = keyspace.types.streams;
  const lastId = newId();
  blocks.loadId(group, Group.LAST_ID, lastId);
  const { argv } = names;
  effects
    .instead("XCLAIM", 14)
    .argument(argv, names.key)
    .argument(argv, names.group)
    .argument(argv, names.consumer)
    .text("0")
    .text(idText(id))
    .text("TIME")
    .integer(groups.deliveryTime())
    .text("RETRYCOUNT")
    .text(String(groups.deliveries()))
    .text("FORCE")
    .text("JUSTID")
    .text("LASTID")
    .text(idText(lastId));
}

/** The group has read up to where it is now. */
export function sayGroupPosition({ effects, keyspace }: Context, names: GroupArguments, group: number): void {
  const { blocks, groups } = keyspace.types.streams;
  const lastId = newId();
  blocks.loadId(group, Group.LAST_ID, lastId);
  const { argv } = names;
  effects
    .instead("XGROUP", 7)
    .text("SETID")
    .argument(argv, names.key)
    .argument(argv, names.group)
    .text(idText(lastId))
    .text("ENTRIESREAD")
    .text(groups.entriesReadText(group));
}

/** The group has this consumer now. */
export function sayConsumerCreated({ effects }: Context, { argv, key, group, consumer }: GroupArguments): void {
  effects
    .instead("XGROUP", 5)
    .text("CREATECONSUMER")
    .argument(argv, key)
    .argument(argv, group)
    .argument(argv, consumer);
}

/** An entry that is gone from the stream is pending no more. */
export function sayAcknowledged({ effects }: Context, { argv, key, group }: GroupArguments, id: StreamId): void {
  effects.instead("XACK", 4).argument(argv, key).argument(argv, group).text(idText(id));
}

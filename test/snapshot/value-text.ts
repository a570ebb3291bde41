/** What a value holds, as text that tells any two apart: of a key in memory, and from what a snapshot says of it. */
import type { Region } from "../../src/bytes/region.js";
import type { DataTypes } from "../../src/datatypes/data-types.js";
import { Consumer, Group, Head, Pending } from "../../src/datatypes/stream-blocks.js";
import { idText } from "../../src/datatypes/stream-id.js";
import type { ValueView } from "../../src/datatypes/value-slot.js";
import { ValueType } from "../../src/structures/entry/entry.js";

/** A slice as text, its bytes one to one. */
export function latin1(region: Region, offset: number, length: number): string {
  return Buffer.from(region.u8.buffer, region.u8.byteOffset + offset, length).toString("latin1");
}

/** Joins the elements of a set, sorted set or hash, which have no order, or those of a list, in theirs. */
export function joined(type: ValueType, elements: string[]): string {
  if (type !== ValueType.LIST) elements.sort();
  return `${elements.length} elements\n${elements.join("\n")}`;
}

/** A list, set, sorted set or hash in memory, of any encoding. */
export function collectionText(types: DataTypes, type: ValueType, value: ValueView): string {
  const { lists, sets, sortedSets, hashes } = types;
  const elements: string[] = [];
  if (type === ValueType.LIST) {
    lists.each(value, ({ region, offset, length }) => void elements.push(latin1(region, offset, length)));
  } else if (type === ValueType.SET) {
    const { cursor } = sets;
    cursor.open(value);
    while (cursor.next()) elements.push(latin1(cursor.member.region, cursor.member.offset, cursor.member.length));
  } else if (type === ValueType.ZSET) {
    sortedSets.each(value, ({ region, offset, length }, score) => {
      elements.push(`${latin1(region, offset, length)}=${score}`);
    });
  } else {
    hashes.each(value, (field, held) => {
      const expireAtMs = hashes.expireAt(value, field.region, field.offset, field.length);
      const name = latin1(field.region, field.offset, field.length);
      elements.push(`${name}=${latin1(held.region, held.offset, held.length)}@${expireAtMs}`);
    });
  }
  return joined(type, elements);
}

/** A stream in memory. */
export function streamText({ streams }: DataTypes, head: number): string {
  const { blocks, groups, iterator } = streams;
  const id = new Uint32Array(4);
  const idAt = (ref: number, index: number): string => {
    blocks.loadId(ref, index, id);
    return idText(id);
  };
  const ids = [Head.FIRST_ID, Head.LAST_ID, Head.MAX_DELETED_ID].map((index) => idAt(head, index));
  const lines = [`${ids.join(" ")} added ${blocks.int64(head, Head.ENTRIES_ADDED)}`];
  iterator.start(streams.rootOf(head), null, null, false);
  while (iterator.next()) {
    const words = [idText(iterator.id)];
    for (let left = iterator.fieldCount; left > 0; left--) {
      iterator.nextField();
      for (const { region, offset, length } of [iterator.field, iterator.value])
        words.push(latin1(region, offset, length));
    }
    lines.push(JSON.stringify(words));
  }
  for (let i = 0; i < groups.groupCount(head); i++) {
    const group = groups.groupAt(head, i);
    const name = (ref: number, names: typeof groups.groupNames): string =>
      latin1(blocks.segment(ref), names.nameOffset(ref), names.nameLength(ref));
    lines.push(
      `group ${name(group, groups.groupNames)} ${idAt(group, Group.LAST_ID)} ${groups.entriesReadText(group)}`,
    );
    for (let k = 0; k < groups.consumerCount(group); k++) {
      const consumer = groups.consumerAt(group, k);
      const times = [Consumer.SEEN_F64, Consumer.ACTIVE_F64].map((index) => blocks.double(consumer, index));
      lines.push(`consumer ${name(consumer, groups.consumerNames)} ${times.join(" ")}`);
    }
    const { pending } = groups;
    for (let more = pending.first(blocks.word(group, Group.PENDING)); more; more = pending.next()) {
      pending.loadKey(id);
      const owner = name(pending.word(Pending.CONSUMER), groups.consumerNames);
      lines.push(`pending ${idText(id)} ${owner} ${groups.deliveryTime()} ${groups.deliveries()}`);
    }
  }
  return lines.join("\n");
}

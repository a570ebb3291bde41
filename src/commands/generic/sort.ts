/**
 * SORT and SORT_RO. The elements are copied out of the collection, because looking up what BY and GET name may expire keys; what they
 * are sorted by is one number for each, and texts where that is equal.
 */
import type { Argv } from "../../bytes/argv.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { WRONG_TYPE } from "../../protocol/errors.js";
import { Encoding, ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { checkElementCount, checkReplySize } from "../reply-size.js";
import {
  type Arg,
  block,
  type CommandSpec,
  defineCommand,
  flag,
  integer,
  type KeySpec,
  key,
  oneOf,
  pattern,
} from "../spec.js";
import { removeDestination } from "../store-result.js";
import { countOf, loadElements } from "./sort-elements.js";
import { SortKeys } from "./sort-keys.js";
import { SortOptions } from "./sort-options.js";
import type { SortPattern } from "./sort-pattern.js";
import { TextList } from "./text-list.js";

const NOT_A_SCORE = "ERR One or more scores can't be converted into double";

/** With more GETs than this the result is so much larger than what is sorted that its size has a bound. */
const MANY_GETS = 16;

/** What a quicklist allows for the bytes around an element before it knows them. */
const ELEMENT_OVERHEAD = 8;

const COMMON = {
  group: "generic",
  complexity:
    "O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N).",
  acl: ["set", "sortedset", "list", "dangerous"],
} satisfies Partial<CommandSpec>;

const ARGS: readonly Arg[] = [
  key("key", "RO ACCESS"),
  pattern("by-pattern", { token: "BY", displayText: "pattern", keySpecIndex: 1, optional: true }),
  block("limit", [integer("offset"), integer("count")], { token: "LIMIT", optional: true }),
  pattern("get-pattern", {
    token: "GET",
    displayText: "pattern",
    keySpecIndex: 1,
    optional: true,
    multiple: true,
    multipleToken: true,
  }),
  oneOf("order", [flag("ASC"), flag("DESC")]),
  { ...flag("ALPHA"), name: "sorting" },
];

const KEY_SPECS: readonly KeySpec[] = [
  { flags: "RO ACCESS", begin: { index: 1 }, find: { lastKey: 0, step: 1, limit: 0 } },
  {
    flags: "RO ACCESS",
    notes:
      "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort",
    begin: "unknown",
    find: "unknown",
  },
];

/** SORT: the elements of a list, a set or a sorted set in order, or what they name; STORE keeps that as a list. */
export const sort = defineCommand(
  {
    ...COMMON,
    name: "SORT",
    since: "1.0.0",
    summary: "Sorts the elements in a list, a set, or a sorted set, optionally storing the result.",
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [...ARGS, key("destination", "OW UPDATE", { token: "STORE", keySpecIndex: 2, optional: true })],
    keySpecs: [
      ...KEY_SPECS,
      {
        flags: "OW UPDATE",
        notes:
          "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument array",
        begin: "unknown",
        find: "unknown",
      },
    ],
    getKeys(argv, push) {
      push(1, "RO ACCESS");
      const store = findStore(argv);
      if (store !== 0) push(store, "OW UPDATE");
    },
  },
  (ctx, argv) => run(ctx, argv, true),
);

/** SORT_RO: SORT without STORE. */
export const sortRo = defineCommand(
  {
    ...COMMON,
    name: "SORT_RO",
    since: "7.0.0",
    summary: "Returns the sorted elements of a list, a set, or a sorted set.",
    flags: ["readonly"],
    args: ARGS,
    keySpecs: KEY_SPECS,
    getKeys: (_argv, push) => push(1, "RO ACCESS"),
  },
  (ctx, argv) => run(ctx, argv, false),
);

/** Index of the key behind the last STORE, 0 when there is none. */
function findStore(argv: Argv): number {
  let store = 0;
  for (let i = 2; i < argv.count; i++) {
    if (argv.is(i, "LIMIT")) i += 2;
    else if (argv.is(i, "GET") || argv.is(i, "BY")) i += 1;
    else if (argv.is(i, "STORE") && i + 1 < argv.count) store = i + 1;
  }
  return store;
}

function run(ctx: Context, argv: Argv, takesStore: boolean): void {
  const { db, reply } = ctx;
  const options = new SortOptions();
  const error = options.read(argv, takesStore, () => ctx.acl.allowsReadingAll(ctx.client, ctx.command, argv));
  if (error !== null) return reply.error(error);
  const ref = db.lookupRead(argv, 1);
  const type = ref === 0 ? ValueType.LIST : db.type(ref);
  if (type !== ValueType.LIST && type !== ValueType.SET && type !== ValueType.ZSET) return reply.error(WRONG_TYPE);
  if (options.isUnsorted && type === ValueType.SET && options.store !== 0) {
    // A set has no order, and what is stored shall not depend on its encoding.
    options.isUnsorted = false;
    options.isAlpha = true;
    options.by = null;
  }
  if (ref !== 0) db.read(ref, ctx.keyspace.view);
  const length = ref === 0 ? 0 : countOf(ctx, type);
  let start = options.start(length);
  const count = options.count(length);
  if (options.get.length > MANY_GETS) checkElementCount(ctx, options.get.length * count);
  let elements: TextList;
  let order: Uint32Array | null = null;
  if (options.isUnsorted) {
    elements = loadElements(ctx, type, length, start, count, options.isDescending);
    start = 0;
  } else {
    elements = loadElements(ctx, type, length, 0, length, false);
    order = new SortKeys(elements, options).order(ctx, start + count);
    if (order === null) return reply.error(NOT_A_SCORE);
  }
  if (options.store !== 0) store(ctx, argv, options, elements, order, start, count);
  else replyElements(ctx, options, elements, order, start, count);
}

/** Replies `count` elements from place `start` of the order on (null: the order they have), or what GET names for them. */
function replyElements(
  ctx: Context,
  { get }: SortOptions,
  elements: TextList,
  order: Uint32Array | null,
  start: number,
  count: number,
): void {
  const { reply } = ctx;
  const { region, starts } = elements;
  const begin = reply.length;
  reply.array(get.length === 0 ? count : get.length * count);
  for (let at = start; at < start + count; at++) {
    const i = order === null ? at : order[at]!;
    if (get.length === 0) reply.bulk(region, starts[i]!, elements.length(i));
    for (const wanted of get) {
      if (!wanted.find(ctx, region, starts[i]!, elements.length(i))) reply.null();
      else reply.bulk(wanted.value.region, wanted.value.offset, wanted.value.length);
    }
    if (get.length > 0) checkReplySize(ctx, begin);
  }
}

/** Makes the destination a list of what `replyElements` would reply, or removes it when that is nothing. */
function store(
  ctx: Context,
  argv: Argv,
  { get, store }: SortOptions,
  elements: TextList,
  order: Uint32Array | null,
  start: number,
  count: number,
): void {
  const { db, keyspace, reply } = ctx;
  const stored = (get.length === 0 ? 1 : get.length) * count;
  if (stored > 0) {
    if (get.length === 0) beginList(ctx, argv, store, elements, order, start, count);
    else beginList(ctx, argv, store, findAll(ctx, get, elements, order, start, count), null, 0, stored);
    db.place(keyspace.slot);
    keyspace.dirty += stored - 1;
    db.changed(argv, store, NotifyClass.LIST, "sortstore");
  } else {
    removeDestination(ctx, argv, store);
  }
  reply.integer(stored);
}

/** What GET names for the elements, an empty text where that is nothing. */
function findAll(
  ctx: Context,
  get: readonly SortPattern[],
  elements: TextList,
  order: Uint32Array | null,
  start: number,
  count: number,
): TextList {
  const { region, starts } = elements;
  const found = new TextList(get.length * count);
  for (let at = start; at < start + count; at++) {
    const i = order === null ? at : order[at]!;
    for (const wanted of get) {
      const isFound = wanted.find(ctx, region, starts[i]!, elements.length(i));
      found.add(wanted.value.region, wanted.value.offset, isFound ? wanted.value.length : 0);
    }
  }
  return found;
}

/** Begins a list for the key at argument `key`, of `count` texts from place `start` of the order on. */
function beginList(
  { db, keyspace }: Context,
  argv: Argv,
  key: number,
  texts: TextList,
  order: Uint32Array | null,
  start: number,
  count: number,
): void {
  const { slot } = keyspace;
  const { lists } = keyspace.types;
  const { region, starts } = texts;
  db.begin(argv, key, ValueType.LIST, Encoding.LISTPACK, lists.emptyBytes, slot);
  try {
    lists.makeEmpty(slot);
    for (let at = start; at < start + count; at++) {
      const i = order === null ? at : order[at]!;
      lists.prepare(slot, texts.length(i) + ELEMENT_OVERHEAD, 1);
      lists.pushOne(slot, region, starts[i]!, texts.length(i), false);
    }
  } catch (error) {
    db.abandon(slot);
    throw error;
  }
}

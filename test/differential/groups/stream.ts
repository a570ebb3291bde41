/**
 * Streams and consumer groups, with explicit IDs, so that both servers have the same; times are masked. They have keys of their own.
 *
 * redis-server 7.0 makes a consumer when it first gets an entry, 7.2 always: here consumers are made beforehand.
 */
import { type Comparison, exact, sameType, scanned } from "../comparison.js";
import type { Random } from "../random.js";
import { fixed, type Group, type Step, step } from "../step.js";
import { allKeys, anyCase, integer, shortKey, value } from "../values.js";

const streamKeys = ["x:1", "x:2", "x:3", "x:4", "x:5"];
const groupNames = ["g1", "g2", "", "g3\x00a"];
const consumers = ["alice", "bob", "carol"];
/** IDs no two of which are alike and which all are at the edge of something. */
const oddIds = [
  "0-0",
  "0",
  "-",
  "+",
  "$",
  ">",
  "5-*",
  "*",
  "1-1-1",
  "x",
  "",
  "-5",
  "5-",
  "+7",
  " 3-1",
  "007-1",
  "3-1\x00x",
  "3-*x",
  "18446744073709551615",
  "18446744073709551615-18446744073709551615",
  "18446744073709551616-0",
  "9223372036854775808-1",
  "9007199254740993-9007199254740993",
  "4294967296-4294967295",
  `${"1".repeat(130)}-1`,
  "--1",
  "5--1",
];

/** A key of a stream, now and then one that may hold something else; that is only read. */
const key = (r: Random): string => (r.oneIn(15) ? r.pick(allKeys) : r.pick(streamKeys));
const written = (r: Random): string => r.pick(streamKeys);
const group = (r: Random): string =>
  r.weighted([
    [6, "g1"],
    [3, "g2"],
    [1, r.pick(groupNames)],
    [0.5, "none"],
  ]);
const consumer = (r: Random): string => r.pick(consumers);

/** The ID of an entry there may be, or an odd one. */
function id(r: Random): string {
  if (r.oneIn(12)) return r.pick(oddIds);
  const ms = r.integer(0, 80);
  return r.oneIn(4) ? String(ms) : `${ms}-${r.integer(0, 4)}`;
}

const ids = (r: Random, most: number): string[] => r.list(1, most, () => id(r));
const edge = (r: Random): string =>
  r.weighted([
    [3, "-"],
    [3, "+"],
    [4, id(r)],
    [2, `(${id(r)}`],
  ]);
const count = (r: Random): string => (r.oneIn(10) ? integer(r) : String(r.integer(0, 12)));
const counted = (r: Random): string[] => (r.oneIn(2) ? [anyCase(r, "COUNT"), count(r)] : []);

/** IDs that grow from call to call, so that entries can be appended, with a leap now and then. */
let last = 0;
function nextId(r: Random): string {
  if (r.oneIn(12)) return id(r).replace(/^\*$/, "x");
  last = (last + r.integer(0, 1)) % 90;
  return r.weighted([
    [6, `${last}-${r.integer(0, 9)}`],
    [3, `${last}-*`],
    [1, String(last)],
  ]);
}

function fields(r: Random): string[] {
  return r.weighted([
    [5, () => ["sensor", String(r.integer(0, 300)), "temp", value(r)]],
    [3, () => r.list(1, 4, () => [r.pick(["sensor", "temp", "1", "-70000"]), value(r)]).flat()],
    [1, () => r.list(1, 3, () => [value(r), value(r)]).flat()],
    [0.3, () => r.list(0, 5, () => value(r))],
  ])();
}

function trim(r: Random): string[] {
  const operator = r.pick([[], ["~"], ["="], ["~"]]);
  const limit = r.oneIn(6) ? [anyCase(r, "LIMIT"), r.oneIn(4) ? integer(r) : String(r.integer(0, 40))] : [];
  const strategy = r.oneIn(2)
    ? [anyCase(r, "MAXLEN"), ...operator, r.oneIn(12) ? integer(r) : String(r.integer(0, 60))]
    : [anyCase(r, "MINID"), ...operator, id(r)];
  return r.oneIn(25) ? [...limit, ...strategy, ...strategy] : [...strategy, ...limit];
}

/** Many entries at once, so that there are several leaves. */
function fill(r: Random): readonly Step[] {
  const name = written(r);
  const from = r.integer(1, 30);
  const steps = [fixed("DEL", name)];
  for (let i = 0; i < r.integer(20, 120); i++) {
    steps.push(
      fixed("XADD", name, `${from + (i >> 1)}-${i}`, "sensor", String(i), "temp", r.oneIn(9) ? value(r) : "1"),
    );
  }
  if (r.oneIn(2)) steps.push(fixed("XGROUP", "CREATE", name, "g1", r.pick(["0", "$", String(from + 3)])));
  return steps;
}

/** A command of a consumer that is there before. */
function asConsumer(r: Random, make: (name: string, of: string, who: string) => Step): readonly Step[] {
  const name = key(r);
  const of = group(r);
  const who = consumer(r);
  return [fixed("XGROUP", "CREATECONSUMER", name, of, who), make(name, of, who)];
}

const isTime = /:1[6-9]\d{11}\r\n/g;
/**
 * Without the fields that are new in 7.2, the size of Redis' radix tree, and times; and without what groups have read and have left, which
 * 7.0 counts wrong after XTRIM and XDEL (streams.fuzz.ts has those).
 */
const masked: Comparison = (a, b) => {
  const [left, right] = [a, b].map(({ bytes }) =>
    bytes
      .toString("latin1")
      .replace(isTime, ":T\r\n")
      .replace(/\$16\r\nradix-tree-nodes\r\n:\d+\r\n/, "")
      .replace(/\$11\r\nactive-time\r\n(:T|:-1)\r\n/g, "")
      .replace(/\$8\r\ninactive\r\n:-?\d+\r\n/g, "")
      .replace(/\$(12\r\nentries-read|3\r\nlag)\r\n(:-?\d+|\$-1|_)\r\n/g, "")
      .replace(/\$4\r\nidle\r\n:\d+\r\n/g, "")
      .replace(/(\*6|\*8|\*10|%3|%4|%5)\r\n\$4\r\nname\r\n/g, "#name\r\n"),
  );
  return left === right;
};

/** Idle times may differ by the time between the two servers. */
const idleMasked: Comparison = (a, b) => {
  const [left, right] = [a, b].map(({ bytes }) => bytes.toString("latin1").replace(/:\d{1,6}\r\n:/g, ":I\r\n:"));
  return left === right;
};

function claimOptions(r: Random): string[] {
  return r
    .some([
      ["FORCE"],
      ["FORCE"],
      ["JUSTID"],
      ["RETRYCOUNT", r.oneIn(4) ? integer(r) : "7"],
      ["IDLE", r.oneIn(3) ? integer(r) : "1000000"],
      ["TIME", r.oneIn(3) ? integer(r) : "1600000000000"],
      ["LASTID", id(r)],
      ["junk"],
    ])
    .flat();
}

/** Never so short that it would depend on how fast the servers are. */
const idle = (r: Random): string =>
  r.weighted([
    [8, "0"],
    [2, "900000"],
    [1, integer(r).replace(/^[1-9]\d{0,5}$/, "0")],
  ]);

function readGroup(r: Random): readonly Step[] {
  return asConsumer(r, (name, of, who) =>
    step([
      "XREADGROUP",
      "GROUP",
      of,
      who,
      ...counted(r),
      ...(r.oneIn(4) ? ["NOACK"] : []),
      ...(r.oneIn(12) ? ["BLOCK", "1"] : []),
      "STREAMS",
      name,
      r.oneIn(4) ? id(r) : ">",
    ]),
  );
}

function read(r: Random): Step {
  const named = r.list(1, 3, () => key(r));
  const block = r.oneIn(12) ? ["BLOCK", r.oneIn(4) ? r.pick(["-1", "x", "1.5", ""]) : "1"] : [];
  // 7.0 does not know "+".
  const from = named.map(() => (r.oneIn(6) ? "$" : id(r))).map((each) => (each === "+" ? "0" : each));
  return step([anyCase(r, "XREAD"), ...counted(r), ...block, "STREAMS", ...named, ...from, ...r.some(["junk"])]);
}

function pending(r: Random): Step {
  const filter = r.oneIn(4) ? ["IDLE", idle(r)] : [];
  const range = r.oneIn(4) ? [] : [...filter, edge(r), edge(r), count(r), ...(r.oneIn(3) ? [consumer(r)] : [])];
  const made = step(["XPENDING", key(r), group(r), ...range], range.length === 0 ? exact : idleMasked);
  return { ...made, fixed: filter.length > 0 };
}

function setId(r: Random): Step {
  const options = r.some([
    ["ENTRIESADDED", r.oneIn(3) ? integer(r) : String(r.integer(0, 300))],
    ["MAXDELETEDID", id(r)],
    ["junk"],
  ]);
  // 7.2 refuses an ID below the largest one deleted also when the stream is empty.
  const lastId = r.oneIn(5) ? r.pick(["x", "", "-", "1-*", "18446744073709551616"]) : String(r.integer(90, 200));
  return fixed("XSETID", written(r), lastId, ...options.flat());
}

/** Not the largest number: redis-server's counter of entries read wraps there. */
const entriesRead = (r: Random): string[] => [
  "ENTRIESREAD",
  r.oneIn(3) ? integer(r).replace("9223372036854775807", "9223372036854775000") : String(r.integer(-1, 60)),
];

export const streamGroup: Group = [
  [20, (r) => step(["XADD", written(r), ...(r.oneIn(8) ? ["NOMKSTREAM"] : []), nextId(r), ...fields(r)])],
  [6, (r) => step(["XADD", written(r), ...trim(r), nextId(r), ...fields(r)])],
  [1, fill],
  [8, (r) => step([r.pick(["XRANGE", "XREVRANGE"]), key(r), edge(r), edge(r), ...counted(r), ...r.some(["junk"])])],
  [3, (r) => step(["XLEN", key(r)])],
  [7, (r) => step(["XDEL", key(r), ...ids(r, 6)])],
  [4, (r) => step(["XTRIM", key(r), ...trim(r), ...r.some(["junk"])])],
  [6, read],
  [14, readGroup],
  [
    4,
    (r) => step(["XGROUP", anyCase(r, "CREATE"), written(r), group(r), r.pick(["$", "0", id(r)]), ...createOptions(r)]),
  ],
  [
    2,
    (r) =>
      step(["XGROUP", "SETID", key(r), group(r), r.pick(["$", "0", id(r)]), ...(r.oneIn(2) ? entriesRead(r) : [])]),
  ],
  [1, (r) => step(["XGROUP", "DESTROY", key(r), group(r)])],
  [2, (r) => step(["XGROUP", "CREATECONSUMER", key(r), group(r), consumer(r)])],
  [1, (r) => step(["XGROUP", "DELCONSUMER", key(r), group(r), consumer(r)])],
  [0.3, (r) => step(["XGROUP", r.pick(["HELP", "junk", "CREATE", "DESTROY"]), ...r.some([key(r), "g1", "0"])])],
  [8, (r) => step(["XACK", key(r), group(r), ...ids(r, 6)])],
  [7, pending],
  [6, (r) => asConsumer(r, (x, g, c) => fixed("XCLAIM", x, g, c, idle(r), ...ids(r, 5), ...claimOptions(r)))],
  [
    5,
    (r) =>
      asConsumer(r, (x, g, c) =>
        fixed("XAUTOCLAIM", x, g, c, idle(r), edge(r), ...counted(r), ...r.some(["JUSTID", "junk"])),
      ),
  ],
  [3, (r) => step(["XINFO", "STREAM", key(r), ...infoOptions(r)], masked)],
  [4, (r) => step(["XINFO", "GROUPS", key(r)], masked)],
  [3, (r) => step(["XINFO", "CONSUMERS", key(r), group(r)], masked)],
  [0.3, (r) => step(["XINFO", r.pick(["HELP", "junk", "STREAM"]), ...r.some([key(r), "FULL"])], sameType)],
  [1.5, setId],
  [0.5, (r) => fixed("CONFIG", "SET", "stream-node-max-entries", r.pick(["4", "10", "100", "0"]))],
  [0.5, (r) => fixed("CONFIG", "SET", "stream-node-max-bytes", r.pick(["100", "500", "4096", "0"]))],
  [2, (r) => step(["COPY", written(r), written(r), ...r.some(["REPLACE"])])],
  [1, (r) => step(["RENAME", written(r), written(r)])],
  [1, (r) => step(["DEL", written(r)])],
  [1, (r) => step(["OBJECT", "ENCODING", written(r)])],
  [0.5, (r) => step(["TYPE", written(r)])],
  [0.5, () => step(["SCAN", "0", "COUNT", "100000", "TYPE", "stream"], scanned)],
  [0.5, (r) => step([r.pick(["GET", "APPEND", "STRLEN"]), written(r), ...(r.oneIn(3) ? [value(r)] : [])])],
  [0.3, (r) => step(["SET", shortKey(r), value(r)])],
  [2, (r) => fixed("DEBUG", "DIGEST-VALUE", ...r.list(1, 5, () => written(r)))],
];

const createOptions = (r: Random): string[] =>
  r.oneIn(2) ? ["MKSTREAM"] : r.some([["MKSTREAM"], entriesRead(r), ["junk"]]).flat();

const infoOptions = (r: Random): string[] => r.pick([[], [], ["FULL"], ["FULL", "COUNT", count(r)], ["FULL", "junk"]]);

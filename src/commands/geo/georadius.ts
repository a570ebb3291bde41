import type { Argv } from "../../bytes/argv.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { openForReading } from "../sorted-set-value.js";
import { type Arg, type CommandSpec, defineCommand, double, key, oneOf, string } from "../spec.js";
import { readPosition } from "./coordinates.js";
import { countArgument, Form, orderArgument, Query, withArguments } from "./options.js";
import { runSearch } from "./search.js";
import { unitArgument } from "./units.js";

const COMPLEXITY =
  "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.";

const ANY_ADDED = ["6.2.0", "Added the `ANY` option for `COUNT`."] as const;
const UPPERCASE_ADDED = ["7.0.0", "Added support for uppercase unit names."] as const;

const DEPRECATED = { deprecatedSince: "6.2.0", docFlags: ["deprecated"] } as const;

const storeArgument = oneOf("store", [
  key("storekey", "OW UPDATE", { token: "STORE", displayText: "key" }),
  key("storedistkey", "OW UPDATE", { token: "STOREDIST", displayText: "key" }),
]);

/** STORE and STOREDIST may be given again, and the last counts: of each the key spec would find only the first. */
const keysWithStores =
  (from: number): CommandSpec["getKeys"] =>
  (argv, push) => {
    push(1, "RO ACCESS");
    for (const word of ["STORE", "STOREDIST"]) {
      for (let i = from; i + 1 < argv.count; i++) if (argv.is(i, word)) push(++i, "OW UPDATE");
    }
  };

const around = (center: readonly Arg[], anySince?: string): Arg[] => [
  key("key", "RO ACCESS"),
  ...center,
  double("radius"),
  unitArgument,
  ...withArguments,
  countArgument(anySince),
  orderArgument,
];

const coordinates = [double("longitude"), double("latitude")];
const member = [string("member")];

/** GEORADIUS: the members around a position; may store them. */
export const georadius = defineCommand(
  {
    name: "GEORADIUS",
    group: "geo",
    since: "3.2.0",
    summary:
      "Queries a geospatial index for members within a distance from a coordinate, optionally stores the result.",
    complexity: COMPLEXITY,
    flags: ["write", "denyoom"],
    effect: "as sent",
    history: [ANY_ADDED, UPPERCASE_ADDED],
    ...DEPRECATED,
    replacedBy: "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument",
    args: [...around(coordinates, "6.2.0"), storeArgument],
    getKeys: keysWithStores(6),
  },
  (ctx, argv) => searchAroundPosition(ctx, argv, Form.RADIUS),
);

/** GEORADIUS_RO: the members around a position. */
export const georadiusRo = defineCommand(
  {
    name: "GEORADIUS_RO",
    group: "geo",
    since: "3.2.10",
    summary: "Returns members from a geospatial index that are within a distance from a coordinate.",
    complexity: COMPLEXITY,
    flags: ["readonly"],
    history: [ANY_ADDED],
    ...DEPRECATED,
    replacedBy: "`GEOSEARCH` with the `BYRADIUS` argument",
    args: around(coordinates, "6.2.0"),
  },
  (ctx, argv) => searchAroundPosition(ctx, argv, Form.RADIUS_RO),
);

/** GEORADIUSBYMEMBER: the members around another; may store them. */
export const georadiusbymember = defineCommand(
  {
    name: "GEORADIUSBYMEMBER",
    group: "geo",
    since: "3.2.0",
    summary: "Queries a geospatial index for members within a distance from a member, optionally stores the result.",
    complexity: COMPLEXITY,
    flags: ["write", "denyoom"],
    effect: "as sent",
    history: [UPPERCASE_ADDED],
    ...DEPRECATED,
    replacedBy: "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments",
    args: [...around(member), storeArgument],
    getKeys: keysWithStores(5),
  },
  (ctx, argv) => searchAroundMember(ctx, argv, Form.RADIUS),
);

/** GEORADIUSBYMEMBER_RO: the members around another. */
export const georadiusbymemberRo = defineCommand(
  {
    name: "GEORADIUSBYMEMBER_RO",
    group: "geo",
    since: "3.2.10",
    summary: "Returns members from a geospatial index that are within a distance from a member.",
    complexity: COMPLEXITY,
    flags: ["readonly"],
    ...DEPRECATED,
    replacedBy: "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments",
    args: around(member),
  },
  (ctx, argv) => searchAroundMember(ctx, argv, Form.RADIUS_RO),
);

function searchAroundPosition(ctx: Context, argv: Argv, form: Form): void {
  const opened = openForReading(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  const query = new Query(form);
  query.hasSource = opened === Opened.FOUND;
  if (!readPosition(ctx, argv, 2, query.shape.center) || !query.readRadius(ctx, argv, 4)) return;
  if (query.read(ctx, argv, 6)) runSearch(ctx, argv, query);
}

function searchAroundMember(ctx: Context, argv: Argv, form: Form): void {
  const opened = openForReading(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  const query = new Query(form);
  query.hasSource = opened === Opened.FOUND;
  // Without the set, Redis does not look at member, radius and unit.
  if (query.hasSource && (!query.readMember(ctx, argv, 2) || !query.readRadius(ctx, argv, 3))) return;
  if (query.read(ctx, argv, 5)) runSearch(ctx, argv, query);
}

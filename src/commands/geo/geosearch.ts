import type { Argv } from "../../bytes/argv.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { openForReading } from "../sorted-set-value.js";
import { block, defineCommand, double, flag, key, oneOf, string } from "../spec.js";
import { countArgument, Form, orderArgument, Query, withArguments } from "./options.js";
import { runSearch } from "./search.js";
import { unitArgument } from "./units.js";

const COMPLEXITY =
  "O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape";

const fromArgument = oneOf(
  "from",
  [
    string("member", { token: "FROMMEMBER" }),
    block("fromlonlat", [double("longitude"), double("latitude")], { token: "FROMLONLAT" }),
  ],
  { optional: false },
);

const byArgument = oneOf(
  "by",
  [
    block("circle", [double("radius", { token: "BYRADIUS" }), unitArgument]),
    block("box", [double("width", { token: "BYBOX" }), double("height"), unitArgument]),
  ],
  { optional: false },
);

/** GEOSEARCH: the members in a circle or a box. */
export const geosearch = defineCommand(
  {
    name: "GEOSEARCH",
    group: "geo",
    since: "6.2.0",
    summary: "Queries a geospatial index for members inside an area of a box or a circle.",
    complexity: COMPLEXITY,
    flags: ["readonly"],
    history: [["7.0.0", "Added support for uppercase unit names."]],
    args: [key("key", "RO ACCESS"), fromArgument, byArgument, orderArgument, countArgument(), ...withArguments],
  },
  (ctx, argv) => search(ctx, argv, new Query(Form.SEARCH), 1),
);

/** GEOSEARCHSTORE: stores the members in a circle or a box, with their geohashes or their distances as scores. */
export const geosearchstore = defineCommand(
  {
    name: "GEOSEARCHSTORE",
    group: "geo",
    since: "6.2.0",
    summary:
      "Queries a geospatial index for members inside an area of a box or a circle, optionally stores the result.",
    complexity: COMPLEXITY,
    flags: ["write", "denyoom"],
    effect: "as sent",
    history: [["7.0.0", "Added support for uppercase unit names."]],
    args: [
      key("destination", "OW UPDATE"),
      key("source", "RO ACCESS"),
      fromArgument,
      byArgument,
      orderArgument,
      countArgument(),
      flag("STOREDIST"),
    ],
  },
  (ctx, argv) => {
    const query = new Query(Form.SEARCH_STORE);
    query.storeAt = 1;
    search(ctx, argv, query, 2);
  },
);

function search(ctx: Context, argv: Argv, query: Query, sourceAt: number): void {
  const opened = openForReading(ctx, argv, sourceAt);
  if (opened === Opened.REFUSED) return;
  query.hasSource = opened === Opened.FOUND;
  if (query.read(ctx, argv, sourceAt + 1)) runSearch(ctx, argv, query);
}

/** The arguments of searches: which area, in which order, how many, with what. */
import type { Argv } from "../../bytes/argv.js";
import { decodePosition } from "../../bytes/geohash.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { block, flag, integer, oneOf } from "../spec.js";
import { doubleArgument, readPosition } from "./coordinates.js";
import { Shape } from "./shape.js";
import { metersPerUnit } from "./units.js";

const NO_SUCH_MEMBER = "ERR could not decode requested zset member";
const COUNT_NOT_POSITIVE = "ERR COUNT must be > 0";
const ANY_WITHOUT_COUNT = "ERR the ANY argument requires COUNT argument";
const RADIUS_NOT_A_NUMBER = "ERR need numeric radius";
const RADIUS_NEGATIVE = "ERR radius cannot be negative";
const WIDTH_NOT_A_NUMBER = "ERR need numeric width";
const HEIGHT_NOT_A_NUMBER = "ERR need numeric height";
const BOX_NEGATIVE = "ERR height or width cannot be negative";

/** Declarations that the searches share. */
export const orderArgument = oneOf("order", [flag("ASC"), flag("DESC")]);
export const withArguments = [flag("WITHCOORD"), flag("WITHDIST"), flag("WITHHASH")];

/** `COUNT count [ANY]`; `anySince` where the table of commands tells it. */
export const countArgument = (anySince?: string) =>
  block(
    "count-block",
    [integer("count", { token: "COUNT" }), flag("ANY", anySince === undefined ? {} : { since: anySince })],
    {
      optional: true,
    },
  );

/** Which commands take an option. */
export const enum Form {
  /** GEORADIUS and GEORADIUSBYMEMBER: STORE and STOREDIST with a key. */
  RADIUS = 1,
  /** The same, read only. */
  RADIUS_RO = 2,
  SEARCH = 3,
  /** STOREDIST without a key. */
  SEARCH_STORE = 4,
}

export const enum Sort {
  NONE = 0,
  ASC = 1,
  DESC = 2,
}

/** What a search is asked for. */
export class Query {
  readonly shape = new Shape();
  sort: Sort = Sort.NONE;
  /** 0: all. */
  count = 0;
  /** Any `count` of them, not the nearest. */
  isAny = false;
  withDistance = false;
  withHash = false;
  withCoordinates = false;
  /** Argument of the key that gets the result, 0 for none. */
  storeAt = 0;
  storesDistance = false;
  /** False while the sorted set does not exist. */
  hasSource = false;
  #isFromMember = false;
  #isFromPosition = false;
  #isByRadius = false;
  #isByBox = false;

  constructor(readonly form: Form) {}

  /** Reads the options from argument `from` on; false when the error was replied. */
  read(ctx: Context, argv: Argv, from: number): boolean {
    for (let i = from; i < argv.count; i++) {
      const words = this.#readWord(argv, i) ? 1 : this.#readOption(ctx, argv, i);
      if (words === 0) return false;
      i += words - 1;
    }
    const error = this.#contradiction(argv);
    if (error !== null) ctx.reply.error(error);
    return error === null;
  }

  /** Takes a word that stands alone. */
  #readWord(argv: Argv, i: number): boolean {
    if (argv.is(i, "WITHDIST")) this.withDistance = true;
    else if (argv.is(i, "WITHHASH")) this.withHash = true;
    else if (argv.is(i, "WITHCOORD")) this.withCoordinates = true;
    else if (argv.is(i, "ANY")) this.isAny = true;
    else if (argv.is(i, "ASC")) this.sort = Sort.ASC;
    else if (argv.is(i, "DESC")) this.sort = Sort.DESC;
    else if (this.form === Form.SEARCH_STORE && argv.is(i, "STOREDIST")) this.storesDistance = true;
    else return false;
    return true;
  }

  /** Takes an option with values; returns its number of words, 0 when the error was replied. */
  #readOption(ctx: Context, argv: Argv, i: number): number {
    const values = argv.count - i - 1;
    const isSearch = this.form >= Form.SEARCH;
    if (values >= 1 && argv.is(i, "COUNT")) return this.#readCount(ctx, argv, i + 1) ? 2 : 0;
    if (values >= 1 && this.form === Form.RADIUS && (argv.is(i, "STORE") || argv.is(i, "STOREDIST"))) {
      this.storeAt = i + 1;
      this.storesDistance = argv.is(i, "STOREDIST");
      return 2;
    }
    if (values >= 1 && isSearch && !this.#isFromPosition && argv.is(i, "FROMMEMBER")) {
      this.#isFromMember = true;
      return !this.hasSource || this.readMember(ctx, argv, i + 1) ? 2 : 0;
    }
    if (values >= 2 && isSearch && !this.#isFromMember && argv.is(i, "FROMLONLAT")) {
      this.#isFromPosition = true;
      return readPosition(ctx, argv, i + 1, this.shape.center) ? 3 : 0;
    }
    if (values >= 2 && isSearch && !this.#isByBox && argv.is(i, "BYRADIUS")) {
      this.#isByRadius = true;
      return this.readRadius(ctx, argv, i + 1) ? 3 : 0;
    }
    if (values >= 3 && isSearch && !this.#isByRadius && argv.is(i, "BYBOX")) {
      this.#isByBox = true;
      return this.#readBox(ctx, argv, i + 1) ? 4 : 0;
    }
    ctx.reply.error(SYNTAX_ERROR);
    return 0;
  }

  #contradiction(argv: Argv): string | null {
    const isSearch = this.form >= Form.SEARCH;
    if (this.storeAt !== 0 && (this.withDistance || this.withHash || this.withCoordinates)) {
      const what = isSearch ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS";
      return `ERR ${what} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`;
    }
    if (isSearch && !this.#isFromMember && !this.#isFromPosition)
      return `ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${argv.latin1(0)}`;
    if (isSearch && !this.#isByRadius && !this.#isByBox)
      return `ERR exactly one of BYRADIUS and BYBOX can be specified for ${argv.latin1(0)}`;
    return this.isAny && this.count === 0 ? ANY_WITHOUT_COUNT : null;
  }

  #readCount({ reply }: Context, argv: Argv, i: number): boolean {
    const count = integerArgument(argv, i);
    if (count === null) reply.error(NOT_AN_INTEGER);
    else if (count <= 0) reply.error(COUNT_NOT_POSITIVE);
    else this.count = count;
    return count !== null && count > 0;
  }

  /** The centre is the member at argument `i` of the open set; false when the error was replied. */
  readMember({ keyspace, reply }: Context, argv: Argv, i: number): boolean {
    const { sortedSets } = keyspace.types;
    if (!sortedSets.find(keyspace.view, argv.source, argv.offset[i]!, argv.length[i]!)) {
      reply.error(NO_SUCH_MEMBER);
      return false;
    }
    decodePosition(sortedSets.score, this.shape.center);
    return true;
  }

  /** Reads a radius and its unit; false when the error was replied. */
  readRadius(ctx: Context, argv: Argv, i: number): boolean {
    const { shape } = this;
    shape.radius = doubleArgument(argv, i);
    shape.isBox = false;
    if (!(shape.radius >= 0)) {
      ctx.reply.error(Number.isNaN(shape.radius) ? RADIUS_NOT_A_NUMBER : RADIUS_NEGATIVE);
      return false;
    }
    shape.metersPerUnit = metersPerUnit(ctx, argv, i + 1);
    return shape.metersPerUnit !== 0;
  }

  #readBox(ctx: Context, argv: Argv, i: number): boolean {
    const { shape } = this;
    shape.width = doubleArgument(argv, i);
    shape.height = doubleArgument(argv, i + 1);
    shape.isBox = true;
    let error: string | null = null;
    if (Number.isNaN(shape.width)) error = WIDTH_NOT_A_NUMBER;
    else if (Number.isNaN(shape.height)) error = HEIGHT_NOT_A_NUMBER;
    else if (shape.width < 0 || shape.height < 0) error = BOX_NEGATIVE;
    if (error !== null) {
      ctx.reply.error(error);
      return false;
    }
    shape.metersPerUnit = metersPerUnit(ctx, argv, i + 2);
    return shape.metersPerUnit !== 0;
  }
}

/**
 * Every command that takes a list, with very many arguments: for each argument that may be repeated, as the declarations say, a call on
 * keys and elements that are not there, on such that are, and with the same one all over again.
 */
import type { Arg } from "../../src/commands/spec.js";
import { allArguments, type Callable, callables, makeCall, type World } from "./arguments.js";
import type { Call, Case, Scale } from "./case.js";
import { collection, keys } from "./data.js";
import { ownLists } from "./own-lists.js";

/** Their arguments are not free to choose: `ownLists` has them. Modules there are none. */
const own = /^(ACL SETUSER|ACL DRYRUN|COMMAND GETKEYS|COMMAND GETKEYSANDFLAGS|CONFIG SET|MODULE .*)$/;

/** Commands that redis-server 7.0 does not know. */
export const newer = /^(H(P?EXPIRE|P?EXPIREAT|P?EXPIRETIME|P?TTL|PERSIST|GETDEL|GETEX|SETEX))$/;

const worlds: readonly World[] = ["absent", "there", "same"];

/** Groups in which keys, fields or members make a difference. */
const withoutData = /^(connection|server|pubsub)$/;

export function listCases(scale: Scale): Case[] {
  const cases: Case[] = [];
  for (const callable of callables()) {
    const name = callable.words.join(" ");
    if (own.test(name)) continue;
    for (const arg of repeated(callable)) {
      for (const world of withoutData.test(callable.command.group) ? (["there", "same"] as const) : worlds) {
        cases.push(listCase(name, callable, arg, world, scale));
      }
    }
  }
  return [...cases, ...ownLists(scale)];
}

/** The arguments to try: the outermost ones that may be repeated, and not those that come with another anyway. */
function repeated({ command }: Callable): Arg[] {
  const args = [...allArguments(command.args ?? [])].filter(({ multiple }) => multiple === true);
  const optional = args.filter((arg) => arg.optional === true);
  // STREAMS key … id … are one list.
  return args.length === optional.length || args.length === 1
    ? args
    : [args.find((arg) => arg.optional !== true)!, ...optional];
}

function listCase(name: string, callable: Callable, arg: Arg, world: World, { counts }: Scale): Case {
  const { group } = callable.command;
  const what = arg.name === "data" ? arg.args!.map((part) => part.name).join(" ") : (arg.token ?? arg.name);
  return {
    section: "lists",
    name: `${name} ${what.toLowerCase()} …${{ absent: ", none there", there: "", same: ", always the same" }[world]}`,
    isNewer: newer.test(name),
    variants: counts.map((count) => ({
      label: count.toLocaleString("en").replaceAll(",", " "),
      prepare: () => data(name, group, world, count),
      run: () => [makeCall(callable, { chosen: arg, count, world })],
    })),
  };
}

function* data(name: string, group: Callable["command"]["group"], world: World, count: number): Iterable<Call> {
  if (world === "absent") {
    // A group must be there to be asked.
    if (name === "XACK" || name === "XCLAIM") yield ["XGROUP", "CREATE", "key:0", "g", "0", "MKSTREAM"];
    return;
  }
  const inFirst = world === "same" ? 10 : count;
  if (name.startsWith("SORT")) return yield ["RPUSH", "key:0", "1"];
  yield* collection(group, "key:0", inFirst);
  if (name === "XACK" || name === "XCLAIM") yield ["XREADGROUP", "GROUP", "g", "c", "STREAMS", "key:0", ">"];
  if (name === "XREADGROUP" || name === "XREAD") {
    yield ["DEL", "key:0"];
    yield* keys(group, count);
  } else if (world === "there" && !/^(L|R)PUSH|^.ADD|^HM?SET|^GEO|^X|^H|^S?MISMEMBER|^ZMSCORE|REM$/.test(name)) {
    for (const call of keys(group, count)) if (call[1] !== "key:0") yield call;
  }
}

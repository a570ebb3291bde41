/** Makes calls of commands from their declarations: each argument a value that the command accepts, one of them repeated or extreme. */

import { commandGroups } from "../../src/commands/all.js";
import type { Arg, Command } from "../../src/commands/spec.js";
import { unavailable } from "../../src/commands/unavailable.js";

/** A command that can be called, with its full name in capitals: ["XINFO", "STREAM"]. */
export interface Callable {
  readonly words: readonly string[];
  readonly command: Command;
}

const apart = /^(REPLICAOF|SLAVEOF|FAILOVER|REPLCONF|PSYNC|SYNC|WAIT|WAITAOF|SHUTDOWN|DEBUG|MODULE|MIGRATE|CLUSTER)$/;

/** Which data a call meets. */
export type World = "absent" | "there" | "same";

/**
 * All commands that do something, subcommands for those that have them. Left out are those that make the server another one's replica,
 * end it or wait for replicas that there are not.
 */
export function* callables(): Iterable<Callable> {
  for (const group of commandGroups) {
    for (const command of group) {
      if (command.handler === unavailable || apart.test(command.name)) continue;
      if (command.subcommands === undefined) yield { words: [command.name], command };
      for (const sub of command.subcommands ?? [])
        if (sub.handler !== unavailable) yield { words: [command.name, sub.name], command: sub };
    }
  }
}

/** All arguments of a command, those within blocks and choices too. */
export function* allArguments(args: readonly Arg[]): Iterable<Arg> {
  for (const arg of args) {
    yield arg;
    yield* allArguments(arg.args ?? []);
  }
}

/** What a call is made for. */
interface Wish {
  /** It is in the call, though it be optional. */
  readonly chosen: Arg;
  /** How often each argument that may be repeated is. */
  readonly count: number;
  readonly world: World;
  /** The value of the chosen argument; otherwise it gets one as the others do. */
  readonly value?: string;
}

/** The call of a command with its mandatory arguments and the chosen one. */
export function makeCall({ words, command }: Callable, wish: Wish): string[] {
  const call = [...words];
  for (const arg of command.args ?? []) putArgument(call, words.join(" "), arg, 0, wish);
  return call;
}

function putArgument(call: string[], name: string, arg: Arg, index: number, wish: Wish): void {
  if (arg.optional === true && !includes(arg, wish.chosen)) return;
  const times = arg.multiple === true ? wish.count : 1;
  for (let i = 0; i < times; i++) {
    if (arg.token !== undefined && (i === 0 || arg.multipleToken === true)) call.push(arg.token);
    const at = arg.multiple === true ? i : index;
    if (arg.kind === "pure-token") continue;
    if (arg.kind === "block") {
      for (const inner of arg.args!) putArgument(call, name, inner, at, wish);
    } else if (arg.kind === "oneof") {
      putArgument(call, name, arg.args!.find((one) => includes(one, wish.chosen)) ?? arg.args![0]!, at, {
        ...wish,
        chosen: choice(arg, wish),
      });
    } else {
      call.push(arg === wish.chosen && wish.value !== undefined ? wish.value : valueOf(name, arg, at, wish));
    }
  }
}

/** A form that is chosen among several is there, though its parts be optional. */
function choice(arg: Arg, wish: Wish): Arg {
  return arg.args!.some((one) => includes(one, wish.chosen)) ? wish.chosen : arg.args![0]!;
}

function includes(arg: Arg, chosen: Arg): boolean {
  return arg === chosen || (arg.args?.some((inner) => includes(inner, chosen)) ?? false);
}

/** Values by the names that arguments have in all commands; `at` counts repetitions. */
const named: Readonly<Record<string, (at: number, name: string) => string>> = {
  group: () => "g",
  consumer: () => "c",
  username: (at) => `user:${at}`,
  encoding: () => "u8",
  offset: (at) => String(at * 8),
  "command-name": () => "zunionstore",
  command: () => "get",
  section: (at) => ["memory", "clients", "stats", "commandstats"][at % 4]!,
  threshold: () => "1000",
  timeout: () => "0.01",
  "min-idle-time": () => "0",
  "client-id": (at) => String(1_000_000_000 + at),
  cursor: () => "0",
  numtests: () => "1",
  bit: () => "1",
  protover: () => "2",
  longitude: (at) => String((at % 3600) / 10 - 180),
  latitude: (at) => String((at % 1700) / 10 - 85),
  radius: () => "1000",
  width: () => "1000",
  height: () => "1000",
  path: () => "none",
  "old-format": () => "127.0.0.1:1",
  type: () => "string",
  "get-pattern": (at) => `weight:${at}:*`,
  "by-pattern": () => "weight:*",
  db: () => "1",
  "destination-db": () => "1",
  index1: () => "0",
  index2: () => "1",
  count: () => "10",
  event: () => "command",
  libname: () => "lib",
  libver: () => "1",
  storekey: () => "stored",
  storedistkey: () => "stored",
  destkey: () => "stored",
  destination: () => "stored",
  dst: () => "stored",
  newkey: () => "stored",
  start: (_, name) => (name.startsWith("X") ? "-" : "0"),
  end: (_, name) => (name.startsWith("X") ? "+" : "-1"),
  stop: () => "-1",
  min: (_, name) => (name.includes("LEX") ? "-" : "0"),
  max: (_, name) => (name.includes("LEX") ? "+" : "1000000"),
  index: () => "0",
  subcommand: () => "GETREG",
  "unix-time-seconds": () => "9999999999",
  "unix-time-milliseconds": () => "9999999999000",
};

const idOf = (name: string, at: number): string => {
  if (name === "XREAD") return "0";
  if (name === "XREADGROUP") return ">";
  return name === "XADD" ? "9999999-0" : `${at + 1}-0`;
};

function valueOf(name: string, arg: Arg, at: number, { count, world }: Wish): string {
  const one = world === "same" ? 0 : at;
  if (arg.name === "numkeys" || arg.name === "numfields") return String(count);
  if (arg.name === "id" || (arg.name.endsWith("-id") && name.startsWith("X"))) return idOf(name, one);
  const make = named[arg.name];
  if (make !== undefined) return make(one, name);
  switch (arg.kind) {
    case "key":
      return `key:${one}`;
    case "double":
    case "integer":
      return String(at + 1);
    case "pattern":
      return `channel:${one}*`;
    default:
      return /channel/.test(arg.name) ? `channel:${one}` : `element:${one}`;
  }
}

/**
 * Each option of each command by itself, as its declaration has it: whole, without its value, with wrong ones, twice. The replies are those
 * of redis-server, and so are the data afterwards. All collections have one element, so that nothing is a matter of order or chance.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { commandGroups } from "../../src/commands/all.js";
import { CommandTable } from "../../src/commands/command-table.js";
import type { Arg, CommandGroup } from "../../src/commands/spec.js";
import { unavailable } from "../../src/commands/unavailable.js";
import type { Reply } from "../support/reply-parser.js";
import { encodeCommand, RespConnection } from "../support/resp-connection.js";
import { serverFor, skipWithout, testedProgram } from "../support/servers.js";
import { knownDifference } from "./known-differences.js";

/** What the key "k" is for the commands of a group. */
const DATA: Partial<Record<CommandGroup, string[][]>> = {
  string: [["SET", "k", "5"]],
  bitmap: [["SET", "k", "5"]],
  generic: [["RPUSH", "k", "1"]],
  list: [["RPUSH", "k", "1"]],
  set: [["SADD", "k", "1"]],
  "sorted-set": [["ZADD", "k", "1", "1"]],
  hash: [["HSET", "k", "1", "1"]],
  geo: [["GEOADD", "k", "1", "1", "1"]],
  hyperloglog: [["PFADD", "k", "1"]],
  stream: [
    ["XADD", "k", "5-5", "1", "1"],
    ["XGROUP", "CREATE", "k", "1", "0"],
    ["XREADGROUP", "GROUP", "1", "1", "STREAMS", "k", ">"],
  ],
};
const WRONG = ["junk", "", "-1", "0", "1.5", "99999999999999999999"];
/** Commands of which each server answers something of its own, or that is a matter of time. */
const LEFT_OUT =
  /^(?:pfdebug|pfselftest|zrank|zrevrank|object\|(?:freq|idletime)|x(?:autoclaim|claim|pending|info.*)|.*help)$/;
/** Calls that store an ID made from the time or all the digits of the C library, or that end a walk where each server will. */
const SELF_MADE = /^xadd .*\*|STOREDIST|^scan .*COUNT 1/;

/** A value that fits an argument. */
function valueOf(arg: Arg): string {
  if (arg.kind === "key") return "k";
  if (arg.kind === "pattern") return "*";
  if (arg.kind === "unix-time") return "2000000000";
  // Where to begin a walk is each server's own, but for the beginning.
  if (arg.name === "cursor") return "0";
  return "1";
}

/** The shortest words of an argument. */
function shortest(arg: Arg): string[] {
  const token = arg.token === undefined ? [] : [arg.token];
  if (arg.kind === "pure-token") return token;
  if (arg.kind === "oneof") return [...token, ...shortest(arg.args![0]!)];
  if (arg.kind === "block") return [...token, ...arg.args!.filter((each) => !each.optional).flatMap(shortest)];
  return [...token, valueOf(arg)];
}

/** Everything in a tree that can be left out, or chosen instead of another. */
function options(args: readonly Arg[], isChoice = false): Arg[] {
  return args.flatMap((arg) => [
    ...(arg.optional || isChoice ? [arg] : []),
    ...options(arg.args ?? [], arg.kind === "oneof"),
  ]);
}

/** The shortest words for `args`, with `words` where `target` is. */
function wordsWith(args: readonly Arg[], target: Arg, words: readonly string[]): string[] {
  return args.flatMap((arg) => {
    if (arg === target) return words;
    const holds = options(arg.args ?? [], arg.kind === "oneof").includes(target);
    if (!holds) return arg.optional ? [] : shortest(arg);
    const token = arg.token === undefined ? [] : [arg.token];
    const inner =
      arg.kind === "oneof"
        ? arg.args!.filter(
            (each) => each === target || options(each.args ?? [], each.kind === "oneof").includes(target),
          )
        : arg.args!;
    return [...token, ...wordsWith(inner, target, words)];
  });
}

function variants(arg: Arg): string[][] {
  const words = shortest(arg);
  const before = words.slice(0, -1);
  return [words, before, ...WRONG.map((wrong) => [...before, wrong]), [...words, ...words]];
}

function allCases(): { data: string[][]; args: string[] }[] {
  const cases = new Map<string, { data: string[][]; args: string[] }>();
  for (const { name, command } of new CommandTable(...commandGroups).entries()) {
    const data = DATA[command.group];
    if (
      data === undefined ||
      command.handler === unavailable ||
      LEFT_OUT.test(name) ||
      command.flags.includes("blocking") ||
      command.subcommands
    )
      continue;
    const tree = command.args ?? [];
    for (const option of options(tree)) {
      // Redis 7.0 does not know what is newer.
      if (option.since !== undefined && option.since >= "7.2") continue;
      for (const variant of variants(option)) {
        const args = [...name.split("|"), ...wordsWith(tree, option, variant)];
        if (!SELF_MADE.test(args.join(" "))) cases.set(args.join(" "), { data, args });
      }
    }
  }
  return [...cases.values()];
}

/** The reply to a call on fresh data, and a digest of the data after it. */
async function outcome(connection: RespConnection, data: string[][], args: string[]): Promise<[Reply, Reply]> {
  const all = [["FLUSHALL"], ...data, args, ["DEBUG", "DIGEST"]];
  connection.write(Buffer.concat(all.map(encodeCommand)));
  const replies: Reply[] = [];
  for (const _ of all) replies.push(await connection.nextReply());
  return [replies.at(-2)!, replies.at(-1)!];
}

test("each option, whole, cut off, wrong and twice, does what it does in redis-server", {
  skip: skipWithout("redis-server"),
  timeout: 180_000,
}, async (t) => {
  const connections: RespConnection[] = [];
  for (const program of ["redis-server", testedProgram] as const) {
    const { port } = await serverFor(t, { program, args: ["--enable-debug-command", "yes"] });
    connections.push(await RespConnection.connect(port));
  }
  t.after(() => Promise.all(connections.map((each) => each.close())));
  const [expected, actual] = connections as [RespConnection, RespConnection];
  const cases = allCases();
  assert.ok(cases.length > 1500, `${cases.length}`);
  const differences: string[] = [];
  for (const { data, args } of cases) {
    const [[right, rightData], [mine, myData]] = await Promise.all([
      outcome(expected, data, args),
      outcome(actual, data, args),
    ]);
    // Commands and subcommands that came after 7.0.
    if (/^-ERR unknown (?:sub)?command/.test(right.bytes.toString("latin1"))) continue;
    const isSame = right.bytes.equals(mine.bytes) && rightData.bytes.equals(myData.bytes);
    if (isSame || knownDifference(args, right, mine) !== null) continue;
    differences.push(`${JSON.stringify(args)}\n  expected ${right} ${rightData}\n  actual   ${mine} ${myData}`);
  }
  assert.equal(differences.length, 0, `of ${cases.length}:\n${differences.join("\n")}`);
});

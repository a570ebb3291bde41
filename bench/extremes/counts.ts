/** Every command that takes a number, with the extremes of numbers, on collections of some size. */

import type { Arg } from "../../src/commands/spec.js";
import { allArguments, type Callable, callables, makeCall } from "./arguments.js";
import type { Call, Case, Scale } from "./case.js";
import { collection } from "./data.js";
import { newer } from "./lists.js";

const numbers: Readonly<Record<string, string>> = {
  "0": "0",
  "1": "1",
  "-1": "-1",
  "2^31-1": "2147483647",
  "2^31": "2147483648",
  "-2^31": "-2147483648",
  "2^32-1": "4294967295",
  "2^53+1": "9007199254740993",
  "-2^53-1": "-9007199254740993",
  "2^62": "4611686018427387904",
  "-2^62": "-4611686018427387904",
  "2^63-1": "9223372036854775807",
  "-2^63": "-9223372036854775808",
  "2^63": "9223372036854775808",
  "2^64-1": "18446744073709551615",
  "a million digits": "1".repeat(1_000_000),
  "a million zeros and a letter": `${"0".repeat(1_000_000)}e`,
};

const doubles: Readonly<Record<string, string>> = {
  "1e308": "1e308",
  "-1e308": "-1e308",
  "1e-308": "1e-308",
  inf: "inf",
  "-inf": "-inf",
  nan: "nan",
  "a million zeros behind a point": `0.${"0".repeat(1_000_000)}1`,
  "an exponent of a million digits": `1e${"9".repeat(1_000_000)}`,
};

/** Numbers that commands take as text. */
const numericStrings = new Set([
  "threshold",
  "min-idle-time",
  "start",
  "stop",
  "end",
  "min",
  "max",
  "encoding",
  "id",
  "lastid",
]);

/** They stop the server, or its clients, because that is what they are for. */
const stops = /^(CLIENT PAUSE|SHUTDOWN|DEBUG|MODULE .*|CLIENT KILL)$/;

const longStrings = /^(GETRANGE|SUBSTR|SETRANGE|LCS|APPEND|SETBIT|GETBIT|BIT.*)$/;

export function countCases(scale: Scale): Case[] {
  const cases: Case[] = [];
  for (const callable of callables()) {
    const name = callable.words.join(" ");
    if (stops.test(name)) continue;
    for (const arg of allArguments(callable.command.args ?? [])) {
      if (isNumeric(arg, callable)) cases.push(countCase(name, callable, arg, scale));
    }
  }
  return cases;
}

function isNumeric(arg: Arg, { command }: Callable): boolean {
  if (arg.kind === "integer" || arg.kind === "double" || arg.kind === "unix-time") return true;
  return (
    arg.kind === "string" &&
    numericStrings.has(arg.name) &&
    (command.group === "stream" || command.group === "sorted-set")
  );
}

function countCase(name: string, callable: Callable, arg: Arg, { elements }: Scale): Case {
  const values = Object.entries(arg.kind === "integer" ? numbers : { ...numbers, ...doubles });
  return {
    section: "counts",
    name: `${name} ${(arg.token === undefined ? "" : `${arg.token} `) + arg.name}`,
    isNewer: newer.test(name),
    variants: values.map(([label, value]) => ({
      label,
      prepare: () => data(name, callable, elements),
      run: () => [makeCall(callable, { chosen: arg, count: 1, world: "there", value })],
    })),
  };
}

function* data(name: string, { command }: Callable, elements: number): Iterable<Call> {
  if (longStrings.test(name)) {
    yield ["SET", "key:0", "0123456789".repeat(elements / 10)];
    if (name === "LCS") for (const key of ["key:0", "key:1"]) yield ["SET", key, "0123456789".repeat(100)];
    return;
  }
  if (command.group === "generic" && /SORT/.test(name)) {
    for (let i = 0; i < elements; i += 1000)
      yield ["RPUSH", "key:0", ...Array.from({ length: 1000 }, (_, at) => String(at + i))];
    return;
  }
  yield* collection(command.group, "key:0", elements);
  if (command.group !== "stream") return;
  // Half of the stream is being worked on.
  yield ["XREADGROUP", "GROUP", "g", "c", "COUNT", String(elements / 2), "STREAMS", "key:0", ">"];
}

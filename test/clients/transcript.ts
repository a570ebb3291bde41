/**
 * Sessions of redis-cli as the Redis documentation prints them, run by real clients: what the reader sees there is what a client gets.
 *
 *     > SADD bikes:racing:france bike:1       a command; with "~" for ">" its elements may come in any order
 *     (integer) 1                             its reply: OK, "text", (integer) n, (nil), (error) text, (empty array), 1) 2) ...
 *
 * `*` as a reply, or an element of one, is anything. Every session starts with an empty database.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { createClient } from "redis4";
import { type RunningServer, startServer } from "../support/servers.js";
import { skipUnlessKnown } from "./commands-known.js";

/** What a client makes of a reply. */
type Value = string | number | null | Failure | typeof ANYTHING | readonly Value[];

/** An error reply. */
interface Failure {
  readonly error: string;
}

const ANYTHING = Symbol("anything");

interface Step {
  readonly args: readonly string[];
  readonly reply: Value;
  readonly isUnordered: boolean;
}

type Call = (args: readonly string[]) => Promise<unknown>;

/** A session: what it shows, and what it looks like. */
export type Session = readonly [title: string, text: string];

/** Tests that every session goes as printed, with ioredis and with node-redis. */
export function documented(subject: string, ...sessions: readonly Session[]): void {
  describe(`${subject} as documented`, () => {
    let server: RunningServer;
    let io: Redis;
    const node = { client: null as ReturnType<typeof createClient> | null };
    before(async () => {
      server = await startServer();
      io = new Redis(server.port);
      node.client = createClient({ url: `redis://127.0.0.1:${server.port}` });
      await node.client.connect();
    });
    after(async () => {
      io?.disconnect();
      await node.client?.quit();
      await server?.stop();
    });

    const calls: readonly (readonly [name: string, call: Call])[] = [
      ["ioredis", ([command, ...args]) => io.call(command!, ...args)],
      ["node-redis", (args) => node.client!.sendCommand([...args])],
    ];
    for (const [title, text] of sessions) {
      for (const [name, call] of calls) {
        test(`${title}, with ${name}`, async (t) => {
          const steps = parseSession(text);
          const skip = await skipUnlessKnown(server.port, ...new Set(steps.map(({ args }) => args[0]!.toLowerCase())));
          if (skip) return t.skip(skip);
          await io.flushall();
          for (const step of steps) await check(call, step);
        });
      }
    }
  });
}

async function check(call: Call, { args, reply, isUnordered }: Step): Promise<void> {
  const actual = await call(args).catch((error: Error) => ({ error: error.message }));
  const [left, right] = isUnordered ? [sorted(actual), sorted(reply)] : [actual, reply];
  assert.deepEqual(mask(left, right as Value), unmask(right as Value), args.join(" "));
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? [...value].sort() : value;
}

/** Puts "*" where anything may be. */
function mask(actual: unknown, expected: Value): unknown {
  if (expected === ANYTHING) return "*";
  if (!Array.isArray(actual) || !Array.isArray(expected)) return actual;
  return actual.map((part, i) => mask(part, expected[i] ?? null));
}

function unmask(expected: Value): unknown {
  if (expected === ANYTHING) return "*";
  return Array.isArray(expected) ? expected.map(unmask) : expected;
}

/** The commands of a session with their replies. */
function parseSession(text: string): Step[] {
  const lines = text
    .replace(/^\n/, "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const indent = /^ */.exec(lines[0]!)![0].length;
  const steps: Step[] = [];
  let at = 0;
  while (at < lines.length) {
    const command = lines[at++]!.slice(indent);
    if (!/^[>~] /.test(command)) throw new Error(`no command: ${command}`);
    const reply: string[] = [];
    while (at < lines.length && !/^[>~] /.test(lines[at]!.slice(indent))) reply.push(lines[at++]!.slice(indent));
    steps.push({ args: words(command.slice(2)), reply: parseReply(reply), isUnordered: command.startsWith("~") });
  }
  return steps;
}

/** Splits a command into words, of which some are quoted. */
function words(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => plain ?? single ?? unquote(`"${double}"`),
  );
}

/** A reply as redis-cli prints it: an array's elements are numbered, those of an element that is an array indented behind its number. */
function parseReply(lines: readonly string[]): Value {
  const [first] = lines;
  if (first === undefined) throw new Error("a command without its reply");
  if (!/^ *\d+\) /.test(first)) {
    if (lines.length > 1) throw new Error(`more than a reply: ${lines[1]}`);
    return parseScalar(first.trim());
  }
  const width = first.indexOf(")") + 2;
  const elements: string[][] = [];
  for (const line of lines) {
    if (/^ *\d+\) /.test(line.slice(0, width + 1)) && line.slice(0, width).trim() !== "") elements.push([]);
    elements.at(-1)!.push(line.slice(width));
  }
  return elements.map(parseReply);
}

function parseScalar(text: string): Value {
  if (text === "*") return ANYTHING;
  if (text === "(nil)") return null;
  if (text === "(empty array)") return [];
  if (text.startsWith("(integer) ")) return Number(text.slice(10));
  if (text.startsWith("(error) ")) return { error: text.slice(8) };
  return text.startsWith('"') ? unquote(text) : text;
}

function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\x([0-9a-f]{2})|\\(.)/gi, (_, hex, escaped) =>
      hex === undefined ? escaped : String.fromCharCode(Number.parseInt(hex, 16)),
    );
}

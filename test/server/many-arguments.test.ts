/** Commands with very many arguments, or very long ones: none takes time that grows with their square, or ends the server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddedServer } from "../support/embedded.js";
import { type Argument, encodeCommand, type RespConnection } from "../support/resp-connection.js";

const MANY = 100_000;
/** More than a function can be called with. */
const BEYOND_STACK = 200_000;
/** A million bytes: squared, minutes. */
const LONG = 1_000_000;
/** Processor time, in seconds: of a linear one, hundreds of milliseconds; of a quadratic one, tens of seconds. */
const LIMIT_SECONDS = 4;
/** A quadratic command ends the test, too. */
const TEST_LIMIT_MS = 120_000;

const times = (count: number, make: (i: number) => Argument): Argument[] =>
  Array.from({ length: count }, (_, i) => make(i));

interface Quick {
  readonly name: string;
  readonly commands: readonly (readonly Argument[])[];
  /** How the replies end. */
  readonly end?: RegExp;
}

const long = (text: string): string => text.repeat(LONG / text.length);
const prefix = (i: number): string => `${String(i).padStart(6, "0")}:`;

function setUser(rules: readonly Argument[]): Argument[] {
  return ["ACL", "SETUSER", "u", ...rules];
}

function track(prefixes: readonly Argument[]): Argument[] {
  return ["CLIENT", "TRACKING", "ON", "BCAST", ...prefixes.flatMap((each) => ["PREFIX", each])];
}

const OK = /\+OK\r\n$/;

const quick: readonly Quick[] = [
  {
    name: "subscribing to more channels than the stack has room for, and unsubscribing from all",
    commands: [["SUBSCRIBE", ...times(BEYOND_STACK, (i) => `c${i}`)], ["UNSUBSCRIBE"]],
  },
  { name: "a user with 100 000 patterns of keys", commands: [setUser(times(MANY, (i) => `~key:${i}`))], end: OK },
  {
    name: "a user with 100 000 channels",
    commands: [setUser(["resetchannels", ...times(MANY, (i) => `&c:${i}`)])],
    end: OK,
  },
  { name: "a user with 50 000 passwords", commands: [setUser(times(MANY / 2, (i) => `>password:${i}`))], end: OK },
  { name: "a user with 20 000 first arguments", commands: [setUser(times(MANY / 5, (i) => `+select|${i}`))], end: OK },
  {
    name: "a user with more selectors than the stack has room for, changed again",
    commands: [["ACL", "SETUSER", "u", ...times(BEYOND_STACK, () => "(~a)")], setUser(["on"])],
    end: OK,
  },
  { name: "a pattern of stars that ends with something else", commands: [setUser([`~${long("*")}b`])], end: OK },
  { name: "100 000 prefixes to track", commands: [track(times(MANY, prefix)), ["SET", prefix(7), 1]], end: OK },
  {
    name: "100 000 prefixes to track of which the last two overlap",
    commands: [track([...times(MANY, prefix), `${prefix(MANY - 1)}x`])],
    end: /-ERR Prefix '099999:' overlaps with another provided prefix '099999:x'/,
  },
  {
    name: "100 000 patterns to GET in SORT by a user with patterns",
    commands: [
      ["RPUSH", "list", 1],
      ["ACL", "SETUSER", "sorter", "on", "nopass", "+@all", "~a*", "~b*", "%R~*"],
      ["AUTH", "sorter", "any"],
      ["SORT", "list", ...times(MANY, (i) => `p${i}*`).flatMap((pattern) => ["GET", pattern])],
    ],
    end: /\$-1\r\n$/,
  },
  {
    name: "an error about a text of line breaks",
    commands: [track([`${long("\n")}x`, `${long("\n")}x`])],
    end: /-ERR Prefix ' {1000000}x' overlaps with another/,
  },
  { name: "a cursor of very many digits", commands: [["SCAN", long("1").repeat(30)]], end: /^-ERR invalid cursor/ },
  { name: "a cursor of very many zeros", commands: [["SCAN", `${long("0")}e`]], end: /^-ERR invalid cursor/ },
  {
    name: "a timeout of very many digits",
    commands: [["BLPOP", "none", long("1")]],
    end: /^-ERR timeout is not a float/,
  },
];

const END = "$7\r\nthe end\r\n";

/** All replies to some commands as they come: decoding each would take longer than what is tested. */
function repliesTo(client: RespConnection, commands: readonly (readonly Argument[])[]): Promise<string> {
  client.write(Buffer.concat([...commands, ["PING", "the end"]].map(encodeCommand)));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    client.socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (chunk.subarray(-END.length).toString("latin1") === END) {
        resolve(Buffer.concat(chunks).subarray(0, -END.length).toString("latin1"));
      }
    });
    client.socket.once("close", () => reject(new Error("The server closed the connection")));
  });
}

for (const { name, commands, end } of quick) {
  test(`${name}: answered in linear time`, { timeout: TEST_LIMIT_MS }, async (t) => {
    const { connect } = await embeddedServer(t);
    const [client, other] = [await connect(), await connect()];
    const before = process.cpuUsage();
    const replies = await repliesTo(client, commands);
    const { user, system } = process.cpuUsage(before);
    if (end !== undefined) assert.match(replies, end);
    assert.equal(await other.call("PING"), "PONG");
    assert.ok(user + system < LIMIT_SECONDS * 1e6, `${(user + system) / 1e6} s of processor time`);
  });
}

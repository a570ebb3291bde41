import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { type RunningServer, skipWithout, startServer } from "../support/servers.js";
import { onAnyTry } from "../support/timing.js";

const long = (text: string, length: number): string => text + "1".repeat(length - text.length);

/** Bytes sent by a client, each followed by a PING that tells whether the server still listens. */
const REQUESTS: readonly string[] = [
  ...["*x", "*-1", "*0", "*-0", "*+1", "*01", "*", "* 1", "*1 ", "*2147483648", "*9223372036854775808"],
  ...["*-99999999999999999", "*-9223372036854775808", "*-9223372036854775809"],
  ...["*1\r\nx4", "*1\r\n", "*1\r\n\n", "*1\r\n\xff1", "*1\r\n$x", "*1\r\n$-1", "*1\r\n$536870913", "*1\r\n$04"],
  ...[
    "*1\r\n$4x\r\nPING",
    "*1\r\n$4\rxPINGxx",
    "*1\rx$4\rxPINGxx",
    "*1\r\n$0\r\n",
    "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$-5",
  ],
  ...[
    long("*", 70_000),
    long("*1\r\n$", 70_000),
    long("*1\r\nx", 70_000),
    long("*", 65_536),
    `PING ${"a ".repeat(40_000)}`,
  ],
  ...[
    "PING 'a",
    'PING "a',
    "PING 'a'b",
    'PING "a"b',
    'PING "\\x41\\n\\q"',
    "PING '\\x41\\''",
    'PING a"b"',
    'PING a"b"c',
  ],
  ...["ECHO 'a\\\\'", 'ECHO "\\""', 'ECHO "\\x4"', 'ECHO "\\x4g"', "  PING  ", "PING\tx", "PING\vx", "PING\r", ""],
  ...['ECHO ""', "ECHO ''", "ECHO \xff", 'ECHO "a\\"', "ECHO 'a\\'", "ECHO a'b'", 'PING "\\', 'ECHO "\\b\\a\\t\\r"'],
  ...[
    "GET",
    "*1\r\n$3\r\nGET",
    "QUIT",
    "FOO a b",
    "*2\r\n$3\r\nFOO\r\n$3\r\na\0b",
    "*1\r\n$5\r\nFO\r\nO",
    "POST / HTTP/1.1",
  ],
  ...["Host: example.com", "*2\r\n$4\r\nPING\r\n$5\r\nab\r\nc"],
];

describe("a real server answers the same bytes", { skip: skipWithout("redis-server") }, () => {
  for (const requirepass of ["", "secret"]) {
    test(`to requests of every broken kind${requirepass === "" ? "" : ", before authentication"}`, async (t) => {
      const args = ["--requirepass", requirepass];
      const servers = await Promise.all([startServer({ args }), startServer({ args, program: "redis-server" })]);
      t.after(() => Promise.all(servers.map((server) => server.stop())));
      const extra = [
        "*11\r\n$4\r\nPING",
        "*10\r\n$4\r\nPING",
        "*2\r\n$4\r\nPING\r\n$16385",
        "*2\r\n$4\r\nPING\r\n$16384",
        "GET a",
      ];
      for (const request of [...REQUESTS, ...extra]) {
        await onAnyTry(async () => {
          const [ours, theirs] = await Promise.all(servers.map((server) => answer(server, request)));
          assert.equal(ours, theirs, JSON.stringify(request.slice(0, 60)));
        });
      }
    });
  }
});

/** All that the server sends until it closes, or has answered the PINGs that were sent behind the request. */
function answer(server: RunningServer, request: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(server.port, "127.0.0.1");
    let received = "";
    let limit: NodeJS.Timeout;
    const end = (how: string): void => {
      clearTimeout(limit);
      socket.destroy();
      resolve(received + how);
    };
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (/last\r\n$/.test(received) || (received.match(/NOAUTH/g) ?? []).length >= 2) end("");
    });
    socket.on("error", () => {});
    socket.on("close", () => end("[closed]"));
    socket.write(Buffer.from(request.length > 65_536 ? request : `${request}\r\n`, "latin1"), () => {
      if (request.length <= 65_536) socket.write("PING last\r\n");
      // What leaves the server waiting for more is compared by silence.
      limit = setTimeout(() => end("[waits]"), 150);
    });
  });
}

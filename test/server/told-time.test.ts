/** What the server tells of time that has passed, at a clock of the test's own: each in its own unit. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NodeClock } from "../../src/platform/clock.js";
import { ManualServer } from "../support/manual-server.js";

const START_MS = 1_700_000_000_000;

test("ages, idle times and moments are told in their units", async (t) => {
  let nowMs = START_MS;
  const clock = Object.assign(new NodeClock(), {
    nowMs: () => nowMs,
    msAt: () => nowMs,
    nowUs: () => nowMs * 1000,
    monotonicUs: () => (nowMs - START_MS) * 1000,
  });
  const server = new ManualServer(t, {}, clock);
  const call = (line: string) => server.call(...line.split(" "));
  const field = async (line: string, name: string) =>
    new RegExp(`(?:^|[ \\n])${name}[=:](\\d+)`).exec(await call(line))?.[1];

  await call("CONFIG SET slowlog-log-slower-than 0");
  await call("SLOWLOG RESET");
  await call("AUTH nobody wrong");
  await call("SET k v");
  await call("SET volatile v PX 100000");
  await call("XADD s 5-1 f v");
  await call("XGROUP CREATE s g 0");
  await call("XREADGROUP GROUP g c STREAMS s >");
  await call("CONFIG SET slowlog-log-slower-than -1");
  server.open();
  nowMs += 12_500;

  assert.match(await call("ACL LOG"), /age-seconds\r\n\$4\r\n12\.5\r\n/);
  assert.match(await call("ACL LOG"), new RegExp(`timestamp-last-updated\\r\\n:${START_MS}\\r\\n`));
  assert.equal(await call("OBJECT IDLETIME k"), ":12\r\n");
  assert.equal(await call("TTL volatile"), ":88\r\n");
  assert.equal(await call("PTTL volatile"), ":87500\r\n");
  assert.equal(await call("EXPIRETIME volatile"), `:${START_MS / 1000 + 100}\r\n`);
  assert.match(await call("XPENDING s g - + 1"), /\r\n:12500\r\n:1\r\n$/);
  assert.match(await call("XINFO CONSUMERS s g"), /idle\r\n:12500\r\n.*inactive\r\n:12500\r\n/s);
  assert.equal(await call("TIME"), `*2\r\n$10\r\n${(nowMs / 1000) | 0}\r\n$6\r\n500000\r\n`);
  assert.match(
    await call("SLOWLOG GET 1"),
    new RegExp(`^\\*1\\r\\n\\*6\\r\\n:\\d+\\r\\n:${START_MS / 1000}\\r\\n:0\\r\\n`),
  );
  assert.equal(await field("INFO server", "uptime_in_seconds"), "12");
  assert.equal(await field("INFO server", "uptime_in_days"), "0");
  const others = (await call("CLIENT LIST")).split("\n").filter((line) => line.includes("cmd=NULL"));
  assert.equal(others.length, 1);
  assert.match(others[0]!, / age=12 idle=12 /);
  assert.match(await call("CLIENT INFO"), / age=12 idle=0 /);
  nowMs += 86_400_000;
  assert.equal(await field("INFO server", "uptime_in_days"), "1");
});

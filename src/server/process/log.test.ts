import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../../platform/clock.js";
import type { Files } from "../../platform/files.js";
import { banner, logInitialized, logReady, logStart, type StartFacts, showsBanner } from "./banner.js";
import { Log, type LogLevel, logSink, silentSink } from "./log.js";

const clock: Clock = {
  nowMs: () => Date.UTC(2026, 10, 2, 23, 2, 1, 7),
  nowUs: () => 0,
  monotonicUs: () => 0,
  msAt: () => 0,
  zoneOffsetMinutes: () => 120,
};

const facts: StartFacts = {
  version: "0.1.0",
  redisVersion: "7.2.4",
  nodeVersion: "v20.20.0",
  archBits: 64,
  pid: 321,
  mode: "standalone",
  port: 6379,
};

function collecting(): { log: Log; text: () => string } {
  let text = "";
  const log = new Log({
    pid: 321,
    clock,
    sink: (more) => {
      text += more;
    },
  });
  return { log, text: () => text };
}

test("a line has Redis' format, in local time", () => {
  const { log, text } = collecting();
  log.role = "M";
  log.level = "debug";
  log.debug("a");
  log.verbose("b");
  log.notice("c");
  log.warning("d");
  const start = "321:M 03 Nov 2026 01:02:01.007";
  assert.equal(text(), `${start} . a\n${start} - b\n${start} * c\n${start} # d\n`);
});

test("messages below the level are dropped, all of them at nothing", () => {
  const levels: LogLevel[] = ["debug", "verbose", "notice", "warning"];
  const written = (level: LogLevel | "nothing") => {
    const { log, text } = collecting();
    log.level = level;
    for (const one of levels) log.write(one, one);
    log.raw("notice", "raw\n");
    return text().split("\n").length - 1;
  };
  assert.deepEqual([...levels, "nothing" as const].map(written), [5, 4, 3, 1, 0]);
});

test("a silent log does not even look at the clock", () => {
  const log = new Log({ pid: 1, clock: {} as Clock, sink: silentSink });
  log.warning("x");
  assert.equal(log.isOn("warning"), false);
});

test("the log goes to standard output without a file, and a file that fails is no failure", () => {
  const written: string[] = [];
  const terminal = { isTty: false, write: (text: string) => written.push(`out ${text}`) };
  const files = {
    appendText(path: string, text: string) {
      if (path === "/broken") throw new Error("no space");
      written.push(`${path} ${text}`);
    },
  } as Files;
  for (const path of ["", "/log", "/broken"]) logSink(path, files, terminal)("x");
  assert.deepEqual(written, ["out x", "/log x"]);
});

test("test tools find what they wait for in the start's lines", () => {
  for (const showBanner of [true, false]) {
    const { log, text } = collecting();
    logStart(log, facts, "/etc/redis.conf", false);
    log.role = "M";
    logInitialized(log, facts, showBanner);
    logReady(log, "tcp");
    assert.match(text(), /^321:C .* \* oO0OoO0OoO0Oo Redstart is starting oO0OoO0OoO0Oo\n/);
    assert.match(text(), /Configuration loaded/);
    if (showBanner) assert.match(text(), / PID: 321.*Server initialized/s);
    else assert.match(text(), /Running mode=standalone, port=6379\.\n/);
    assert.match(text(), /321:M .* \* Ready to accept connections tcp\n$/);
  }
});

test("without a configuration the start says so", () => {
  const { log, text } = collecting();
  logStart(log, facts, null, false);
  assert.match(text(), /# Warning: no config file specified/);
});

test("the banner tells version, mode, port and pid within 80 columns", () => {
  const text = banner(facts);
  for (const part of ["Redstart 0.1.0 (Redis 7.2.4) 64 bit", "standalone mode", "Port: 6379\n", " PID: 321\n"]) {
    assert.ok(text.includes(part), part);
  }
  for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
});

test("the banner is for people, or for those who insist", () => {
  const shown = (alwaysShowLogo: boolean, logfile: string, isTty: boolean) =>
    showsBanner({ alwaysShowLogo, logfile, isTty });
  assert.equal(shown(false, "", true), true);
  assert.equal(shown(false, "", false), false);
  assert.equal(shown(false, "/log", true), false);
  assert.equal(shown(true, "/log", false), true);
});

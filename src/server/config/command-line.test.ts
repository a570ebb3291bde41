import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCommandLine, usage } from "./command-line.js";

function options(...args: string[]): string {
  const parsed = parseCommandLine(args);
  assert.ok(parsed.action === "serve");
  return parsed.options;
}

test("names and values become lines", () => {
  assert.equal(options("--port", "0", "--bind", "127.0.0.1", "::1"), 'port "0" \nbind "127.0.0.1" "::1" ');
  assert.equal(options("--port 7000", "--loglevel", "a b"), 'port 7000 \nloglevel "a b" ');
  assert.equal(options(), "");
});

test("the first value of a name may look like a name", () => {
  assert.equal(options("--requirepass", "--x", "--port", "1"), 'requirepass "--x" \nport "1" ');
});

test("--sentinel anywhere asks for another program", () => {
  assert.deepEqual(parseCommandLine(["a.conf", "--port", "1", "--sentinel"]), { action: "sentinel" });
});

test("--save without a value is empty", () => {
  assert.equal(options("--save", "--port", "1"), 'save ""\nport "1" ');
  assert.equal(options("--save"), 'save ""');
  assert.equal(options("--save", ""), 'save "" ');
  assert.equal(options("--save", "900", "1"), 'save "900" "1" ');
});

test("the first argument is the file unless it starts with a dash", () => {
  assert.deepEqual(parseCommandLine(["a.conf", "--port", "1"]), {
    action: "serve",
    file: "a.conf",
    readsStdin: false,
    options: 'port "1" ',
  });
});

test("a dash at either end reads standard input", () => {
  assert.deepEqual(parseCommandLine(["-"]), { action: "serve", file: null, readsStdin: true, options: "" });
  const both = parseCommandLine(["a.conf", "--port", "1", "-"]);
  assert.ok(both.action === "serve" && both.readsStdin && both.options === 'port "1" ');
  assert.equal(options("--a", "-", "--b", "1"), 'a "-" \nb "1" ');
});

test("version, help and checks", () => {
  for (const arg of ["-v", "--version"]) assert.deepEqual(parseCommandLine([arg, "x"]), { action: "version" });
  for (const arg of ["-h", "--help"]) assert.deepEqual(parseCommandLine([arg]), { action: "help" });
  assert.deepEqual(parseCommandLine(["--test-memory", "5"]), { action: "test-memory", megabytes: "5" });
  assert.match(usage("redstart"), /^Usage: redstart \[\/path\/to\/redis\.conf\] \[options\] \[-\]\n/);
});

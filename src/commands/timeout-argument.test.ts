import assert from "node:assert/strict";
import { test } from "node:test";
import { Argv } from "../bytes/argv.js";
import type { ServiceContext } from "./context.js";
import { timeoutMilliseconds, timeoutSeconds } from "./timeout-argument.js";

const NOW_MS = 1_700_000_000_000;

/** The milliseconds that a timeout is, or the error. */
function read(parse: typeof timeoutSeconds, text: string): number | string {
  let error = "";
  const ctx = { nowMs: NOW_MS, reply: { error: (message: string) => (error = message) } } as unknown as ServiceContext;
  return parse(ctx, Argv.from([text]), 0) ?? error;
}

test("seconds may have a fraction, an exponent and be hexadecimal; what is left of a millisecond is one", () => {
  const expected: Record<string, number> = {
    "0": 0,
    "-0": 0,
    "1": 1000,
    "0.0015": 2,
    "0.001": 1,
    "1e-9": 1,
    "1e3": 1_000_000,
    "0x10": 16_000,
    "0x1p-1": 500,
    "0x1.8p1": 3000,
  };
  for (const [text, ms] of Object.entries(expected))
    assert.equal(Math.abs(read(timeoutSeconds, text) as number), ms, text);
});

test("what is no timeout has its own error", () => {
  for (const text of ["", "x", "1x", "nan", " 1"])
    assert.match(String(read(timeoutSeconds, text)), /not a float/, text);
  for (const text of ["-1", "-0.001"]) assert.match(String(read(timeoutSeconds, text)), /negative/, text);
  for (const text of ["inf", "1e300", "9223372036854775807", "9223372036854775"])
    assert.match(String(read(timeoutSeconds, text)), /out of range/, text);
  assert.equal(read(timeoutMilliseconds, "1500"), 1500);
  assert.match(String(read(timeoutMilliseconds, "-1")), /negative/);
  assert.match(String(read(timeoutMilliseconds, "1.5")), /not an integer/);
  assert.match(String(read(timeoutMilliseconds, "9223372036854775807")), /out of range/);
});

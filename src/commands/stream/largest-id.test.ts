import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { streamCommands } from "./index.js";

const LARGEST = "18446744073709551615-18446744073709551615";

test("a consumer has nothing after the largest ID, and before it what is pending", () => {
  const streams = new CommandHarness(streamCommands);
  streams.call("XADD", "k", "1-1", "f", "v");
  streams.call("XGROUP", "CREATE", "k", "g", "0");
  streams.call("XREADGROUP", "GROUP", "g", "c", "STREAMS", "k", ">");
  const history = (id: string) => streams.call("XREADGROUP", "GROUP", "g", "c", "STREAMS", "k", id);
  assert.equal(history(LARGEST), "*-1\r\n");
  assert.equal(history(LARGEST.replace(/5$/, "4")), "*1\r\n*2\r\n$1\r\nk\r\n*0\r\n");
  assert.match(history("0"), /1-1/);
});

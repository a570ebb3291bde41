import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedTime } from "../../../test/support/simulated-time.js";
import { ConfigStore } from "../config/config-store.js";
import { Log } from "../process/log.js";
import { limitClientsByFiles } from "./open-files.js";

function limited(maxOpenFiles: number): { config: ConfigStore; lines: string[] } {
  const config = new ConfigStore();
  const lines: string[] = [];
  const log = new Log({ pid: 1, clock: new SimulatedTime().clock, sink: (text) => void lines.push(text) });
  limitClientsByFiles(config, log, maxOpenFiles);
  return { config, lines };
}

test("maxclients is lowered to what the open files allow, and the log says so", () => {
  const { config, lines } = limited(1024);
  assert.equal(config.get("maxclients"), 992);
  assert.match(lines[0]!, /You requested maxclients of 10000 requiring at least 10032 max file descriptors\.\n$/);
  assert.match(lines[1]!, /Current maximum open files is 1024\. maxclients has been reduced to 992 /);
});

test("CONFIG SET refuses more clients than the open files allow", () => {
  const { config, lines } = limited(20_032);
  assert.equal(config.get("maxclients"), 10_000);
  assert.equal(lines.length, 0);
  assert.equal(config.set([["maxclients", "20000"]]), null);
  assert.equal(
    config.set([["maxclients", "20001"]]),
    "ERR CONFIG SET failed (possibly related to argument 'maxclients') - The operating system is not able to handle " +
      "the specified number of clients, try with 20000",
  );
  assert.equal(config.get("maxclients"), 20_000);
});

test("where the system does not tell its limit, maxclients has none", () => {
  assert.equal(limited(Number.POSITIVE_INFINITY).config.set([["maxclients", "4294967295"]]), null);
});

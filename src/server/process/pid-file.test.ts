import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryFiles } from "../../../test/support/memory-files.js";
import { SimulatedTime } from "../../../test/support/simulated-time.js";
import { Log } from "./log.js";
import { PidFile } from "./pid-file.js";

function fixture() {
  const files = new MemoryFiles({ "/run/other": "" });
  const lines: string[] = [];
  const log = new Log({ pid: 1, clock: new SimulatedTime().clock, sink: (text) => lines.push(text) });
  return { files, lines, file: new PidFile(files, log) };
}

test("the file is in the directory, unless its path is whole, and goes with the server", () => {
  for (const [path, at] of [
    ["redstart.pid", "/run/redstart.pid"],
    ["/var/r.pid", "/var/r.pid"],
  ] as const) {
    const { files, file, lines } = fixture();
    file.write(path, "/run", 1234);
    assert.equal(files.readText(at), "1234\n");
    file.remove();
    assert.ok(!files.exists(at));
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /\* Removing the pid file\.\n$/);
    // Another server may have written one there since.
    files.writeText(at, "5678\n");
    file.remove();
    assert.equal(files.readText(at), "5678\n");
  }
});

test("one that cannot be written is told in the log, and nothing is removed later", () => {
  const { files, file, lines } = fixture();
  files.writeText("/run/redstart.pid", "another's");
  files.refuseWrites = "EACCES";
  file.write("redstart.pid", "/run", 1234);
  assert.match(lines[0]!, /# Failed to write PID file: Permission denied\n$/);
  file.remove();
  assert.equal(files.readText("/run/redstart.pid"), "another's");
  assert.equal(lines.length, 1);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigStore } from "../config/config-store.js";
import { processTitle } from "./process-title.js";

/** The title after lines of redis.conf. */
function titleOf(...lines: string[]): string {
  const store = new ConfigStore();
  for (const line of lines) {
    const [name, ...words] = line.split(" ");
    assert.equal(store.assign(name!, name === "proc-title-template" ? [words.join(" ")] : words), null, line);
  }
  return processTitle(store, "redstart");
}

test("the title has the first address and the port, or the Unix socket where there is no port", () => {
  assert.equal(titleOf(), "redstart *:6379");
  assert.equal(titleOf("bind -::1 127.0.0.1", "port 7000"), "redstart ::1:7000");
  assert.equal(titleOf("bind 10.0.0.1"), "redstart 10.0.0.1:6379");
  assert.equal(titleOf("port 0", "unixsocket /run/r.sock"), "redstart /run/r.sock");
  assert.equal(titleOf("cluster-enabled yes"), "redstart *:6379 [cluster]");
});

test("proc-title-template has each variable, and what is none stays", () => {
  assert.equal(
    titleOf("proc-title-template {{x} {port}/{tls-port} {unixsocket}{config-file} {title}", "tls-port 7001"),
    "{x} 6379/7001  redstart",
  );
});

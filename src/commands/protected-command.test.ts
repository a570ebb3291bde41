import assert from "node:assert/strict";
import { test } from "node:test";
import { keptBackError } from "./protected-command.js";

function errorOf(name: string, setting: string, peerAddress: string, isUnixSocket = false): string | null {
  const asked: string[] = [];
  const text = (option: string): string => {
    asked.push(option);
    return setting;
  };
  const error = keptBackError({ config: { text }, client: { peerAddress, isUnixSocket } }, { name });
  assert.deepEqual(asked, [`enable-${name.split("|")[0]}-command`]);
  return error;
}

test("protected commands are kept back unless enabled, and with 'local' for clients of other machines", () => {
  const refused = /^ERR DEBUG command not allowed\. If the enable-debug-command option is set to "local", /;
  assert.match(errorOf("debug", "no", "127.0.0.1:5000")!, refused);
  assert.match(errorOf("debug", "local", "10.0.0.1:5000")!, refused);
  assert.match(
    errorOf("module|load", "no", "127.0.0.1:5000")!,
    /^ERR MODULE command not allowed\. If the enable-module-command /,
  );
  for (const address of ["127.0.0.1:5000", "[::1]:5000"])
    assert.equal(errorOf("debug", "local", address), null, address);
  assert.equal(errorOf("debug", "local", "/tmp/redis.sock:0", true), null);
  assert.equal(errorOf("debug", "yes", "10.0.0.1:5000"), null);
});

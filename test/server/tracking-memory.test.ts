import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";
import { encodeCommand } from "../support/resp-connection.js";

const KEYS = 20_000;

test("what the server remembers of who has read what is freed after a flush, each time", {
  timeout: 120_000,
}, async (t) => {
  const { connect } = await embeddedServer(t);
  const [reader, control] = [await connect({ resp: 3 }), await connect()];
  await reader.call("CLIENT", "TRACKING", "ON");
  const usedMemory = async () => Number(await infoField(control, "used_memory"));
  for (let round = 0; round < 3; round++) {
    const before = await usedMemory();
    reader.write(Buffer.concat(Array.from({ length: KEYS }, (_, i) => encodeCommand(["GET", `key ${i}`]))));
    for (let i = 0; i < KEYS; i++) await reader.nextReply();
    assert.equal(await infoField(control, "tracking_total_keys"), String(KEYS));
    const grown = (await usedMemory()) - before;
    assert.ok(grown > KEYS * 20, `${grown}`);
    await control.call("FLUSHALL");
    await reader.nextPush();
    assert.equal(await infoField(control, "tracking_total_keys"), "0");
    await until("the memory is back", async () => (await usedMemory()) - before < grown / 10);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualStream } from "../../../test/support/manual-stream.js";
import { Region } from "../../bytes/region.js";
import { admits } from "./admission.js";

test("a peer that was gone before it was accepted is let go at once, without a reply or a handshake", () => {
  const stream = Object.assign(new ManualStream(Region.allocate(16)), { peerHost: "", handler: { onClose() {} } });
  const isIn = admits(stream as never, { clientCount: 0, maxClients: 10, isProtected: true });
  assert.deepEqual([isIn, stream.isClosed, stream.sentBytes], [false, true, 0]);
});

test("a client from elsewhere is refused in protected mode: with the reason, or at once where that would take a handshake", () => {
  for (const isEncrypted of [false, true]) {
    const stream = Object.assign(new ManualStream(Region.allocate(16)), {
      peerHost: "10.0.0.1",
      isEncrypted,
      handler: { onClose() {} },
    });
    assert.equal(admits(stream as never, { clientCount: 0, maxClients: 10, isProtected: true }), false);
    assert.ok(stream.isClosed);
    assert.equal(stream.text.startsWith("-DENIED "), !isEncrypted);
  }
});

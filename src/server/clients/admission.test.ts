import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualStream } from "../../../test/support/manual-stream.js";
import { Region } from "../../bytes/region.js";
import { NO_HANDLER } from "../../platform/network.js";
import { admits } from "./admission.js";

function streamFrom(peerHost: string, isEncrypted = false): ManualStream {
  const stream = new ManualStream(Region.allocate(16));
  return Object.assign(stream, { ends: { ...stream.ends, peerHost }, isEncrypted, handler: NO_HANDLER }) as never;
}

test("a peer that was gone before it was accepted is let go at once, without a reply or a handshake", () => {
  const stream = streamFrom("");
  const isIn = admits(stream, { clientCount: 0, maxClients: 10, isProtected: true });
  assert.deepEqual([isIn, stream.isClosed, stream.sentBytes], [false, true, 0]);
});

test("a client from elsewhere is refused in protected mode: with the reason, or at once where that would take a handshake", () => {
  for (const isEncrypted of [false, true]) {
    const stream = streamFrom("10.0.0.1", isEncrypted);
    assert.equal(admits(stream, { clientCount: 0, maxClients: 10, isProtected: true }), false);
    assert.ok(stream.isClosed);
    assert.equal(stream.text.startsWith("-DENIED "), !isEncrypted);
  }
});

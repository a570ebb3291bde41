import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedServer } from "../../../test/support/simulated-server.js";

test("a request of a web page ends its connection, and runs nothing behind it", () => {
  for (const line of ["POST / HTTP/1.1", "post / HTTP/1.1", "Host: localhost", "host: localhost"]) {
    const world = new SimulatedServer();
    const client = world.open();
    client.stream.deliver(Buffer.from(`SET before 1\r\n${line}\r\nSET behind 1\r\n`));
    assert.ok(client.stream.isClosed, line);
    assert.equal(world.open().say("EXISTS before behind"), ":1\r\n");
  }
  const client = new SimulatedServer().open();
  assert.match(client.say("POSTS", "HOST"), /^-ERR unknown command 'POSTS'.*\r\n-ERR unknown command 'HOST'.*\r\n$/);
});

test("the log has a warning of it, once a minute", () => {
  const world = new SimulatedServer();
  const attack = () => world.open().stream.deliver(Buffer.from("POST /\r\n"));
  world.pass(100_000);
  attack();
  world.pass(60_000);
  attack();
  assert.equal(world.log.length, 1);
  assert.match(world.log[0]!, /^# Possible SECURITY ATTACK detected\. .* Connection from 127\.0\.0\.1:1 aborted\.$/);
  world.pass(1);
  attack();
  assert.equal(world.log.length, 2);
});

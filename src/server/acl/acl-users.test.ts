import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedServer } from "../../../test/support/simulated-server.js";

test("a user may call what his first arguments and subcommands allow, and no more", () => {
  const world = new SimulatedServer();
  world.open().say("ACL SETUSER u on nopass +select|0 +SELECT|1 +config|get ~*");
  const client = world.open();
  client.say("AUTH u x");
  assert.equal(
    client.say("SELECT 0", "SELECT 1", "CONFIG GET port"),
    "+OK\r\n+OK\r\n*2\r\n$4\r\nport\r\n$4\r\n6379\r\n",
  );
  for (const [command, name] of [
    ["SELECT 2", "select"],
    ["CONFIG SET port 1", "config|set"],
    ["GET key", "get"],
  ])
    assert.equal(client.say(command!), `-NOPERM User u has no permissions to run the '${name}' command\r\n`);
  assert.equal(client.say("SELECT"), "-ERR wrong number of arguments for 'select' command\r\n");
});

test("names of users have no blanks", () => {
  const client = new SimulatedServer().open();
  for (const name of ["a b", "a\0b", " "])
    assert.equal(client.say(["ACL", "SETUSER", name]), "-ERR Usernames can't contain spaces or null characters\r\n");
  assert.equal(client.say("ACL USERS"), "*1\r\n$7\r\ndefault\r\n");
});

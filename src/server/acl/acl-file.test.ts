import assert from "node:assert/strict";
import { test } from "node:test";
import { aclRules, userState } from "../../../test/support/acl-rules.js";
import { ConfigSource } from "../config/parse-file.js";
import { readUsers, writeUsers } from "./acl-file.js";
import { UserLines, userLine } from "./user-lines.js";

const { rules } = aclRules();

test("a file that was written reads as the same users", () => {
  const text = "user a on nopass ~* &* +@all\n\nuser b off >x %R~a* (+get ~b) (+set\t~c)\n";
  const users = readUsers(text.replace("\t", " "), "f", rules);
  assert.ok(users instanceof Map);
  const written = writeUsers(users.values());
  assert.match(written, /^user a on nopass sanitize-payload ~\* &\* \+@all\nuser b off /);
  const again = readUsers(written, "f", rules);
  assert.ok(again instanceof Map);
  for (const [name, user] of users) assert.deepEqual(userState(again.get(name)!), userState(user));
});

test("a file with mistakes is refused with all of them", () => {
  const text = "foo\nuser a +nosuch +@nosuch\nuser a on\nuser b ~* ~a ~b\nuser c (+get\nuser\nuser d\te\n";
  assert.equal(
    readUsers(text, "f", rules),
    "f:1 should start with user keyword followed by the username. " +
      "f:2: Error in applying operation '+nosuch': Unknown command or category name in ACL. " +
      "f:2: Error in applying operation '+@nosuch': Unknown command or category name in ACL. " +
      "WARNING: Duplicate user 'a' found on line 3. " +
      "f:4: Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. " +
      "Try 'resetkeys' to start with an empty list of patterns. " +
      "f:5: Unmatched parenthesis in selector definition." +
      "f:6 should start with user keyword followed by the username. " +
      "'f:7: username 'd\te' contains invalid characters. " +
      "WARNING: ACL errors detected, no change to the previously active ACL rules was performed",
  );
});

test("lines of redis.conf are checked but for commands, which may come to be", () => {
  const lines = new UserLines(rules);
  assert.equal(lines.add("a", ["on", "+nosuch", "(+get", "~x)"], ConfigSource.FILE), null);
  assert.deepEqual(lines.all, [
    { name: "a", rules: ["on", "+nosuch", "(+get ~x)"], source: ConfigSource.FILE, includedRules: null },
  ]);
  assert.match(lines.add("a", ["on"], ConfigSource.FILE)!, /^Error in user declaration 'a': Duplicate user found/);
  assert.equal(lines.add("b", ["oops"], ConfigSource.FILE), "Error in user declaration 'oops': Syntax error");
  assert.match(lines.add("b", ["(+get"], ConfigSource.FILE)!, /'\(\+get': Unmatched parenthesis/);
});

test("a user may be in several sources, of which the later counts wherever it stands", () => {
  const orders = [
    [ConfigSource.INCLUDED, ConfigSource.FILE, ConfigSource.OPTIONS],
    [ConfigSource.OPTIONS, ConfigSource.FILE, ConfigSource.INCLUDED],
  ];
  for (const order of orders) {
    const lines = new UserLines(rules);
    for (const source of order)
      assert.equal(lines.add("a", [["on"], ["off"], ["nopass"], ["nopass"]][source]!, source), null);
    assert.deepEqual(lines.all, [
      { name: "a", rules: ["nopass"], source: ConfigSource.OPTIONS, includedRules: ["on"] },
    ]);
    for (const source of order) assert.match(lines.add("a", ["on"], source)!, /Duplicate user found/);
  }
});

test("words with quotes are quoted for redis.conf", () => {
  const user = rules.create("u");
  rules.applyAll(user, ['~a"b']);
  assert.equal(userLine(user), 'u off sanitize-payload "~a\\"b" resetchannels -@all');
  rules.applyAll(user, ['("~c\'d")']);
  assert.match(userLine(user), /"\(\\"~c'd\\" resetchannels -@all\)"$/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { aclRules, userState } from "../../../test/support/acl-rules.js";
import type { User } from "./user.js";
import { joinSelectors } from "./user-rules.js";

const { table, rules, warnings } = aclRules();
const HASH = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

/** A new user with rules given as words, which must all be right. */
function userOf(line: string): User {
  const user = rules.create("u");
  assert.equal(rules.applyAll(user, joinSelectors(line.split(" ")) as string[]), null);
  return user;
}

function printed(line: string): string {
  return userOf(line).rules.join(" ");
}

function refused(...words: string[]): string | undefined {
  return rules.applyAll(rules.create("u"), words)?.reason;
}

function allowedCount(user: User): number {
  return [...table.declaredEntries()].filter(({ id }) => user.root.allows(id)).length;
}

test("a new user may do nothing, the default user everything", () => {
  assert.equal(rules.create("u").rules.join(" "), "off sanitize-payload resetchannels -@all");
  const user = rules.createDefault();
  assert.equal(user.rules.join(" "), "on nopass sanitize-payload ~* &* +@all");
  assert.equal(user.isUnrestricted, true);
  assert.equal(allowedCount(user), table.idCount);
});

test("a user is unrestricted only while one selector permits everything", () => {
  assert.equal(userOf("+@all ~* &* -get").isUnrestricted, false);
  assert.equal(userOf("+@all ~*").isUnrestricted, false);
  assert.equal(userOf("+@all allkeys allchannels").isUnrestricted, true);
  assert.equal(userOf("+@all -get +get ~* &*").isUnrestricted, true);
  assert.equal(userOf("+@all (~* &*)").isUnrestricted, false);
  assert.equal(userOf("(~* &* +@all)").isUnrestricted, true);
});

test("rules about commands print in their order, a later one replacing those it makes pointless", () => {
  assert.equal(userOf("+get +@string -set").root.commands, "-@all +get +@string -set");
  assert.equal(userOf("+get -get +GET").root.commands, "-@all +get");
  assert.equal(userOf("+config|get +config|set -config").root.commands, "-@all -config");
  assert.equal(userOf("-config +config|get").root.commands, "-@all -config +config|get");
  assert.equal(userOf("+get +@all -flushall").root.commands, "+@all -flushall");
  assert.equal(userOf("+@all -flushall nocommands").root.commands, "-@all");
});

test("a command stands for its subcommands, and a subcommand only for itself", () => {
  const all = userOf("+client");
  const one = userOf("+@all -client +client|id");
  const [client, id, kill] = ["client", "client|id", "client|kill"].map((name) => table.byDeclaredName(name)!.id);
  assert.deepEqual(
    [client, id, kill].map((each) => all.root.allows(each!)),
    [true, true, true],
  );
  assert.deepEqual(
    [client, id, kill].map((each) => one.root.allows(each!)),
    [false, true, false],
  );
});

test("keys and channels print with their permissions, which add up for the same pattern", () => {
  assert.equal(userOf("~a* %R~b* %W~c* %RW~d").root.keys, "~a* %R~b* %W~c* ~d");
  assert.equal(userOf("%R~x %W~x").root.keys, "~x");
  assert.equal(userOf("~a resetkeys ~b").root.keys, "~b");
  assert.equal(userOf("&a &b &a").root.channels, "&a &b");
  assert.equal(printed("on ~a &b +get"), "on sanitize-payload ~a resetchannels &b -@all +get");
});

test("selectors may be spread over several arguments, and print in parentheses", () => {
  assert.equal(
    printed("on (+get ~a) (+set %W~b &c)"),
    "on sanitize-payload resetchannels -@all (~a resetchannels -@all +get) (%W~b resetchannels &c -@all +set)",
  );
  assert.equal(printed("(+get) clearselectors"), "off sanitize-payload resetchannels -@all");
  assert.deepEqual(joinSelectors(["on", "(+get", "~a"]), { unmatched: "(+get" });
});

test("passwords are kept as their SHA-256, and nopass forgets them", () => {
  assert.deepEqual([...userOf(">foo").passwords], [HASH]);
  assert.deepEqual([...userOf(`#${HASH} >foo`).passwords], [HASH]);
  assert.deepEqual([...userOf(`>foo !${HASH} >bar <bar`).passwords], []);
  assert.equal(printed(">foo nopass"), "off nopass sanitize-payload resetchannels -@all");
  assert.equal(printed("nopass >foo resetpass"), "off sanitize-payload resetchannels -@all");
});

test("reset makes a user as new, with the channels new users have", () => {
  const user = userOf("on nopass ~* &* +@all (+get) skip-sanitize-payload reset");
  assert.deepEqual(userState(user), userState(rules.create("u")));
  rules.allChannelsByDefault = true;
  assert.equal(userOf("reset").root.channels, "&*");
  assert.equal(userOf("(+get)").selectors[1]!.channels, "&*");
  rules.allChannelsByDefault = false;
});

test("each mistake has Redis' reason", () => {
  assert.equal(refused("nosuch"), "Syntax error");
  assert.equal(refused("+nosuch"), "Unknown command or category name in ACL");
  assert.equal(refused("+@nosuch"), "Unknown command or category name in ACL");
  assert.equal(refused("+config|nosuch"), "Unknown command or category name in ACL");
  assert.equal(refused("-select|0"), "Unknown command or category name in ACL");
  assert.equal(refused("+config|get|x"), "Allowing first-arg of a subcommand is not supported");
  assert.equal(refused("+select|"), "Syntax error");
  for (const rule of ["%~x", "%RR~x", "%X~x", "~a b", "~a\0b", "&a\tb", "((+get))", "(nosuch)", "%"]) {
    assert.equal(refused(rule), "Syntax error", rule);
  }
  assert.match(refused("~*", "~a")!, /^Adding a pattern after the \* pattern \(or the 'allkeys' flag\)/);
  assert.match(refused("&*", "&a")!, /^Adding a pattern after the \* pattern \(or the 'allchannels' flag\)/);
  assert.match(refused("#abc")!, /^The password hash must be exactly 64 characters/);
  assert.match(refused("<nosuch")!, /^The password you are trying to remove/);
});

test("a first argument of a command can be allowed, with a warning", () => {
  warnings.length = 0;
  const user = userOf("+select|0 +get|X");
  assert.equal(user.root.commands, "-@all +select|0 +get|x");
  assert.match(warnings[0]!, /offender: \+select\|0/);
  assert.equal(userOf("+select|0 +select").root.commands, "-@all +select");
  assert.equal(userOf("+select|0 -select").root.firstArgs?.size, 0);
});

test("what is printed makes the same user, however odd its patterns are", () => {
  const lines = [
    "on nopass ~* &* +@all",
    "on >a >b ~a* %R~b* %W~c &x* +@read +config|get +select|0",
    "+@all -@dangerous -@slow +keys ~a'b",
    "%R~* %W~* ~a",
    "-@all +client -client|kill skip-sanitize-payload",
  ];
  for (const line of lines) {
    const user = userOf(line);
    assert.deepEqual(userState(userOf(user.rules.join(" "))), userState(user), line);
  }
  const quoted = rules.create("u");
  assert.equal(rules.applyAll(quoted, ['("~a\\"b" "~c)" "+get|)" &\')', "(~x +get)"]), null);
  assert.deepEqual(userState(userOf(quoted.rules.join(" "))), userState(quoted));
});

test("several first arguments of a command may be allowed, in any case", () => {
  const user = userOf("+select|0 +SELECT|one +config|get");
  assert.deepEqual([...user.root.firstArgs!.values()], [new Set(["0", "ONE"])]);
  assert.equal(user.root.commands, "-@all +select|0 +select|one +config|get");
  assert.equal(refused("+select|"), "Syntax error");
  assert.equal(refused("+select|a b"), "Syntax error");
  assert.equal(refused("+config|get|x"), "Allowing first-arg of a subcommand is not supported");
  assert.equal(refused("+config|nosuch"), refused("+nosuch"));
});

test("permissions of keys are letters in any order and case; without a pattern they are for the empty one", () => {
  for (const [rule, text] of [
    ["%r~a", "%R~a"],
    ["%W~a", "%W~a"],
    ["%wR~a", "~a"],
    ["%RW~a", "~a"],
    ["%R", "%R~"],
    ["%w", "%W~"],
    ["%rw", "~"],
  ] as const)
    assert.ok(userOf(rule).rules.includes(text), `${rule}: ${printed(rule)}`);
  for (const rule of ["%~a", "%X~a", "%RR~a", "%RWR~a", "%", "%RX", "~a b", "%R~a b", "&a b"])
    assert.equal(refused(rule), "Syntax error", rule);
});

/**
 * Random ACL rules, right and wrong: none may crash, one that is refused changes nothing that was printed before of another user, and
 * what is printed, for ACL LIST and for redis.conf, makes the same user again.
 */
import assert from "node:assert/strict";
import { aclRules, userState } from "../../../test/support/acl-rules.js";
import { fuzz, type SeededRandom } from "../../../test/support/fuzzing.js";
import { ACL_CATEGORIES } from "../../commands/flag-bits.js";
import { tokenize } from "../config/tokenize.js";
import { readUsers, writeUsers } from "./acl-file.js";
import type { User } from "./user.js";
import { userLine } from "./user-lines.js";
import { joinSelectors } from "./user-rules.js";

const { table, rules } = aclRules();
const names = [...table.declaredEntries()].map(({ name }) => name);
const PIECES = [
  "a",
  "key:",
  "*",
  "?",
  "[a-c]",
  "\\",
  '"',
  "'",
  "(",
  ")",
  " ",
  "\0",
  "\t",
  "\xff",
  "|",
  "~",
  "%",
  "&",
  "@",
];
const WORDS = ["on", "off", "nopass", "resetpass", "reset", "allkeys", "resetkeys", "allchannels", "resetchannels"];
const MORE_WORDS = [
  "allcommands",
  "nocommands",
  "clearselectors",
  "skip-sanitize-payload",
  "+@all",
  "-@all",
  "~*",
  "&*",
];

function text(random: SeededRandom): string {
  let made = "";
  for (let i = random.below(5); i > 0; i--) made += random.pick(PIECES);
  return made;
}

function command(random: SeededRandom): string {
  const name = random.chance(0.3) ? `@${random.pick(ACL_CATEGORIES)}` : random.pick(names);
  return random.chance(0.15) ? `${name}|${random.pick(["0", "get", text(random)])}` : name;
}

function rule(random: SeededRandom, depth: number): string {
  const kind = random.below(20);
  if (kind < 7) return (random.chance(0.6) ? "+" : "-") + command(random);
  if (kind < 10) return random.pick(["~", "%R~", "%W~", "%RW~", "%w~", "%", ""]) + text(random);
  if (kind < 12) return `&${text(random)}`;
  if (kind < 14) return random.pick([">", "<"]) + random.pick(["p", "q", text(random)]);
  if (kind < 15) return random.pick(["#", "!"]) + random.pick(["0123456789abcdef".repeat(4), "abc", text(random)]);
  if (kind < 18 && depth === 0) {
    const inner = Array.from({ length: random.below(5) }, () => rule(random, 1));
    return `(${inner.join(" ")}${random.chance(0.9) ? ")" : ""}`;
  }
  const word = random.pick(random.chance(0.7) ? WORDS : MORE_WORDS);
  return random.chance(0.1) ? word.toUpperCase() : word;
}

function copyFrom(words: readonly string[]): User {
  const user = rules.create("u");
  const joined = joinSelectors(words);
  assert.ok(!("unmatched" in joined), words.join(" "));
  assert.equal(rules.applyAll(user, joined), null, words.join(" "));
  return user;
}

function checkPrinted(user: User): void {
  const state = userState(user);
  assert.deepEqual(userState(copyFrom(user.rules)), state);
  const words = tokenize(`user ${userLine(user)}`);
  assert.ok(words !== null);
  assert.deepEqual(userState(copyFrom(words.slice(2))), state);
  const read = readUsers(writeUsers([user]), "file", rules);
  assert.ok(read instanceof Map, String(read));
  assert.deepEqual(userState(read.get("u")!), state);
}

fuzz("user-rules", (random) => {
  rules.allChannelsByDefault = random.chance(0.2);
  const user = rules.create("u");
  for (let step = 0; step < 60; step++) {
    const joined = joinSelectors(Array.from({ length: 1 + random.below(4) }, () => rule(random, 0)));
    if ("unmatched" in joined) continue;
    const trial = rules.create("u");
    trial.become(user);
    const before = userState(user);
    const problem = rules.applyAll(trial, joined);
    assert.deepEqual(userState(user), before);
    if (problem === null) user.become(trial);
    assert.deepEqual(userState(user), problem === null ? userState(trial) : before);
    if (step % 5 === 0) checkPrinted(user);
  }
  checkPrinted(user);
});

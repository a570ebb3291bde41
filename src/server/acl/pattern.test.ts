import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Argv } from "../../bytes/argv.js";
import { globMatcher } from "../../bytes/glob.js";
import { KeyAccess, KeyPattern, Pattern } from "./pattern.js";

const piece = fc.constantFrom("a", "b", "key:", "*", "?", "[ab]", "\\*", "\\", "[", "]", "\xff", "^");
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));

function isMatch(pattern: string, name: string): boolean {
  const { source } = Argv.from([name]);
  return new Pattern(pattern).matches(source, 0, name.length);
}

test("a compiled pattern matches what the glob matches", () => {
  fc.assert(
    fc.property(text, text, (pattern, name) => {
      assert.equal(isMatch(pattern, name), globMatcher(pattern, false)(name));
    }),
    { numRuns: 3000 },
  );
});

test("as in Redis, not even a star matches an empty key", () => {
  assert.equal(isMatch("*", ""), false);
  assert.equal(isMatch("", ""), true);
  assert.equal(isMatch("a*", "a"), true);
});

test("a key pattern prints as the shortest rule for its permissions", () => {
  assert.equal(new KeyPattern("a*", KeyAccess.ALL).rule, "~a*");
  assert.equal(new KeyPattern("a*", KeyAccess.READ).rule, "%R~a*");
  assert.equal(new KeyPattern("*", KeyAccess.ALL).rule, "%RW~*");
  assert.equal(new KeyPattern("a*", KeyAccess.WRITE).rule, "%W~a*");
});

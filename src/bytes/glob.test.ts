import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { globMatcher } from "./glob.js";

const matches = (pattern: string, text: string): boolean => globMatcher(pattern, false)(text);
const matchesIgnoringCase = (pattern: string, text: string): boolean => globMatcher(pattern, true)(text);

test("literals match only themselves", () => {
  assert.ok(matches("key", "key"));
  assert.ok(!matches("key", "keys"));
  assert.ok(!matches("keys", "key"));
  assert.ok(matches("", ""));
  assert.ok(!matches("", "a"));
});

test("a star takes any number of bytes", () => {
  assert.ok(matches("*", "anything"));
  assert.ok(matches("user:*", "user:"));
  assert.ok(matches("user:***", "user:1"));
  assert.ok(matches("*a*b*", "xxaxxbxx"));
  assert.ok(matches("*aab", "aaaaab"));
  assert.ok(matches("h*llo", "heeeello"));
  assert.ok(!matches("h*llo", "heeeellp"));
  assert.ok(!matches("*a*b", "xxbxxa"));
});

test("a star matches a text that ended, but not one that is empty", () => {
  assert.ok(matches("abc*", "abc"));
  assert.ok(!matches("*", ""));
  assert.ok(!matches("abc*d", "abc"));
});

test("a question mark takes exactly one byte", () => {
  assert.ok(matches("h?llo", "hello"));
  assert.ok(!matches("h?llo", "hllo"));
  assert.ok(!matches("?", ""));
});

test("a class takes one of its bytes, ranges in either order", () => {
  assert.ok(matches("h[ae]llo", "hallo"));
  assert.ok(!matches("h[ae]llo", "hillo"));
  assert.ok(matches("h[a-c]llo", "hbllo"));
  assert.ok(matches("h[c-a]llo", "hbllo"));
  assert.ok(matches("h[^e]llo", "hallo"));
  assert.ok(!matches("h[^e]llo", "hello"));
  assert.ok(!matches("[]", "]"));
  assert.ok(matches("[\\]]", "]"));
});

test("an unterminated class ends with the pattern", () => {
  assert.ok(matches("[a", "a"));
  assert.ok(matches("[a-", "-"));
  assert.ok(matches("x[^", "xy"));
  assert.ok(!matches("[", "["));
  assert.ok(matches("[a-]", "a"));
  assert.ok(matches("[a-]b", "b"), "the range a to ] spans _ and ^, and b is a further member");
});

test("a backslash takes the next byte as it is, and is itself at the end of the pattern", () => {
  assert.ok(matches("h\\*llo", "h*llo"));
  assert.ok(!matches("h\\*llo", "hello"));
  assert.ok(matches("a\\", "a\\"));
});

test("case is folded for letters, ranges and members, but not for escaped members", () => {
  assert.ok(matchesIgnoringCase("USER[A-C]?", "userbX"));
  assert.ok(matchesIgnoringCase("[XY]", "y"));
  assert.ok(!matchesIgnoringCase("[\\X]", "x"));
  assert.ok(matchesIgnoringCase("\\X", "x"));
});

test("bytes above 127 order before ASCII in a range", () => {
  assert.ok(matches("[\x80-a]", "\xff"));
  assert.ok(matches("[\x80-\xff]", "\xc3"));
  assert.ok(!matches("[a-z]", "\xc3"));
  assert.ok(matchesIgnoringCase("[\x80-\x90]", "\x85"));
  assert.ok(!matchesIgnoringCase("[\x80-a]", "a"), "folding case makes bytes unsigned, after the ends were ordered");
});

test("abusive patterns end soon", () => {
  const text = "a".repeat(50_000);
  const start = performance.now();
  assert.ok(!matches("a*".repeat(200) + "b", text));
  assert.ok(!matches("*?".repeat(50) + "b", text));
  assert.ok(performance.now() - start < 10_000);
});

test("a pattern with more than a thousand stars matches nothing", () => {
  assert.ok(matches("*a".repeat(1000), "a".repeat(1000)));
  assert.ok(!matches("*a".repeat(1001), "a".repeat(1001)));
});

test("matching equals the recursive definition on random patterns", () => {
  const pattern = fc.string({ unit: fc.constantFrom(..."*?ab[]^-\\cB"), maxLength: 12 });
  const text = fc.string({ unit: fc.constantFrom(..."ab[]-\\cB^"), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, fc.boolean(), (p, t, ignoreCase) => {
      assert.equal(globMatcher(p, ignoreCase)(t), t === "" ? p === "" : referenceMatch(p, t, ignoreCase));
    }),
    { numRuns: 3000 },
  );
});

/** The definition, by translating the pattern to a regular expression. */
function referenceMatch(pattern: string, text: string, ignoreCase: boolean): boolean {
  let source = "";
  const exact = (char: string): string => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  const literal = (char: string): string => {
    const swapped = char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase();
    return ignoreCase ? exact(char) + exact(swapped) : exact(char);
  };
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === "*") source += "[^]*";
    else if (char === "?") source += "[^]";
    else if (char === "[") {
      const negated = pattern[i + 1] === "^";
      if (negated) i++;
      let members = "";
      for (i++; i < pattern.length && pattern[i] !== "]"; i++) {
        if (pattern[i] === "\\" && i + 1 < pattern.length) members += exact(pattern[++i]!);
        else if (i + 2 < pattern.length && pattern[i + 1] === "-") {
          let [low, high] = [pattern[i]!, pattern[i + 2]!].sort() as [string, string];
          if (ignoreCase) [low, high] = [low.toLowerCase(), high.toLowerCase()];
          for (let code = 0; code < 128; code++) {
            const member = String.fromCharCode(code);
            const folded = ignoreCase ? member.toLowerCase() : member;
            if (folded >= low && folded <= high) members += exact(member);
          }
          i += 2;
        } else members += literal(pattern[i]!);
      }
      source += negated ? `[^${members}]` : `[${members}]`;
    } else if (char === "\\" && i + 1 < pattern.length) source += `[${literal(pattern[++i]!)}]`;
    else source += `[${literal(char)}]`;
  }
  return new RegExp(`^${source}$`).test(text);
}

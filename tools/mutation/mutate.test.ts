import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "acorn";
import { mutantsOf } from "./mutate.js";

/** The text of each mutant of `source`. */
const changed = (source: string) =>
  mutantsOf(source).map(({ start, end, text }) => source.slice(0, start) + text + source.slice(end));

test("comparisons, conditions and early returns change", () => {
  assert.deepEqual(changed("function f(a) { if (a < b) return c; }"), [
    "function f(a) { if (true) return c; }",
    "function f(a) { if (false) return c; }",
    "function f(a) { if (!(a < b)) return c; }",
    "function f(a) { if (a <= b) return c; }",
    "function f(a) { if (a >= b) return c; }",
    "function f(a) { if (a < b) c; }",
  ]);
});

test("an operand is dropped, an operator confused, a number is one more or less, a flag the other", () => {
  assert.deepEqual(changed("x = a && 2 || true;"), [
    ";",
    "x = (a && 2);",
    "x = (true);",
    "x = a && 2 && true;",
    "x = (a) || true;",
    "x = (2) || true;",
    "x = a || 2 || true;",
    "x = a && 3 || true;",
    "x = a && 1 || true;",
    "x = a && 2 || false;",
  ]);
});

test("an operator is found behind parentheses and the name of a const enum's member", () => {
  assert.ok(changed("x((a * b) /* A.B */ * c);").includes("x((a * b) /* A.B */ / c);"));
});

test("statements go, but not those that check, declare or construct", () => {
  const removed = mutantsOf(
    "f(); await g(); this.a = b; a?.b(); assert(c); assert.equal(d, e); class A extends B { constructor() { super(); } }",
  )
    .filter(({ kind }) => kind === "statement")
    .map(({ start }) => start);
  assert.equal(removed.length, 4);
  assert.deepEqual(mutantsOf("function verify(a) { return a < 1; } class A { verify() { return 1; } }"), []);
  assert.deepEqual(mutantsOf('throw new Error("x" + 1);'), []);
});

test("text is not subtracted, and a loop is not turned round", () => {
  assert.deepEqual(changed("`a` + b;"), []);
  assert.deepEqual(changed("while (a) b();"), ["while (false) b();", "while (a) ;"]);
  assert.ok(!changed("for (;; i++) b();").some((text) => text.includes("i--")));
});

test("each mutant is a program, and another one", () => {
  const source = `export class A { #b = 0; c(d) { const e = d ? -1 : !d; for (const f of this) { if (!f || f.g) continue; else this.#b++; }
    do { this.#b -= 2; } while (e !== null && this.#b > 0); switch (e) { case 1: return; } return (d | 2) === (e & 4) ? h ?? i : d << 1; } }`;
  const all = changed(source);
  assert.ok(all.length > 40);
  for (const text of all) {
    assert.notEqual(text, source);
    assert.doesNotThrow(() => parse(text, { ecmaVersion: "latest", sourceType: "module" }), text);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Loan } from "./loan.js";

test("a loan and a part of it end once each", () => {
  const loans = new Set<Loan>();
  const loan = new Loan(new Uint8Array(8), loans);
  const part = loan.part(loan.bytes.subarray(4));
  assert.equal(loans.size, 2);
  loan.end();
  part.end();
  assert.equal(loans.size, 0);
  assert.throws(() => loan.end(), { name: "AssertionFailed", message: "a loan has ended twice" });
});

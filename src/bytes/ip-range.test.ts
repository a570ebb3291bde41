import assert from "node:assert/strict";
import { BlockList, isIP } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { isInIpRange, parseIpAddress, parseIpRange } from "./ip-range.js";

function isIn(range: string, host: string): boolean {
  const parsed = parseIpRange(range);
  assert.ok(parsed !== null, range);
  return isInIpRange(parsed, host);
}

test("a range has the addresses that share its prefix", () => {
  assert.ok(isIn("10.0.0.0/8", "10.255.1.2"));
  assert.ok(isIn("10.1.2.3/8", "10.0.0.0"));
  assert.ok(!isIn("10.0.0.0/8", "11.0.0.0"));
  assert.ok(isIn("10.0.0.128/25", "10.0.0.200"));
  assert.ok(!isIn("10.0.0.128/25", "10.0.0.127"));
  assert.ok(isIn("127.0.0.1", "127.0.0.1"));
  assert.ok(!isIn("127.0.0.1", "127.0.0.2"));
  assert.ok(isIn("0.0.0.0/0", "1.2.3.4"));
  assert.ok(isIn("2001:db8::/32", "2001:db8:1::5"));
  assert.ok(!isIn("2001:db8::/32", "2001:db9::"));
  assert.ok(isIn("::1", "0:0:0:0:0:0:0:1"));
  assert.ok(isIn("fe80::/10", "fe80::1%eth0"));
});

test("an IPv4 address is the same when a socket of IPv6 spells it", () => {
  assert.ok(isIn("10.0.0.0/8", "::ffff:10.1.2.3"));
  assert.ok(isIn("::ffff:10.0.0.0/104", "10.1.2.3"));
  assert.ok(!isIn("0.0.0.0/0", "::1"));
  assert.ok(isIn("::/0", "1.2.3.4"));
});

test("what is no address is in no range, and no range", () => {
  assert.ok(!isIn("0.0.0.0/0", ""));
  for (const text of ["", "x", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.1.1.1", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1"])
    assert.equal(parseIpRange(text), null, text);
  for (const text of [
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "::1/129",
    "12345::",
    "::1.2.3",
    "1.2.3.4::",
  ])
    assert.equal(parseIpRange(text), null, text);
});

test("addresses are those that Node knows", () => {
  const piece = fc.constantFrom(":", "::", ".", "0", "1", "a", "ff", "255", "256", "1.2.3.4", "ffff", "%x");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      if (/%$|%.*[:%.]/.test(text) || (text.includes("%") && !text.includes(":"))) return;
      assert.equal(parseIpAddress(text) !== null, isIP(text) !== 0, text);
    }),
    { numRuns: 3000 },
  );
});

test("ranges hold what Node's say they hold", () => {
  const near = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 32 }), near, near, fc.integer({ min: 0, max: 31 }), (bits, b, d, flip) => {
      const address = [10, b, 0, d];
      const other = [...address];
      other[flip >> 3]! ^= 128 >> (flip & 7);
      const list = new BlockList();
      list.addSubnet(address.join("."), bits);
      assert.equal(isIn(`${address.join(".")}/${bits}`, other.join(".")), list.check(other.join(".")));
    }),
  );
});

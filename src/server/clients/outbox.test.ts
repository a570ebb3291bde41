import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "./outbox.js";

function fixture() {
  let scheduled = 0;
  const sent: string[] = [];
  const kept: Uint8Array[] = [];
  const outbox = new Outbox(() => scheduled++);
  const owner = (name: string, takes = true) => ({
    writeOutbox(bytes: Uint8Array): boolean {
      sent.push(`${name}:${Buffer.from(bytes)}`);
      if (!takes) kept.push(bytes);
      return takes;
    },
  });
  const put = (who: ReturnType<typeof owner>, text: string): boolean => {
    return outbox.take(who, Buffer.from(text));
  };
  return { outbox, owner, put, sent, kept, scheduled: () => scheduled };
}

test("what was put in leaves in order, with one call for all of a turn", () => {
  const { outbox, owner, put, sent, scheduled } = fixture();
  const [a, b] = [owner("a"), owner("b")];
  assert.ok(put(a, "one") && put(b, "two"));
  assert.equal(scheduled(), 1);
  outbox.flush();
  assert.deepEqual(sent, ["a:one", "b:two"]);
  outbox.flush();
  assert.ok(put(b, "three"));
  assert.equal(scheduled(), 2);
  outbox.flush();
  assert.deepEqual(sent.slice(2), ["b:three"]);
});

test("long replies, and those there is no room for, are left to their sender", () => {
  const { outbox, owner, put, sent } = fixture();
  assert.ok(!put(owner("long"), "x".repeat(1025)));
  let count = 0;
  while (put(owner("short"), "x".repeat(1000))) count++;
  assert.equal(count, 65);
  outbox.flush();
  assert.equal(sent.length, count);
});

test("bytes that a peer has not taken are left alone", () => {
  const { outbox, owner, put, sent, kept } = fixture();
  put(owner("slow", false), "first");
  outbox.flush();
  put(owner("other"), "again");
  outbox.flush();
  assert.equal(Buffer.from(kept[0]!).toString(), "first");
  assert.deepEqual(sent, ["slow:first", "other:again"]);
});

test("a write that makes its owner send more, or all be sent, neither repeats nor loses anything", () => {
  const sent: string[] = [];
  const outbox = new Outbox(() => {});
  const put = (name: string, text: string, then: () => void = () => {}): void => {
    const owner = {
      writeOutbox(bytes: Uint8Array): boolean {
        sent.push(`${name}:${Buffer.from(bytes)}`);
        then();
        return true;
      },
    };
    assert.ok(outbox.take(owner, Buffer.from(text)));
  };
  put("a", "one", () => {
    put("a", "four");
    outbox.flush();
    put("b", "five");
  });
  put("b", "two");
  put("c", "three", () => outbox.flush());
  outbox.flush();
  assert.deepEqual(sent, ["a:one", "b:two", "c:three", "a:four", "b:five"]);
  put("a", "six");
  outbox.flush();
  assert.deepEqual(sent.slice(5), ["a:six"]);
});

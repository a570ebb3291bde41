import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "../../commands/client.js";
import { Broadcasts } from "./broadcasts.js";

function client(id: number, noLoop = false): Client & { held: number } {
  const made = {
    id,
    tracking: { noLoop },
    held: 0,
    hold: (bytes: number) => {
      made.held += bytes;
    },
  };
  return made as unknown as Client & { held: number };
}

function delivered(broadcasts: Broadcasts): string[] {
  const sent: string[] = [];
  broadcasts.deliver((clients, keys) => {
    sent.push(`${[...clients].map(({ id }) => id).join(",")}: ${keys.join(" ")}`);
  });
  return sent;
}

test("keys go to those whose prefix they begin with, once and in order, prefix by prefix", () => {
  const broadcasts = new Broadcasts();
  const [all, some] = [client(1), client(2)];
  broadcasts.add(all, "");
  broadcasts.add(some, "user:");
  broadcasts.add(all, "user:");
  for (const key of ["user:2", "user", "user:10", "user:2", "\xff", "User:1"]) broadcasts.touched(key, null);
  assert.deepEqual(delivered(broadcasts), ["1: User:1 user user:10 user:2 \xff", "2,1: user:10 user:2"]);
  assert.equal(broadcasts.hasChanges, false);
  assert.deepEqual(delivered(broadcasts), []);
});

test("with NOLOOP a client does not hear of keys that it was the last to change", () => {
  const broadcasts = new Broadcasts();
  const [choosy, other] = [client(1, true), client(2)];
  broadcasts.add(choosy, "");
  broadcasts.add(other, "");
  broadcasts.touched("a", choosy);
  assert.deepEqual(delivered(broadcasts), ["2: a"]);
  broadcasts.touched("a", other);
  broadcasts.touched("a", choosy);
  broadcasts.touched("b", choosy);
  broadcasts.touched("b", null);
  assert.deepEqual(delivered(broadcasts), ["2: a b", "1: b"]);
});

test("a prefix is there as long as somebody has it, and is counted as memory of theirs", () => {
  const broadcasts = new Broadcasts();
  const [a, b] = [client(1), client(2)];
  broadcasts.add(a, "x");
  broadcasts.add(b, "x");
  broadcasts.add(b, "yy");
  assert.ok(a.held > 0);
  assert.equal(broadcasts.prefixCount, 2);
  broadcasts.remove(a, "x");
  broadcasts.remove(a, "yy");
  assert.equal(a.held, 0);
  broadcasts.touched("x", null);
  broadcasts.touched("yyy", null);
  broadcasts.remove(b, "x");
  assert.deepEqual(delivered(broadcasts), ["2: yyy"]);
  broadcasts.remove(b, "yy");
  assert.equal(broadcasts.prefixCount, 0);
  broadcasts.touched("yy", null);
  assert.equal(broadcasts.hasChanges, false);
});

test("a prefix that goes and comes again within a turn has nothing to tell", () => {
  const broadcasts = new Broadcasts();
  const a = client(1);
  broadcasts.add(a, "x");
  broadcasts.touched("x1", null);
  broadcasts.remove(a, "x");
  broadcasts.add(a, "x");
  assert.deepEqual(delivered(broadcasts), []);
  broadcasts.touched("x2", null);
  assert.deepEqual(delivered(broadcasts), ["1: x2"]);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KeySpaceFixture, START_MS } from "../../../test/support/key-space.js";
import { Argv } from "../../bytes/argv.js";
import type { Client } from "../../commands/client.js";
import type { Database } from "../../keyspace/database.js";
import { KeyInterest } from "./key-interest.js";
import { Transactions } from "./transactions.js";

/** Transactions that hear of the changes of a key space. */
class Fixture extends KeySpaceFixture {
  readonly interest = new KeyInterest([1, 2]);
  readonly transactions = new Transactions({ interest: this.interest, acl: null as never, execution: null as never });

  constructor() {
    super();
    this.keyspace.listener = {
      ...this.keyspace.listener,
      touched: (db, argv, i) => {
        const key = this.interest.find(db, argv, i);
        if (key !== null) this.transactions.touched(key, argv, i);
      },
    };
  }

  client(): Client & { held: number } {
    const client = {
      watchDirty: false,
      watchedKeys: 0,
      transaction: null,
      held: 0,
      hold: (bytes: number) => {
        client.held += bytes;
      },
    };
    return client as unknown as Client & { held: number };
  }

  watch(client: Client, ...keys: string[]): void {
    for (const key of keys) this.transactions.watch(client, this.db, Argv.from([key]), 0);
  }

  touch(key: string, db: Database = this.db): void {
    db.touched(Argv.from([key]), 0);
  }
}

test("a write makes those dirty who watch its key in its database, and nobody else", () => {
  const fixture = new Fixture();
  const [a, b, c] = [fixture.client(), fixture.client(), fixture.client()];
  fixture.watch(a, "x", "y");
  fixture.watch(b, "y", "z");
  fixture.transactions.watch(c, fixture.keyspace.database(1), Argv.from(["y"]), 0);
  fixture.touch("y");
  assert.deepEqual([a.watchDirty, b.watchDirty, c.watchDirty], [true, true, false]);
  fixture.touch("y", fixture.keyspace.database(1));
  assert.equal(c.watchDirty, true);
});

test("a key watched twice by a client counts once, for the client as for INFO", () => {
  const fixture = new Fixture();
  const [a, b] = [fixture.client(), fixture.client()];
  fixture.watch(a, "x", "y", "x");
  fixture.watch(b, "x");
  const { transactions } = fixture;
  assert.deepEqual([a.watchedKeys, b.watchedKeys], [2, 1]);
  assert.deepEqual([transactions.watchedKeyCount, transactions.watchingCount], [2, 2]);
  assert.equal(a.held, 2 * b.held);
});

test("UNWATCH leaves nothing behind, in whichever order clients go and whatever was written", () => {
  for (const isWritten of [false, true]) {
    for (const order of ["abc", "cba", "bac", "bca"]) {
      const fixture = new Fixture();
      const clients = new Map([..."abc"].map((name) => [name, fixture.client()]));
      for (const client of clients.values()) fixture.watch(client, "x", "y", "z");
      if (isWritten) fixture.touch("y");
      let rest = 3;
      for (const name of order) {
        const client = clients.get(name)!;
        fixture.transactions.unwatch(client);
        assert.deepEqual([client.held, client.watchedKeys, fixture.transactions.watchingCount], [0, 0, --rest]);
        client.watchDirty = false;
        fixture.touch("x");
        assert.equal(client.watchDirty, false);
      }
      for (const name of order.slice(0, 1)) fixture.transactions.unwatch(clients.get(name)!);
      assert.deepEqual([fixture.interest.count, fixture.transactions.watchedKeyCount], [0, 0]);
    }
  }
});

test("a watch is met once, however often its key is written: many watchers do not slow down the second write", () => {
  const fixture = new Fixture();
  const clients = Array.from({ length: 100 }, () => fixture.client());
  for (const client of clients) fixture.watch(client, "x");
  fixture.touch("x");
  assert.equal(fixture.interest.count, 0);
  for (const client of clients) {
    assert.equal(client.watchDirty, true);
    client.watchDirty = false;
  }
  fixture.touch("x");
  assert.ok(clients.every(({ watchDirty }) => !watchDirty));
});

test("the removal of a key that had expired when it was watched is no change, its return is", () => {
  const fixture = new Fixture();
  fixture.set("x", "1", START_MS + 10);
  fixture.keyspace.setNow(START_MS + 20);
  const client = fixture.client();
  fixture.watch(client, "x");
  assert.equal(fixture.get("x"), null);
  assert.equal(client.watchDirty, false);
  fixture.set("x", "2");
  fixture.touch("x");
  assert.equal(client.watchDirty, true);
});

describe("emptying and exchanging databases", () => {
  test("counts for keys that are there, not for others", () => {
    const fixture = new Fixture();
    fixture.set("there", "1");
    fixture.set("elsewhere", "1", 0, fixture.keyspace.database(1));
    const [a, b] = [fixture.client(), fixture.client()];
    fixture.watch(a, "gone", "there");
    fixture.watch(b, "gone", "elsewhere");
    fixture.transactions.flushing(fixture.keyspace.database(1));
    assert.deepEqual([a.watchDirty, b.watchDirty], [false, false]);
    fixture.transactions.flushing(fixture.db);
    assert.deepEqual([a.watchDirty, b.watchDirty], [true, false]);
    fixture.transactions.flushing(fixture.db, fixture.keyspace.database(1));
    assert.equal(b.watchDirty, true);
  });

  test("looks at a client's keys only until it is known to fail", () => {
    const fixture = new Fixture();
    for (let i = 0; i < 100; i++) fixture.set(`k${i}`, "1");
    const client = fixture.client();
    fixture.watch(client, ...Array.from({ length: 100 }, (_, i) => `k${i}`));
    let asked = 0;
    const { holdsLive } = fixture.db;
    fixture.db.holdsLive = (argv, i) => {
      asked++;
      return holdsLive.call(fixture.db, argv, i);
    };
    fixture.transactions.flushing(null);
    assert.deepEqual([client.watchDirty, asked], [true, 1]);
  });
});

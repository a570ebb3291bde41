import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { embeddedServer } from "../support/embedded.js";
import type { Argument, RespConnection } from "../support/resp-connection.js";

const raw = async (client: RespConnection, ...args: Argument[]): Promise<string> =>
  (await client.send(args)).bytes.toString("latin1");

for (const resp of [2, 3] as const) {
  describe(`RESP${resp}`, () => {
    const nothing = resp === 3 ? "_\r\n" : "*-1\r\n";
    const clients = async (scope: Parameters<typeof embeddedServer>[0]): Promise<RespConnection[]> => {
      const { connect } = await embeddedServer(scope);
      return [await connect({ resp }), await connect({ resp })];
    };

    test("MULTI queues and EXEC runs all at once, whatever fails among them", async (t) => {
      const [client, other] = (await clients(t)) as [RespConnection, RespConnection];
      assert.equal(await raw(client, "MULTI"), "+OK\r\n");
      assert.equal(await raw(client, "SET", "a", "x"), "+QUEUED\r\n");
      assert.equal(await raw(client, "INCR", "a"), "+QUEUED\r\n");
      assert.equal(await raw(client, "GET", "a"), "+QUEUED\r\n");
      assert.equal(await other.call("GET", "a"), null);
      assert.equal(
        await raw(client, "EXEC"),
        "*3\r\n+OK\r\n-ERR value is not an integer or out of range\r\n$1\r\nx\r\n",
      );
      assert.equal(await raw(client, "EXEC"), "-ERR EXEC without MULTI\r\n");
    });

    test("a command that cannot be queued aborts EXEC", async (t) => {
      const [client] = (await clients(t)) as [RespConnection];
      for (const bad of [["NOSUCH"], ["GET"], ["SET", "a"], ["DEBUG", "SLEEP", "0"]]) {
        await client.call("MULTI");
        await client.call("SET", "a", 1);
        assert.equal((await client.send(bad)).isError, true);
        assert.equal(await raw(client, "EXEC"), "-EXECABORT Transaction discarded because of previous errors.\r\n");
        assert.equal(await client.call("EXISTS", "a"), 0);
      }
    });

    test("MULTI within MULTI and WATCH within MULTI are errors that leave the transaction as it is", async (t) => {
      const [client] = (await clients(t)) as [RespConnection];
      await client.call("MULTI");
      assert.equal(await raw(client, "MULTI"), "-ERR MULTI calls can not be nested\r\n");
      assert.equal(await raw(client, "WATCH", "a"), "-ERR WATCH inside MULTI is not allowed\r\n");
      await client.call("SET", "a", 1);
      assert.equal(await raw(client, "EXEC"), "*1\r\n+OK\r\n");
    });

    test("DISCARD forgets what was queued and watched", async (t) => {
      const [client, other] = (await clients(t)) as [RespConnection, RespConnection];
      assert.equal(await raw(client, "DISCARD"), "-ERR DISCARD without MULTI\r\n");
      await client.call("WATCH", "a");
      await client.call("MULTI");
      await client.call("SET", "b", 1);
      assert.equal(await raw(client, "DISCARD"), "+OK\r\n");
      await other.call("SET", "a", 1);
      await client.call("MULTI");
      assert.equal(await raw(client, "EXEC"), "*0\r\n");
      assert.equal(await client.call("EXISTS", "b"), 0);
    });

    test("EXEC answers null when a watched key was touched, by others or by oneself", async (t) => {
      const [client, other] = (await clients(t)) as [RespConnection, RespConnection];
      for (const who of [other, client]) {
        await client.call("WATCH", "a", "b");
        await who.call("SET", "b", 1);
        await client.call("MULTI");
        await client.call("SET", "c", 1);
        assert.equal(await raw(client, "EXEC"), nothing);
        assert.equal(await client.call("EXISTS", "c"), 0);
      }
    });

    test("UNWATCH, a read, a write to another key and one to another database leave EXEC alone", async (t) => {
      const [client, other] = (await clients(t)) as [RespConnection, RespConnection];
      await client.call("SET", "a", 1);
      await client.call("WATCH", "gone");
      await other.call("SET", "gone", 1);
      await client.call("UNWATCH");
      await client.call("WATCH", "a");
      await other.call("GET", "a");
      await other.call("SET", "b", 1);
      await other.call("SELECT", 1);
      await other.call("SET", "a", 1);
      await client.call("MULTI");
      await client.call("GET", "a");
      assert.equal(await raw(client, "EXEC"), "*1\r\n$1\r\n1\r\n");
    });

    test("a watched key that expires, is flushed or moved by SWAPDB counts as touched", async (t) => {
      const [client, other] = (await clients(t)) as [RespConnection, RespConnection];
      const changes: Argument[][] = [["PEXPIREAT", "a", 1], ["FLUSHALL"], ["FLUSHDB", "ASYNC"], ["SWAPDB", 0, 1]];
      for (const change of changes) {
        await client.call("SET", "a", 1);
        await client.call("WATCH", "a");
        await other.call(...change);
        await client.call("MULTI");
        await client.call("PING");
        assert.equal(await raw(client, "EXEC"), nothing, change.join(" "));
      }
    });

    test("what a transaction publishes to its own client follows the reply of EXEC", async (t) => {
      if (resp === 2) return t.skip("a RESP2 subscriber may not run transactions");
      const [client] = (await clients(t)) as [RespConnection];
      const received: Buffer[] = [];
      client.socket.on("data", (chunk) => received.push(chunk));
      client.write("SUBSCRIBE news\r\nMULTI\r\nPUBLISH news hello\r\nGET a\r\nEXEC\r\n");
      for (let i = 0; i < 4; i++) await client.nextReply();
      await client.nextPush();
      await client.nextPush();
      const text = Buffer.concat(received).toString();
      assert.match(text, /\*2\r\n:1\r\n_\r\n>3\r\n\$7\r\nmessage\r\n\$4\r\nnews\r\n\$5\r\nhello\r\n$/);
    });

    test("a client that leaves in MULTI takes its transaction along", async (t) => {
      const [client, other] = (await clients(t)) as [RespConnection, RespConnection];
      await client.call("WATCH", "a");
      await client.call("MULTI");
      await client.call("SET", "a", 1);
      await client.close();
      assert.equal(await other.call("EXISTS", "a"), 0);
      assert.equal(await other.call("SET", "a", 2), "OK");
    });
  });
}

test("CLIENT INFO inside EXEC shows the transaction, and no more afterwards", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("MULTI");
  await client.call("CLIENT", "INFO");
  const [inside] = (await client.call("EXEC")) as string[];
  assert.match(inside!, / flags=x .* multi=1 /);
  assert.match(String(await client.call("CLIENT", "INFO")), / flags=N .* multi=-1 /);
});

test("CLIENT INFO names the last command whether it could run or not", async (t) => {
  const { connect } = await embeddedServer(t);
  const [client, observer] = [await connect(), await connect()];
  const id = Number(await client.call("CLIENT", "ID"));
  for (const [args, name] of [
    [["GET"], "get"],
    [["NOSUCH"], "NULL"],
  ] as const) {
    await client.send(args);
    assert.match(String(await observer.call("CLIENT", "LIST", "ID", id)), new RegExp(` cmd=${name} `));
  }
});

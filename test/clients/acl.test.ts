/** The usual clients logging in as users. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis as Redis5 } from "ioredis";
import { Redis as Redis6 } from "ioredis6";
import * as redis4 from "redis4";
import * as redis5 from "redis5";
import * as redis6 from "redis6";
import { RespConnection } from "../support/resp-connection.js";
import { type RunningServer, startServer } from "../support/servers.js";

const USERNAME = "app";
const PASSWORD = "pässword with spaces";
const NO_KEY = /NOPERM No permissions to access a key/;
const NO_COMMAND = /NOPERM User app has no permissions to run the 'flushall' command/;

let server: RunningServer;
before(async () => {
  server = await startServer();
  const admin = await RespConnection.connect(server.port);
  const password = Buffer.from(`>${PASSWORD}`);
  await admin.call("ACL", "SETUSER", USERNAME, "on", password, "~app:*", "&app:*", "+@all", "-@dangerous", "+info");
  await admin.call("ACL", "SETUSER", "default", "off");
  await admin.close();
});
after(() => server.stop());

for (const [name, Client] of [
  ["ioredis 5", Redis5],
  ["ioredis 6", Redis6 as unknown as typeof Redis5],
] as const) {
  test(`${name} logs in as a user and is told what he may not do`, async () => {
    const redis = new Client({ port: server.port, username: USERNAME, password: PASSWORD });
    assert.equal(await redis.set("app:1", "x"), "OK");
    assert.equal(await redis.acl("WHOAMI"), USERNAME);
    await assert.rejects(redis.get("other"), NO_KEY);
    await assert.rejects(redis.flushall(), NO_COMMAND);
    assert.equal(await redis.subscribe("app:news"), 1);
    await assert.rejects(redis.subscribe("news"), /NOPERM No permissions to access a channel/);
    redis.disconnect();
  });

  test(`${name} is turned away with a wrong password`, async () => {
    const redis = new Client({
      port: server.port,
      username: USERNAME,
      password: "wrong",
      lazyConnect: true,
      retryStrategy: null,
    });
    redis.on("error", () => {});
    await assert.rejects(redis.get("app:1"), /WRONGPASS|NOAUTH/);
    redis.disconnect();
  });
}

/** What these tests use of node-redis. */
interface Client {
  connect(): Promise<unknown>;
  on(event: string, listener: () => void): unknown;
  set(key: string, value: string): Promise<unknown>;
  get(key: string): Promise<unknown>;
  sendCommand(args: string[]): Promise<unknown>;
  aclWhoAmI(): Promise<string>;
  aclGetUser(name: string): Promise<unknown>;
  quit(): Promise<unknown>;
}

describe("node-redis", () => {
  for (const [name, { createClient }] of Object.entries({ 4: redis4, 5: redis5, 6: redis6 })) {
    const create = createClient as unknown as (options: object) => Client;
    const socket = () => ({ port: server.port, reconnectStrategy: false });

    test(`${name} logs in as a user and is told what he may not do`, async () => {
      const client = create({ socket: socket(), username: USERNAME, password: PASSWORD });
      await client.connect();
      assert.equal(await client.set("app:1", "x"), "OK");
      assert.equal(await client.aclWhoAmI(), USERNAME);
      await assert.rejects(client.get("other"), NO_KEY);
      await assert.rejects(client.sendCommand(["FLUSHALL"]), NO_COMMAND);
      await client.quit();
    });

    test(`${name} is turned away with a wrong password`, async () => {
      const client = create({ socket: socket(), username: USERNAME, password: "wrong" });
      client.on("error", () => {});
      await assert.rejects(client.connect(), /WRONGPASS/);
    });
  }
});

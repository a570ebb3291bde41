/** Sessions of web applications: express-session, which connect-redis lets keep its data here through node-redis. */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { once } from "../support/time-limit.js";
import { applications } from "./applications.js";

/** What is used of express-session and connect-redis, which come without types that fit. */
interface Session {
  visits?: number;
  destroy(done: (error?: Error | null) => void): void;
}
type Middleware = (
  request: IncomingMessage & { session?: Session },
  response: ServerResponse,
  next: () => void,
) => void;
interface Store {
  length(): Promise<number>;
  ids(): Promise<string[]>;
  all(): Promise<{ id: string; visits: number }[]>;
  clear(): Promise<void>;
}
const require = createRequire(import.meta.url);
const session = require("express-session") as (options: object) => Middleware;
const { RedisStore } = require("connect-redis") as { RedisStore: new (options: object) => Store };

/** A web server that counts the visits of each session; /look only reads, /leave ends the session. */
async function website(store: Store, maxAge: number): Promise<Server> {
  const sessions = session({
    store,
    secret: "keyboard cat",
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge },
  });
  const server = createServer((request: IncomingMessage & { session?: Session }, response) => {
    sessions(request, response, () => {
      const mine = request.session!;
      if (request.url === "/leave") return mine.destroy((error) => response.end(error ? "failed" : "left"));
      if (request.url !== "/look") mine.visits = (mine.visits ?? 0) + 1;
      response.end(String(mine.visits ?? 0));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Visits a page; returns its text, and the cookie of the session. */
async function visit(server: Server, path: string, cookie?: string): Promise<{ text: string; cookie: string }> {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, cookie === undefined ? {} : { headers: { cookie } });
  const sent = response.headers.get("set-cookie");
  return { text: await response.text(), cookie: sent?.split(";")[0] ?? cookie ?? "" };
}

applications("sessions", ({ io, node, another }) => {
  test("a session is stored, found again, touched and ended", async (t) => {
    const store = new RedisStore({ client: node(), prefix: "myapp:" });
    const server = await website(store, 600_000);
    t.after(() => server.close());

    const first = await visit(server, "/");
    assert.equal(first.text, "1");
    const [key] = await io().keys("myapp:*");
    assert.equal(JSON.parse((await io().get(key!))!).visits, 1);
    const ttl = (await io().ttl(key!)) as number;
    assert.ok(ttl > 540 && ttl <= 600, `${ttl}`);
    assert.equal((await visit(server, "/", first.cookie)).text, "2");
    assert.equal((await visit(server, "/")).text, "1", "another visitor");

    // A visit that changes nothing only makes the session live longer.
    await io().expire(key!, 100);
    assert.equal((await visit(server, "/look", first.cookie)).text, "2");
    assert.ok((await io().ttl(key!)) > 590);

    assert.equal((await visit(server, "/leave", first.cookie)).text, "left");
    assert.equal(await io().exists(key!), 0);
    assert.equal((await visit(server, "/look", first.cookie)).text, "0");
  });

  test("a session ends when its time is over", async (t) => {
    await io().config("SET", "notify-keyspace-events", "Ex");
    const watcher = another();
    await watcher.subscribe("__keyevent@0__:expired");
    const expired = once(watcher, "message");
    const server = await website(new RedisStore({ client: node() }), 1000);
    t.after(() => server.close());
    const { cookie } = await visit(server, "/");
    const [key] = await io().keys("sess:*");
    assert.deepEqual(await expired, ["__keyevent@0__:expired", key]);
    assert.equal((await visit(server, "/look", cookie)).text, "0");
  });

  test("an administrator sees all sessions, and ends them", async (t) => {
    const store = new RedisStore({ client: node(), scanCount: 10 });
    const server = await website(store, 600_000);
    t.after(() => server.close());
    await io().set("other", "data");
    await Promise.all(Array.from({ length: 50 }, () => visit(server, "/")));
    assert.equal(await store.length(), 50);
    assert.equal(new Set(await store.ids()).size, 50);
    assert.ok((await store.all()).every(({ visits }) => visits === 1));
    await store.clear();
    assert.deepEqual(await io().keys("*"), ["other"]);
  });
});

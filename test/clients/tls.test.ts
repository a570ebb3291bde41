/** Clients and Redis' own tools over TLS. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { Redis as Redis5 } from "ioredis";
import { Redis as Redis6 } from "ioredis6";
import { createClient } from "redis6";
import { pem } from "../support/certificates.js";
import { until } from "../support/embedded.js";
import { freePort } from "../support/ports.js";
import { type RunningServer, skipWithout, startServer } from "../support/servers.js";
import { once } from "../support/time-limit.js";
import { type Identities, makeIdentities } from "../support/tls.js";

const run = promisify(execFile);

describe("over TLS, with certificates on both sides", { skip: skipWithout("openssl") }, () => {
  let identities: Identities;
  let server: RunningServer;
  let port: number;
  before(async () => {
    identities = makeIdentities();
    port = await freePort();
    const { cert, key } = identities.server;
    const files = ["--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", identities.authority.cert];
    server = await startServer({ port: 0, args: ["--tls-port", String(port), ...files] });
  });
  after(async () => {
    await server?.stop();
    identities?.remove();
  });
  const tlsOptions = () => ({
    ca: pem(identities.authority.cert),
    cert: pem(identities.client.cert),
    key: pem(identities.client.key),
  });

  for (const [name, Client] of [
    ["ioredis 5", Redis5],
    ["ioredis 6", Redis6 as unknown as typeof Redis5],
  ] as const) {
    test(`${name} sets and gets, pipelines and subscribes`, async () => {
      const redis = new Client({ host: "127.0.0.1", port, tls: tlsOptions() });
      const value = Buffer.alloc(1_000_000, "v");
      assert.equal(await redis.set("big", value), "OK");
      assert.ok(value.equals((await redis.getBuffer("big"))!));
      const pipeline = redis.pipeline();
      for (let i = 0; i < 5000; i++) pipeline.set(`p:${i}`, i).get(`p:${i}`);
      const results = (await pipeline.exec())!;
      assert.equal(results[9999]![1], "4999");
      const subscriber = redis.duplicate();
      await subscriber.subscribe("news");
      const message = once(subscriber, "message");
      await redis.publish("news", "hello");
      assert.deepEqual(await message, ["news", "hello"]);
      await subscriber.quit();
      await redis.quit();
    });
  }

  test("node-redis on RESP3 sets and gets, pipelines and subscribes", async () => {
    const client = createClient({ socket: { host: "127.0.0.1", port, tls: true, ...tlsOptions() } });
    await client.connect();
    assert.equal(await client.set("k", "v"), "OK");
    const values = await Promise.all(Array.from({ length: 5000 }, () => client.get("k")));
    assert.ok(values.every((value) => value === "v"));
    const subscriber = client.duplicate();
    await subscriber.connect();
    const message = new Promise((resolve) => void subscriber.subscribe("news", resolve));
    while ((await client.publish("news", "hello")) === 0) {}
    assert.equal(await message, "hello");
    subscriber.destroy();
    await client.close();
  });

  const toolOptions = () => {
    const { cert, key } = identities.client;
    return ["-p", String(port), "--tls", "--cacert", identities.authority.cert, "--cert", cert, "--key", key];
  };

  test("redis-cli runs commands, and fails without a certificate", { skip: skipWithout("redis-cli") }, async () => {
    assert.equal((await run("redis-cli", [...toolOptions(), "SET", "k", "v"])).stdout, "OK\n");
    assert.equal((await run("redis-cli", [...toolOptions(), "-3", "GET", "k"])).stdout, "v\n");
    const withoutCertificate = ["-p", String(port), "--tls", "--cacert", identities.authority.cert, "PING"];
    await assert.rejects(run("redis-cli", withoutCertificate));
    const logged = "Error accepting a client connection: peer did not return a certificate (addr=";
    await until("it is logged", () => server.output().includes(logged));
  });

  test("redis-benchmark runs with pipelines", { skip: skipWithout("redis-benchmark") }, async () => {
    const args = ["-t", "ping,set,get,lpush,lrange_100", "-n", "2000", "-c", "20", "-P", "16", "-q"];
    const { stdout } = await run("redis-benchmark", [...toolOptions(), ...args]);
    assert.match(stdout, /LRANGE_100 \(first 100 elements\): \d+/);
  });
});

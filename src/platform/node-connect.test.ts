import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type Certificate, pem } from "../../test/support/certificates.js";
import { skipWithout } from "../../test/support/servers.js";
import { temporaryDirectory } from "../../test/support/temporary-directory.js";
import { identitiesFor } from "../../test/support/tls.js";
import { Region } from "../bytes/region.js";
import type { ByteStream, ConnectOptions } from "./network.js";
import { createNodeNetwork } from "./node-network.js";
import type { TlsAcceptance, TlsSettings } from "./tls.js";

const network = createNodeNetwork();
const COMMON = { keepAliveSeconds: 300, timeoutMs: 10_000 };

/** A server that sends everything back, and what to reach it with. */
async function echo(
  t: { after(action: () => void): void },
  where: { host: string } | { path: string },
  tls?: () => TlsAcceptance,
) {
  const input = Region.allocate(65536);
  const listener = await network.listen(input, {
    ...where,
    ...(tls === undefined ? {} : { tls }),
    keepAliveSeconds: () => 0,
    onStream(stream) {
      stream.handler = {
        onData: (length) => void stream.write(Buffer.from(input.u8.subarray(0, length))),
        onDrain() {},
        onEnd: () => stream.end(),
        onClose() {},
      };
    },
  });
  // A listener ends with its connections, and those of peers that did not trust it end when they like.
  t.after(() => void listener.close());
  return { ...where, port: listener.port };
}

async function roundTrip(options: ConnectOptions): Promise<string> {
  const input = Region.allocate(65536);
  const stream: ByteStream = await network.connect(input, options).stream;
  let received = "";
  const closed = new Promise<void>((resolve) => {
    stream.handler = {
      onData(length) {
        received += Buffer.from(input.u8.subarray(0, length)).toString();
        if (received === "hello") stream.end();
      },
      onDrain() {},
      onEnd() {},
      onClose: () => resolve(),
    };
  });
  stream.write(Buffer.from("hello"));
  stream.resumeReading();
  await closed;
  return received;
}

test("connects over TCP, and has its ends' addresses", { timeout: 20_000 }, async (t) => {
  const server = await echo(t, { host: "127.0.0.1" });
  assert.equal(await roundTrip({ ...server, ...COMMON }), "hello");
  const stream = await network.connect(Region.allocate(64), { ...server, ...COMMON, localAddress: "127.0.0.2" }).stream;
  assert.equal(stream.ends.peerAddress, `127.0.0.1:${server.port}`);
  assert.match(stream.ends.localAddress, /^127\.0\.0\.2:\d+$/);
  stream.destroy();
});

test("connects to a Unix socket", { timeout: 20_000 }, async (t) => {
  const path = join(temporaryDirectory(t), "socket");
  await echo(t, { path });
  assert.equal(await roundTrip({ path, ...COMMON }), "hello");
});

test("a refused connection, a name that is none, and one given up are errors with their code", {
  timeout: 20_000,
}, async (t) => {
  const server = await echo(t, { host: "127.0.0.1" });
  const gone = await network.listen(Region.allocate(64), {
    host: "127.0.0.1",
    keepAliveSeconds: () => 0,
    onStream() {},
  });
  await gone.close();
  const input = Region.allocate(64);
  await assert.rejects(network.connect(input, { host: "127.0.0.1", port: gone.port, ...COMMON }).stream, {
    code: "ECONNREFUSED",
  });
  const connecting = network.connect(input, { ...server, ...COMMON });
  connecting.cancel();
  await assert.rejects(connecting.stream, { code: "ECANCELED" });
  await assert.rejects(network.connect(input, { path: "/no/such/socket", ...COMMON }).stream, { code: "ENOENT" });
});

const skipTls = skipWithout("openssl");

function tlsSettings(cert: Certificate, authority: string): TlsSettings {
  return {
    cert: pem(cert.cert),
    key: pem(cert.key),
    passphrase: null,
    authorities: [pem(authority)],
    dhParams: null,
    versions: ["TLSv1.2", "TLSv1.3"],
    ciphers: null,
    cipherSuites: null,
    prefersServerCiphers: false,
    sessionSeconds: 300,
  };
}

test("connects over TLS, and only to who has a certificate of the right authority", {
  timeout: 20_000,
  skip: skipTls,
}, async (t) => {
  const identities = identitiesFor(t);
  const { authority, server, client, strangerAuthority } = identities;
  const acceptance = {
    context: network.createTlsContext(tlsSettings(server, authority.cert)),
    clientCertificates: "yes" as const,
  };
  const address = await echo(t, { host: "127.0.0.1" }, () => acceptance);
  const context = network.createTlsContext(tlsSettings(client, authority.cert));
  const tls = { context, serverName: null };
  assert.equal(await roundTrip({ ...address, ...COMMON, tls }), "hello");
  const mistrusting = network.createTlsContext(tlsSettings(client, strangerAuthority.cert));
  const refused = network.connect(Region.allocate(64), {
    ...address,
    ...COMMON,
    tls: { context: mistrusting, serverName: null },
  });
  await assert.rejects(refused.stream, /certificate|issuer/);
});

test("what takes too long is given up", { timeout: 20_000, skip: skipTls }, async (t) => {
  const identities = identitiesFor(t);
  const context = network.createTlsContext(tlsSettings(identities.client, identities.authority.cert));
  // It takes the connection and says nothing, so the handshake never ends.
  const silent = await network.listen(Region.allocate(65536), {
    host: "127.0.0.1",
    keepAliveSeconds: () => 0,
    onStream() {},
  });
  t.after(() => void silent.close());
  const options = {
    host: "127.0.0.1",
    port: silent.port,
    keepAliveSeconds: 0,
    timeoutMs: 50,
    tls: { context, serverName: null },
  };
  await assert.rejects(network.connect(Region.allocate(64), options).stream, { code: "ETIMEDOUT" });
});

/** TLS beside plain ports: handshakes, certificates of clients, changes by CONFIG SET, and all that streams of bytes have to bear. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { connect as connectPlain } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { pathToFileURL } from "node:url";
import { createServer } from "../../src/index.js";
import { encryptedKey, hashedName, pem } from "../support/certificates.js";
import { infoField, until } from "../support/embedded.js";
import { freePort } from "../support/ports.js";
import { encodeCommand, RespConnection } from "../support/resp-connection.js";
import { serverFor, skipWithout, startServer } from "../support/servers.js";
import { once } from "../support/time-limit.js";
import { type Identities, makeIdentities, secureSocket, tlsServer } from "../support/tls.js";
import { clientPath, isWindows } from "../support/unix-socket.js";

const UPDATE_PROBLEM = "Unable to update TLS configuration. Check server logs.";

/** Why a connection cannot be used: the first error, or "closed". "PONG" when it can. */
async function fate(connecting: Promise<RespConnection>): Promise<string> {
  try {
    const connection = await connecting;
    return String(await connection.call("PING"));
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code ?? message;
  }
}

describe("TLS", { skip: skipWithout("openssl") }, () => {
  let identities: Identities;
  before(() => {
    identities = makeIdentities();
  });
  after(() => identities?.remove());

  test("a TLS port serves beside the plain one and the Unix socket, with one data set", async (t) => {
    const path = join(identities.directory, "beside.sock");
    const server = await tlsServer(t, identities, { unixsocket: path });
    const secure = await server.secure();
    const plain = await server.plain();
    const unix = await RespConnection.connect(clientPath(path));
    assert.equal(await secure.call("SET", "k", "v"), "OK");
    assert.equal(await plain.call("GET", "k"), "v");
    assert.equal(await unix.call("GET", "k"), "v");
    const line = String(await secure.call("CLIENT", "INFO"));
    const { localPort } = secure.socket;
    assert.match(
      line,
      new RegExp(` addr=127.0.0.1:${localPort} laddr=127.0.0.1:${server.tlsPort} fd=${isWindows ? "-1" : "[1-9]"}`),
    );
    const info = String(await plain.call("INFO", "server"));
    assert.match(info, new RegExp(`tcp_port:${server.plainPort}\r\n`));
    assert.match(info, new RegExp(`\r\nlistener0:name=tcp,bind=127.0.0.1,port=${server.plainPort}\r\n`));
    assert.match(info, new RegExp(`\r\nlistener1:name=unix,bind=${path}\r\n`));
    assert.match(info, new RegExp(`\r\nlistener2:name=tls,bind=127.0.0.1,port=${server.tlsPort}\r\n`));
    await unix.close();
  });

  test("with port 0 the command serves TLS alone, and does not start without a certificate", async (t) => {
    const tlsPort = await freePort();
    const files = ["--tls-cert-file", identities.server.cert, "--tls-key-file", identities.server.key];
    const args = ["--tls-port", String(tlsPort), "--tls-auth-clients", "no"];
    const server = await serverFor(t, { port: 0, args: [...args, ...files] });
    assert.match(server.output(), /Ready to accept connections tls/);
    const connection = RespConnection.over(await secureSocket(tlsPort, identities.authority));
    assert.equal(await connection.call("PING"), "PONG");
    assert.equal(await infoField(connection, "tcp_port"), String(tlsPort));
    await connection.close();
    await assert.rejects(startServer({ port: 0, args }), /No tls-cert-file configured!/);
    const needsAuthority = ["--tls-port", String(tlsPort), ...files];
    await assert.rejects(startServer({ port: 0, args: needsAuthority }), /Either tls-ca-cert-file or tls-ca-cert-dir/);
    const missing = [...args, "--tls-cert-file", "/none.crt", "--tls-key-file", identities.server.key];
    await assert.rejects(startServer({ port: 0, args: missing }), /Failed to load certificate: \/none\.crt/);
  });

  test("a server without tls-port does not load Node's TLS, CONFIG SET tls-port does", async () => {
    const url = pathToFileURL(join(process.cwd(), "dist/redstart.js")).href;
    const script = `
      const { createServer } = await import(${JSON.stringify(url)});
      const hasTls = () => process.moduleLoadList.includes("Internal Binding tls_wrap");
      const server = await createServer();
      const socket = (await import("node:net")).connect(server.port, "127.0.0.1");
      socket.write("PING\\r\\n");
      await new Promise((resolve) => socket.once("data", resolve));
      const before = hasTls();
      const set = ${JSON.stringify(["CONFIG", "SET", "tls-auth-clients", "no", "tls-cert-file", identities.server.cert, "tls-key-file", identities.server.key, "tls-port", String(await freePort())])};
      socket.write(set.map((word) => JSON.stringify(word)).join(" ") + "\\r\\n");
      const reply = await new Promise((resolve) => socket.once("data", resolve));
      console.log(before, hasTls(), String(reply).trim());
      socket.destroy();
      await server.close();`;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    assert.equal(output, "false true +OK\n");
  });

  test("tls-auth-clients yes wants a certificate of a known authority, optional takes none, no asks for none", async (t) => {
    const server = await tlsServer(t, identities, { "tls-auth-clients": "yes" });
    const plain = await server.plain();
    const { client, stranger } = identities;
    assert.equal(await fate(server.secure(client)), "PONG");
    assert.notEqual(await fate(server.secure()), "PONG");
    assert.notEqual(await fate(server.secure(stranger)), "PONG");
    assert.notEqual(await fate(server.secure(null, { maxVersion: "TLSv1.2" })), "PONG");
    assert.notEqual(await fate(server.secure(stranger, { maxVersion: "TLSv1.2" })), "PONG");
    await plain.call("CONFIG", "SET", "tls-auth-clients", "optional");
    assert.equal(await fate(server.secure()), "PONG");
    assert.equal(await fate(server.secure(client)), "PONG");
    assert.notEqual(await fate(server.secure(stranger)), "PONG");
    await plain.call("CONFIG", "SET", "tls-auth-clients", "no");
    assert.equal(await fate(server.secure()), "PONG");
    assert.equal(await fate(server.secure(stranger)), "PONG");
    await plain.call("CONFIG", "SET", "tls-auth-clients", "yes");
    assert.notEqual(await fate(server.secure()), "PONG");
    await until("the refused are gone", async () => (await infoField(plain, "connected_clients")) === "6");
  });

  test("authorities come from a directory as OpenSSL looks for them there, and nothing else is trusted", async (t) => {
    const authorities = join(identities.directory, "authorities");
    mkdirSync(authorities);
    copyFileSync(identities.authority.cert, join(authorities, hashedName(identities.authority.cert)));
    copyFileSync(identities.strangerAuthority.cert, join(authorities, "other.pem"));
    const server = await tlsServer(t, identities, {
      "tls-auth-clients": "yes",
      "tls-ca-cert-file": "",
      "tls-ca-cert-dir": authorities,
    });
    assert.equal(await fate(server.secure(identities.client)), "PONG");
    assert.notEqual(await fate(server.secure(identities.stranger)), "PONG");
  });

  test("a session is resumed, but not once certificates are asked for, nor with tls-session-caching no", async (t) => {
    const server = await tlsServer(t, identities);
    const plain = await server.plain();
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const first = await server.secure(null, { maxVersion });
      let session = (first.socket as TLSSocket).getSession();
      first.socket.on("session", (newer: Buffer) => (session = newer as Buffer<ArrayBuffer>));
      await first.call("PING");
      const isReused = async (): Promise<boolean> => {
        const connection = await server.secure(null, { session: session!, maxVersion });
        await connection.call("PING");
        return (connection.socket as TLSSocket).isSessionReused();
      };
      assert.equal(await isReused(), true, maxVersion);
      await plain.call("CONFIG", "SET", "tls-auth-clients", "yes");
      assert.notEqual(await fate(server.secure(null, { session: session!, maxVersion })), "PONG");
      await plain.call("CONFIG", "SET", "tls-auth-clients", "no", "tls-session-caching", "no");
      assert.equal(await isReused(), false, maxVersion);
      await plain.call("CONFIG", "SET", "tls-session-caching", "yes");
    }
  });

  test("CONFIG SET loads another certificate for new connections; the old ones go on", async (t) => {
    const server = await tlsServer(t, identities);
    const old = await server.secure();
    assert.equal(await server.shownName(), "server-one");
    const second = identities.authority.issue("server-two");
    await old.call("CONFIG", "SET", "tls-cert-file", second.cert, "tls-key-file", second.key);
    assert.equal(await server.shownName(), "server-two");
    assert.equal(await old.call("PING"), "PONG");
    // The files may change under their names: setting them again loads them again.
    copyFileSync(identities.server.cert, second.cert);
    copyFileSync(identities.server.key, second.key);
    assert.equal(await server.shownName(), "server-two");
    await old.call("CONFIG", "SET", "tls-cert-file", second.cert);
    assert.equal(await server.shownName(), "server-one");
  });

  test("CONFIG SET of what cannot be used fails and leaves everything as it was", async (t) => {
    const server = await tlsServer(t, identities);
    const plain = await server.plain();
    const garbage = join(identities.directory, "garbage.pem");
    writeFileSync(garbage, "garbage");
    const wrong: [name: string, value: string][] = [
      ["tls-cert-file", "/none.crt"],
      ["tls-cert-file", garbage],
      ["tls-cert-file", ""],
      ["tls-cert-file", identities.client.cert],
      ["tls-key-file", garbage],
      ["tls-key-file", identities.client.key],
      ["tls-ca-cert-file", garbage],
      ["tls-dh-params-file", garbage],
      ["tls-ciphers", "NO-SUCH-CIPHER"],
      ["tls-ciphersuites", "NO-SUCH-SUITE"],
      ["tls-ciphersuites", "TLS_NO_SUCH_SUITE"],
      ["tls-protocols", "TLSv1.2  TLSv1.3"],
      ["tls-protocols", "TLSv1.4"],
    ];
    const before = await plain.call("CONFIG", "GET", "tls-*");
    for (const [name, value] of wrong) {
      await assert.rejects(plain.call("CONFIG", "SET", "timeout", 100, name, value), {
        message: `ERR CONFIG SET failed (possibly related to argument '${name}') - ${UPDATE_PROBLEM}`,
      });
      assert.equal(await server.shownName(), "server-one", `${name} ${value}`);
    }
    assert.deepEqual(await plain.call("CONFIG", "GET", "tls-*"), before);
    assert.deepEqual(await plain.call("CONFIG", "GET", "timeout"), ["timeout", "0"]);
  });

  test("an encrypted key needs its passphrase", async (t) => {
    const server = await tlsServer(t, identities);
    const plain = await server.plain();
    const key = encryptedKey(identities.server.key, "s3cret");
    const set = (...pairs: string[]) => plain.call("CONFIG", "SET", ...pairs);
    await assert.rejects(set("tls-key-file", key), { message: new RegExp(UPDATE_PROBLEM) });
    await assert.rejects(set("tls-key-file", key, "tls-key-file-pass", "wrong"), {
      message: new RegExp(UPDATE_PROBLEM),
    });
    assert.equal(await set("tls-key-file", key, "tls-key-file-pass", "s3cret"), "OK");
    assert.equal(await fate(server.secure()), "PONG");
  });

  test("tls-protocols limits the versions, gaps included", async (t) => {
    const server = await tlsServer(t, identities);
    const plain = await server.plain();
    const works = async (version: "TLSv1.1" | "TLSv1.2" | "TLSv1.3") => {
      // Old versions are below the level of security OpenSSL starts with.
      const ciphers = "DEFAULT@SECLEVEL=0";
      return (await fate(server.secure(null, { minVersion: version, maxVersion: version, ciphers }))) === "PONG";
    };
    const working = async () => [await works("TLSv1.1"), await works("TLSv1.2"), await works("TLSv1.3")];
    assert.deepEqual(await working(), [false, true, true]);
    await plain.call("CONFIG", "SET", "tls-protocols", "TLSv1.2");
    assert.deepEqual(await working(), [false, true, false]);
    await plain.call("CONFIG", "SET", "tls-protocols", "tlsv1.3");
    assert.deepEqual(await working(), [false, false, true]);
    await plain.call("CONFIG", "SET", "tls-protocols", "TLSv1.1 TLSv1.3", "tls-ciphers", "DEFAULT@SECLEVEL=0");
    assert.deepEqual(await working(), [true, false, true]);
    await plain.call("CONFIG", "SET", "tls-protocols", "", "tls-ciphers", "");
    assert.deepEqual(await working(), [false, true, true]);
  });

  test("tls-ciphers, tls-ciphersuites and tls-prefer-server-ciphers decide which cipher is used", async (t) => {
    const server = await tlsServer(t, identities);
    const plain = await server.plain();
    const cipher = async (options: object): Promise<string> => {
      const connection = await server.secure(null, options);
      const { name } = (connection.socket as TLSSocket).getCipher();
      await connection.close();
      return name;
    };
    const [weak, strong] = ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"];
    const old = { maxVersion: "TLSv1.2" };
    await plain.call("CONFIG", "SET", "tls-ciphers", `${weak}:${strong}`);
    assert.equal(await cipher({ ...old, ciphers: `${strong}:${weak}` }), strong);
    await plain.call("CONFIG", "SET", "tls-prefer-server-ciphers", "yes");
    assert.equal(await cipher({ ...old, ciphers: `${strong}:${weak}` }), weak);
    await plain.call("CONFIG", "SET", "tls-ciphers", weak);
    assert.notEqual(await fate(server.secure(null, { ...old, ciphers: strong } as object)), "PONG");
    await plain.call("CONFIG", "SET", "tls-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256");
    assert.equal(await cipher({}), "TLS_CHACHA20_POLY1305_SHA256");
  });

  test("CONFIG SET moves the TLS port, closes it with 0 and swaps it with the plain one", async (t) => {
    const server = await tlsServer(t, identities);
    const secure = await server.secure();
    const reaches = (port: number) => fate(secureSocket(port, identities.authority).then(RespConnection.over));
    const moved = await freePort();
    assert.equal(await secure.call("CONFIG", "SET", "tls-port", moved), "OK");
    assert.equal(await reaches(moved), "PONG");
    assert.equal(await reaches(server.tlsPort), "ECONNREFUSED");
    assert.equal(await secure.call("CONFIG", "SET", "tls-port", 0), "OK");
    assert.equal(await reaches(moved), "ECONNREFUSED");
    assert.equal(await secure.call("CONFIG", "SET", "port", server.tlsPort), "OK");
    assert.equal(await fate(RespConnection.connect(server.tlsPort)), "PONG");
    await assert.rejects(secure.call("CONFIG", "SET", "tls-port", server.tlsPort), {
      message:
        "ERR CONFIG SET failed (possibly related to argument 'tls-port') - " +
        "Unable to listen on this port. Check server logs.",
    });
    assert.equal(await secure.call("CONFIG", "SET", "bind", "127.0.0.1 127.0.0.2", "tls-port", moved), "OK");
    assert.equal(await reaches(moved), "PONG");
  });

  test("a plain client on the TLS port, and one that sends nothing, are cut without harm to others", async (t) => {
    const server = await tlsServer(t, identities);
    const secure = await server.secure();
    const plain = connectPlain(server.tlsPort, "127.0.0.1");
    const silent = connectPlain(server.tlsPort, "127.0.0.1");
    await Promise.all([once(plain, "connect"), once(silent, "connect")]);
    plain.on("error", () => {});
    plain.write("PING\r\n");
    plain.resume();
    await once(plain, "close");
    await until("both are known", async () => (await infoField(secure, "connected_clients")) === "2");
    assert.match(String(await secure.call("CLIENT", "LIST")), / cmd=NULL /);
    silent.on("error", () => {});
    silent.destroy();
    await until("both are gone", async () => (await infoField(secure, "connected_clients")) === "1");
  });

  test("a client over maxclients is dropped before a handshake", async (t) => {
    const server = await tlsServer(t, identities, { maxclients: 1 });
    const secure = await server.secure();
    assert.match(await fate(server.secure()), /ECONNRESET|closed|disconnected/);
    assert.equal(await infoField(secure, "rejected_connections"), "1");
  });

  test("big values and long pipelines come through whole, in both directions", async (t) => {
    const server = await tlsServer(t, identities);
    const secure = await server.secure();
    const value = Buffer.alloc(20_000_003);
    for (let i = 0; i < value.length; i++) value[i] = (i * 7 + (i >> 8)) & 255;
    assert.equal(await secure.call("SET", "big", value), "OK");
    const { value: back } = await secure.send(["GET", "big"]);
    assert.ok(Buffer.from(String(back), "latin1").equals(value));
    const count = 20_000;
    const commands: Buffer[] = [];
    for (let i = 0; i < count; i++)
      commands.push(encodeCommand(["SET", `key:${i}`, `value:${i}`]), encodeCommand(["GET", `key:${i}`]));
    secure.write(Buffer.concat(commands));
    for (let i = 0; i < count; i++) {
      await secure.nextReply();
      assert.equal((await secure.nextReply()).value, `value:${i}`);
    }
  });

  test("commands split into records of one byte are put together", async (t) => {
    const server = await tlsServer(t, identities);
    const secure = await server.secure();
    const bytes = Buffer.concat([encodeCommand(["SET", "split", "a value"]), encodeCommand(["GET", "split"])]);
    for (const byte of bytes) secure.write(Uint8Array.of(byte));
    await secure.nextReply();
    assert.equal((await secure.nextReply()).value, "a value");
  });

  test("a client that does not read is held back, not others, and gets everything when it reads", async (t) => {
    const server = await tlsServer(t, identities);
    const client = await server.secure();
    await client.call("SET", "big", "x".repeat(1_000_000));
    const reader = await server.socket();
    reader.pause();
    reader.write(Buffer.concat(Array.from({ length: 300 }, () => encodeCommand(["GET", "big"]))));
    const omem = async (): Promise<number> => {
      const lines = String(await client.call("CLIENT", "LIST")).split("\n");
      return Number(/ omem=(\d+)/.exec(lines.find((line) => line.includes("cmd=get"))!)?.[1]);
    };
    await client.call("PING");
    await until("it is held back", async () => (await omem()) > 60_000_000);
    assert.ok((await omem()) < 80_000_000);
    let received = 0;
    reader.on("data", (chunk) => (received += chunk.length));
    reader.resume();
    await until("all has come", () => received === 300 * ("$1000000\r\n\r\n".length + 1_000_000));
  });

  test("pushes reach TLS clients while they send commands themselves", async (t) => {
    const server = await tlsServer(t, identities);
    const subscriber = await server.secure();
    const publisher = await server.secure();
    await subscriber.call("SUBSCRIBE", "news");
    const count = 5000;
    publisher.write(
      Buffer.concat(Array.from({ length: count }, (_, i) => encodeCommand(["PUBLISH", "news", `n${i}`]))),
    );
    for (let i = 0; i < count; i++) {
      assert.deepEqual((await subscriber.nextReply()).value, ["message", "news", `n${i}`]);
      assert.equal((await publisher.nextReply()).value, 1);
    }
  });

  test("QUIT, CLIENT KILL and the end of the server end a connection in order, with a close_notify", {
    timeout: 120_000,
  }, async (t) => {
    const tlsPort = await freePort();
    const server = await createServer({
      "tls-port": tlsPort,
      "tls-cert-file": identities.server.cert,
      "tls-key-file": identities.server.key,
      "tls-auth-clients": "no",
    });
    t.after(() => server.close());
    // Node's own client does not say whether there was one; openssl's prints each message of the protocol.
    const args = [
      "s_client",
      "-connect",
      `127.0.0.1:${tlsPort}`,
      "-CAfile",
      identities.authority.cert,
      "-msg",
      "-ign_eof",
    ];
    const start = async (name: string) => {
      const child = spawn("openssl", args, { stdio: ["pipe", "pipe", "ignore"] });
      let output = "";
      child.stdout.on("data", (chunk) => (output += chunk));
      const closed = once(child, "close").then(() => output);
      child.stdin.write(`CLIENT SETNAME ${name}\r\n`);
      await until("it is there", () => output.includes("+OK"));
      return { child, closed };
    };
    const [quits, killed, remaining] = await Promise.all(["quits", "killed", "remaining"].map(start));
    const control = await RespConnection.connect(server.port);
    const lines = String(await control.call("CLIENT", "LIST")).split("\n");
    const id = /^id=(\d+)/.exec(lines.find((line) => line.includes(" name=killed "))!)![1]!;
    const closeNotify = /<<< TLS 1\.3, Alert \[length 0002\], warning close_notify/;
    quits!.child.stdin.write("QUIT\r\n");
    assert.match(await quits!.closed, closeNotify);
    assert.equal(await control.call("CLIENT", "KILL", "ID", id), 1);
    assert.match(await killed!.closed, closeNotify);
    await server.close();
    assert.match(await remaining!.closed, closeNotify);
    await control.close();
  });

  test("a certificate for the wrong authority is noticed by the client", async (t) => {
    const server = await tlsServer(t, identities);
    const socket = connectTls({ port: server.tlsPort, host: "127.0.0.1", ca: pem(identities.strangerAuthority.cert) });
    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    assert.match(String(error.code), /UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET/);
  });
});

import assert from "node:assert/strict";
import { connect as connectSocket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";
import { RespConnection } from "../support/resp-connection.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { clientPath, isWindows } from "../support/unix-socket.js";

/** The fields CLIENT LIST has for the client of this name. */
async function fieldsOf(observer: RespConnection, name: string): Promise<Record<string, string>> {
  const line = String(await observer.call("CLIENT", "LIST"))
    .split("\n")
    .find((candidate) => candidate.includes(` name=${name} `));
  assert.ok(line !== undefined, `no client named ${name}`);
  return Object.fromEntries(
    line.split(" ").map((field) => [field.split("=")[0]!, field.slice(field.indexOf("=") + 1)]),
  );
}

test("a line of CLIENT LIST has the fields of Redis 7.2 in their order, and those of Redis 8 behind them", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect({ resp: 3 });
  const line = String(await client.call("CLIENT", "INFO"));
  const names = line
    .trimEnd()
    .split(" ")
    .map((field) => field.split("=")[0]!);
  // The kernel's figures follow where they can be had.
  const own = names.filter((name) => !name.startsWith("tcp-"));
  assert.deepEqual(names.slice(0, own.length), own);
  assert.equal(
    own.join(" "),
    "id addr laddr fd name age idle flags db sub psub ssub multi watch qbuf qbuf-free argv-mem multi-mem rbs rbp obl oll " +
      "omem tot-mem events cmd user redir resp lib-name lib-ver tot-net-in tot-net-out tot-cmds",
  );
  assert.equal(/ fd=[1-9]/.test(line), !isWindows);
  assert.match(line, / fd=-?\d+ .* argv-mem=10 .* events=r cmd=client\|info user=default redir=-1 resp=3 lib-name= /);
});

test("the letters of a client's flags say what it does", async (t) => {
  const { connect } = await embeddedServer(t);
  const [observer, client] = [await connect(), await connect()];
  await client.call("CLIENT", "SETNAME", "me");
  const flags = async (): Promise<string> => (await fieldsOf(observer, "me"))["flags"]!;
  assert.equal(await flags(), "N");
  await client.call("CLIENT", "NO-EVICT", "ON");
  await client.call("CLIENT", "NO-TOUCH", "ON");
  assert.equal(await flags(), "eT");
  await client.call("WATCH", "a", "b", "a");
  await client.call("MULTI");
  await client.call("SET", "queued", "value");
  assert.equal(await flags(), "xeT");
  await observer.call("SET", "a", 1);
  const fields = await fieldsOf(observer, "me");
  assert.equal(fields["flags"], "xdeT");
  assert.equal(fields["watch"], "2");
  assert.equal(fields["multi"], "1");
  assert.ok(Number(fields["multi-mem"]) > 0);
  await client.call("RESET");
  await client.call("CLIENT", "SETNAME", "me");
  assert.equal(await flags(), "N");
  void client.send(["BLPOP", "nothing", 0]).catch(() => {});
  await until("it waits", async () => (await flags()) === "b");
  assert.equal((await fieldsOf(observer, "me"))["argv-mem"], "13");
});

test("what of a command has arrived is shown as parsed arguments and as bytes still to be parsed", async (t) => {
  const { connect } = await embeddedServer(t);
  const [observer, client] = [await connect(), await connect()];
  await client.call("CLIENT", "SETNAME", "me");
  client.write("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100\r\nabc");
  await until("it is there", async () => (await fieldsOf(observer, "me"))["qbuf"] !== "0");
  const fields = await fieldsOf(observer, "me");
  assert.deepEqual([fields["qbuf"], fields["argv-mem"]], ["3", "4"]);
  assert.ok(Number(fields["qbuf-free"]) > 97);
  assert.ok(Number(fields["tot-mem"]) > Number(fields["qbuf-free"]));
});

test("traffic is counted once, for each client and for all, whichever way replies take", async (t) => {
  const { connect } = await embeddedServer(t);
  const [observer, client, subscriber] = [await connect(), await connect(), await connect()];
  await client.call("CLIENT", "SETNAME", "me");
  await subscriber.call("CLIENT", "SETNAME", "subscriber");
  await subscriber.call("SUBSCRIBE", "channel");
  const outputOf = async (name: string) => Number((await fieldsOf(observer, name))["tot-net-out"]);
  const before = { input: Number((await fieldsOf(observer, "me"))["tot-net-in"]), me: await outputOf("me") };
  const subscriberBefore = await outputOf("subscriber");
  const popped = client.send(["BLPOP", "list", 0]);
  await until("it waits", async () => (await fieldsOf(observer, "me"))["flags"] === "b");
  assert.equal(Number((await fieldsOf(observer, "me"))["tot-net-in"]), before.input + 32);
  await infoField(observer, "total_net_output_bytes");
  const all = Number(await infoField(observer, "total_net_output_bytes"));
  const more = Number(await infoField(observer, "total_net_output_bytes"));
  await observer.call("RPUSH", "list", "a");
  await observer.call("PUBLISH", "channel", "hello");
  const sum = Number(await infoField(observer, "total_net_output_bytes"));
  const reply = (await popped).bytes.length;
  const message = "*3\r\n$7\r\nmessage\r\n$7\r\nchannel\r\n$5\r\nhello\r\n".length;
  // The reply of INFO is as long each time, give or take the digits that change.
  const expected = more + (more - all) + reply + message + ":1\r\n".length * 2;
  assert.ok(Math.abs(sum - expected) < 20, `${sum} instead of ${expected}`);
  assert.equal(await outputOf("me"), before.me + reply);
  assert.equal(await outputOf("subscriber"), subscriberBefore + message);
});

test("output that is not taken is shown with the memory it needs", async (t) => {
  const { server, connect } = await embeddedServer(t);
  const observer = await connect();
  const socket = connectSocket(server.port, "127.0.0.1");
  t.after(() => void socket.destroy());
  socket.pause();
  await observer.call("SET", "big", "x".repeat(1_000_000));
  socket.write(`CLIENT SETNAME me\r\n${"GET big\r\n".repeat(30)}`);
  await until("it waits", async () => (await fieldsOf(observer, "me"))["oll"] !== "0");
  const fields = await fieldsOf(observer, "me");
  assert.match(fields["events"]!, /w$/);
  assert.ok(Number(fields["omem"]) >= 1_000_000);
  assert.ok(Number(fields["tot-mem"]) > Number(fields["omem"]));
});

test("addresses of IPv6 have brackets, those of a Unix socket its path", async (t) => {
  const path = join(temporaryDirectory(t), "socket");
  const { server } = await embeddedServer(t, { bind: "127.0.0.1 -::1", unixsocket: path });
  const local = await RespConnection.connect(clientPath(path));
  t.after(() => local.close());
  assert.ok(String(await local.call("CLIENT", "INFO")).includes(` addr=${path}:0 laddr=${path}:0 fd=`));
  assert.match(String(await local.call("CLIENT", "INFO")), / flags=U /);
  const socket = connectSocket(server.port, "::1");
  const isThere = await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  });
  if (!isThere) return t.diagnostic("no IPv6 here");
  t.after(() => void socket.destroy());
  const own = `[::1]:${socket.localPort}`;
  const list = String(await local.call("CLIENT", "LIST"));
  assert.ok(list.includes(` addr=${own} laddr=[::1]:${server.port} `), list);
  assert.equal(await local.call("CLIENT", "KILL", own), "OK");
});

test("a client that has not said who it is counts as the default user", async (t) => {
  const { connect } = await embeddedServer(t, { requirepass: "secret" });
  const [observer, stranger] = [await connect(), await connect()];
  await observer.call("AUTH", "secret");
  assert.match(String(await observer.call("CLIENT", "LIST")), /cmd=NULL user=default /);
  assert.equal(await observer.call("CLIENT", "KILL", "USER", "default"), 1);
  await stranger.closed;
});

test("INFO knows the largest buffers of the last seconds", async (t) => {
  const { connect } = await embeddedServer(t, { hz: 100 });
  const [observer, client] = [await connect(), await connect()];
  client.write("*2\r\n$4\r\nECHO\r\n$300000\r\nx");
  await until(
    "a cron saw it",
    async () => Number(await infoField(observer, "client_recent_max_input_buffer")) >= 300_000,
  );
  await client.close();
  assert.ok(Number(await infoField(observer, "client_recent_max_input_buffer")) >= 300_000);
});

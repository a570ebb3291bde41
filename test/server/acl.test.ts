/** Users over a socket: who may log in, what he may do then, what is noted, and who is cut off. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { embeddedServer, infoField } from "../support/embedded.js";
import type { RespConnection } from "../support/resp-connection.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const NOPERM_KEY = /^Error: NOPERM No permissions to access a key$/;
const NOPERM_CHANNEL = /^Error: NOPERM No permissions to access a channel$/;

async function error(connection: RespConnection, line: string): Promise<string> {
  return connection.call(...line.split(" ")).then(
    () => "none",
    (problem: Error) => problem.message,
  );
}

/** The newest entry of ACL LOG. */
async function lastRefusal(connection: RespConnection): Promise<Record<string, unknown>> {
  const [entry] = (await connection.call("ACL", "LOG", 1)) as unknown[][];
  const fields: Record<string, unknown> = {};
  for (let i = 0; i < entry!.length; i += 2) fields[String(entry![i])] = entry![i + 1];
  return fields;
}

test("a user logs in with one of his passwords while he is enabled", async (t) => {
  const { connect } = await embeddedServer(t);
  const [admin, client] = [await connect(), await connect()];
  await admin.call("ACL", "SETUSER", "ann", ">one", ">two", "+ping", "+acl|whoami");
  assert.match(await error(client, "AUTH ann one"), /^WRONGPASS invalid username-password pair or user is disabled\.$/);
  await admin.call("ACL", "SETUSER", "ann", "on");
  assert.equal(await client.call("AUTH", "ann", "two"), "OK");
  assert.equal(await client.call("ACL", "WHOAMI"), "ann");
  await admin.call("ACL", "SETUSER", "ann", "<one", "off");
  assert.equal(await client.call("PING"), "PONG");
  await admin.call("ACL", "SETUSER", "ann", "on");
  assert.match(await error(client, "AUTH ann one"), /^WRONGPASS/);
  assert.match(await error(client, "AUTH nosuch one"), /^WRONGPASS/);
  assert.equal(await client.call("ACL", "WHOAMI"), "ann");
  assert.equal(await client.call("RESET"), "RESET");
  assert.equal(await client.call("ACL", "WHOAMI"), "default");
  await client.call("HELLO", 3, "AUTH", "ann", "two");
  assert.equal(await client.call("ACL", "WHOAMI"), "ann");
});

test("the name of a user may have any bytes but blanks", async (t) => {
  const { connect } = await embeddedServer(t);
  for (const resp of [2, 3] as const) {
    const client = await connect({ resp });
    await client.call("ACL", "SETUSER", "\xfc", "on", "nopass", "+@all");
    await client.call("AUTH", "\xfc", "x");
    for (const call of [
      ["ACL", "WHOAMI"],
      ["ACL", "USERS"],
      ["ACL", "LIST"],
      ["CLIENT", "INFO"],
      ["CLIENT", "LIST"],
    ]) {
      const { bytes } = await client.send(call);
      assert.match(bytes.toString("latin1"), /[ \n=]\xfc[ \r]/, call.join(" "));
    }
  }
});

test("requirepass is a password of the default user, who can have others and be disabled", async (t) => {
  const { connect } = await embeddedServer(t, { requirepass: "secret" });
  const client = await connect();
  assert.match(await error(client, "PING"), /^NOAUTH/);
  await client.call("AUTH", "secret");
  await client.call("ACL", "SETUSER", "default", ">more");
  await client.call("AUTH", "more");
  await client.call("ACL", "SETUSER", "default", "nopass");
  const other = await connect();
  assert.equal(await other.call("PING"), "PONG");
  assert.match(await error(other, "AUTH x"), /^ERR AUTH <password> called without any password configured/);
  await client.call("ACL", "SETUSER", "default", "off");
  assert.match(await error(await connect(), "PING"), /^NOAUTH/);
  assert.equal(await other.call("PING"), "PONG");
});

test("a client that came before the default user needed no password is let in when he needs none again", async (t) => {
  const { connect } = await embeddedServer(t, { requirepass: "secret" });
  const [admin, client] = [await connect(), await connect()];
  await admin.call("AUTH", "secret");
  assert.match(await error(client, "GET a"), /^NOAUTH/);
  await admin.call("CONFIG", "SET", "requirepass", "");
  assert.equal(await client.call("GET", "a"), null);
  await admin.call("ACL", "SETUSER", "default", "-get");
  assert.match(await error(client, "GET a"), /^NOPERM User default has no permissions to run the 'get' command$/);
  await admin.call("CONFIG", "SET", "requirepass", "again");
  assert.match(await error(client, "SET a 1"), /^NOAUTH/);
});

test("what is refused is counted, and noted with its reason and context", async (t) => {
  const { connect } = await embeddedServer(t);
  const [admin, client] = [await connect(), await connect()];
  await admin.call("ACL", "SETUSER", "bob", "on", ">p", "~b*", "&c*", "+get", "+publish", "+multi", "+exec");
  await error(client, "AUTH bob wrong");
  let entry = await lastRefusal(admin);
  assert.deepEqual([entry["reason"], entry["object"], entry["username"]], ["auth", "AUTH", "bob"]);
  await client.call("AUTH", "bob", "p");
  assert.equal(await error(client, "SET b 1"), "NOPERM User bob has no permissions to run the 'set' command");
  entry = await lastRefusal(admin);
  assert.deepEqual([entry["reason"], entry["object"], entry["context"]], ["command", "set", "toplevel"]);
  assert.match(String(entry["client-info"]), /^id=\d+ .* cmd=set user=bob /);
  await assert.rejects(client.call("GET", "a"), NOPERM_KEY);
  await assert.rejects(client.call("GET", "a"), NOPERM_KEY);
  entry = await lastRefusal(admin);
  assert.deepEqual([entry["reason"], entry["object"], entry["count"]], ["key", "a", 2]);
  await assert.rejects(client.call("PUBLISH", "d", "x"), NOPERM_CHANNEL);
  assert.equal((await lastRefusal(admin))["reason"], "channel");
  await client.call("MULTI");
  assert.match(await error(client, "CONFIG GET a"), /'config\|get' command$/);
  assert.match(await error(client, "EXEC"), /^EXECABORT/);
  entry = await lastRefusal(admin);
  assert.deepEqual([entry["object"], entry["context"]], ["config|get", "multi"]);
  assert.ok(Number(entry["age-seconds"]) >= 0);
  for (const [field, count] of Object.entries({ auth: 1, cmd: 2, key: 2, channel: 1 })) {
    assert.equal(await infoField(admin, `acl_access_denied_${field}`), String(count));
  }
  await admin.call("ACL", "LOG", "RESET");
  assert.deepEqual(await admin.call("ACL", "LOG"), []);
});

test("EXEC refuses queued commands that are not allowed any more, and runs the others", async (t) => {
  const { connect } = await embeddedServer(t);
  const [admin, client] = [await connect(), await connect()];
  await admin.call("ACL", "SETUSER", "eve", "on", "nopass", "~*", "+@all");
  await client.call("AUTH", "eve", "x");
  await client.call("MULTI");
  for (const call of ["SET a 1", "GET b", "ACL SETUSER eve -incr", "INCR c"]) await client.call(...call.split(" "));
  await admin.call("ACL", "SETUSER", "eve", "resetkeys", "~a");
  const { bytes } = await client.send(["EXEC"]);
  const refused =
    "-NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. " +
    "This command is no longer allowed for the following reason: ";
  assert.equal(
    bytes.toString(),
    `*4\r\n+OK\r\n${refused}no permission to touch the specified keys\r\n+OK\r\n` +
      `${refused}no permission to execute the command or subcommand\r\n`,
  );
  assert.equal((await lastRefusal(admin))["context"], "multi");
  const stats = String(await admin.call("INFO", "errorstats", "commandstats"));
  assert.match(stats, /errorstat_NOPERM:count=2/);
  assert.match(stats, /cmdstat_exec:calls=1,.*failed_calls=0/);
});

test("commands within EXEC see their client in a transaction, and so does the log", async (t) => {
  const { connect } = await embeddedServer(t);
  const [admin, client] = [await connect(), await connect()];
  await admin.call("ACL", "SETUSER", "eve", "on", "nopass", "~*", "&*", "+@all");
  await client.call("AUTH", "eve", "x");
  await client.call("MULTI");
  for (const call of ["CLIENT INFO", "AUTH nobody x", "PUBLISH news x"]) await client.call(...call.split(" "));
  await admin.call("ACL", "SETUSER", "eve", "resetchannels");
  const { bytes } = await client.send(["EXEC"]);
  assert.match(bytes.toString(), / flags=x .* multi=3 /);
  assert.match(bytes.toString(), /no permission to access one of the channels used as arguments\r\n$/);
  let entry = await lastRefusal(admin);
  assert.deepEqual([entry["reason"], entry["object"], entry["context"]], ["channel", "news", "multi"]);
  assert.match(String(entry["client-info"]), / flags=x .* multi=3 .* cmd=exec /);
  await client.call("MULTI");
  await client.call("AUTH", "nobody", "x");
  await client.call("EXEC");
  entry = await lastRefusal(admin);
  assert.deepEqual([entry["reason"], entry["context"], entry["count"]], ["auth", "multi", 2]);
  assert.match(String(await client.call("CLIENT", "INFO")), / flags=N .* multi=-1 .* multi-mem=0 /);
});

test("a command that waited for a key is refused when its user may not use the key any more", async (t) => {
  const { connect } = await embeddedServer(t);
  const [admin, client] = [await connect(), await connect()];
  await admin.call("ACL", "SETUSER", "eve", "on", "nopass", "~*", "+blpop");
  await client.call("AUTH", "eve", "x");
  const popped = client.call("BLPOP", "list", 0);
  await admin.call("ACL", "SETUSER", "eve", "resetkeys");
  await admin.call("LPUSH", "list", "a");
  await assert.rejects(popped, NOPERM_KEY);
  assert.match(String((await lastRefusal(admin))["client-info"]), / flags=N /);
  assert.match(String(await admin.call("INFO", "commandstats")), /cmdstat_blpop:calls=0,usec=0,.*rejected_calls=1/);
});

test("connections of a deleted user are closed, one's own after the reply", async (t) => {
  const { connect } = await embeddedServer(t);
  const [admin, client, own] = [await connect(), await connect(), await connect()];
  await admin.call("ACL", "SETUSER", "eve", "on", "nopass", "~*", "&*", "+@all");
  await client.call("AUTH", "eve", "x");
  await own.call("AUTH", "eve", "x");
  assert.equal(await own.call("ACL", "DELUSER", "eve", "nosuch"), 1);
  await Promise.all([client.closed, own.closed]);
  assert.deepEqual(await admin.call("ACL", "USERS"), ["default"]);
  assert.match(await error(admin, "ACL DELUSER default"), /^ERR The 'default' user cannot be removed$/);
});

describe("a subscriber whose user loses channels", () => {
  for (const [subscription, rules, isCut] of [
    ["SUBSCRIBE a1", "&a*", false],
    ["SUBSCRIBE a1", "&b*", true],
    ["PSUBSCRIBE a*", "&a*", false],
    ["PSUBSCRIBE a1", "&a*", true],
    ["SSUBSCRIBE a1", "&b*", true],
    ["SUBSCRIBE a1", "allchannels", false],
    ["SUBSCRIBE a1", "(&a1 +get)", false],
  ] as const) {
    test(`${subscription} is ${isCut ? "cut off" : "left alone"} with ${rules}`, async (t) => {
      const { connect } = await embeddedServer(t);
      const [admin, client] = [await connect(), await connect({ resp: 3 })];
      await admin.call("ACL", "SETUSER", "eve", "on", "nopass", "+@all", "&*");
      await client.call("AUTH", "eve", "x");
      client.write(`${subscription}\r\n`);
      await client.nextPush();
      await admin.call("ACL", "SETUSER", "eve", "resetchannels", rules);
      if (isCut) await client.closed;
      else assert.equal(await client.call("PING"), "PONG");
    });
  }
});

test("SORT needs to read every key for what BY and GET name", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("RPUSH", "k:1", 2, 1);
  await client.call("ACL", "SETUSER", "sam", "on", "nopass", "+@all", "~k:*", "%W~*");
  await client.call("AUTH", "sam", "x");
  assert.deepEqual(await client.call("SORT", "k:1"), ["1", "2"]);
  assert.deepEqual(await client.call("SORT", "k:1", "BY", "nothing"), ["2", "1"]);
  assert.match(
    await error(client, "SORT k:1 BY w*"),
    /^ERR BY option of SORT denied due to insufficient ACL permissions\.$/,
  );
  assert.match(await error(client, "SORT k:1 GET #"), /^ERR GET option of SORT denied/);
  await client.call("ACL", "SETUSER", "sam", "%R~*");
  assert.deepEqual(await client.call("SORT", "k:1", "BY", "w*", "GET", "#"), ["1", "2"]);
});

test("no key is missed, however often and wherever a command names it", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("ACL", "SETUSER", "x", "+@all", "~k", "~ok", "~streams");
  const refused = async (line: string): Promise<string | undefined> => {
    const answer = String(await client.call("ACL", "DRYRUN", "x", ...line.split(" ")));
    return / access the '(.*)' key$/.exec(answer)?.[1];
  };
  assert.equal(await refused("GEORADIUS k 1 1 9 m STORE ok STORE bad"), "bad");
  assert.equal(await refused("GEORADIUS k 1 1 9 m STOREDIST ok STOREDIST bad"), "bad");
  assert.equal(await refused("GEORADIUSBYMEMBER k m 9 m STORE ok STOREDIST ok STORE bad"), "bad");
  assert.equal(await refused("GEORADIUSBYMEMBER k store 9 m STORE ok STOREDIST ok"), undefined);
  assert.equal(await refused("XREADGROUP COUNT 1 GROUP g streams STREAMS bad >"), "bad");
  assert.equal(await refused("XREADGROUP GROUP streams GROUP NOACK BLOCK 0 STREAMS k streams bad > > >"), "bad");
  assert.equal(await refused("XREADGROUP NOACK GROUP streams streams STREAMS k streams > >"), undefined);
  assert.equal(await refused("XREADGROUP NOACK NOACK NOACK STREAMS bad 0"), "bad", "though it will fail");
  assert.equal(await refused("SORT k STORE ok STORE bad"), "bad");
});

test("ACL DRYRUN says what would become of a command", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  assert.deepEqual(await client.call("ACL", "SETUSER", "x", "+select|0"), "OK");
  assert.equal(
    await client.call("ACL", "DRYRUN", "x", "select", "1"),
    "User x has no permissions to run the 'select' command",
  );
  assert.equal(await client.call("ACL", "DRYRUN", "x", "SELECT", "0"), "OK");
  await client.call("ACL", "SETUSER", "x", "+get");
  assert.equal(
    await client.call("ACL", "DRYRUN", "x", "get", "a\0\xff"),
    "User x has no permissions to access the 'a\0\xff' key",
  );
  assert.match(await error(client, "ACL DRYRUN x nosuch"), /^ERR Command 'nosuch' not found$/);
  assert.match(await error(client, "ACL DRYRUN nosuch get a"), /^ERR User 'nosuch' not found$/);
});

test("acl-pubsub-default gives new users and selectors all channels", async (t) => {
  const { connect } = await embeddedServer(t, { "acl-pubsub-default": "allchannels" });
  const client = await connect({ resp: 3 });
  await client.call("ACL", "SETUSER", "a", "(+get)");
  const user = (await client.call("ACL", "GETUSER", "a")) as Map<string, unknown>;
  assert.equal(user.get("channels"), "&*");
  assert.equal((user.get("selectors") as Map<string, unknown>[])[0]!.get("channels"), "&*");
  assert.deepEqual(user.get("flags"), new Set(["off", "sanitize-payload"]));
  await client.call("CONFIG", "SET", "acl-pubsub-default", "resetchannels");
  await client.call("ACL", "SETUSER", "b");
  assert.equal(((await client.call("ACL", "GETUSER", "b")) as Map<string, unknown>).get("channels"), "");
});

describe("the ACL file", () => {
  test("is read at the start, by ACL LOAD, and written by ACL SAVE", async (t) => {
    const dir = temporaryDirectory(t);
    const file = join(dir, "users.acl");
    writeFileSync(file, "user ann on nopass ~* +@all\nuser default on nopass &* ~* +@all\n");
    const { connect } = await embeddedServer(t, { dir, aclfile: "users.acl" });
    const [admin, ann] = [await connect(), await connect()];
    await ann.call("AUTH", "ann", "x");
    await admin.call("ACL", "SETUSER", "tim", "on", "nopass", "+ping");
    const tim = await connect();
    await tim.call("AUTH", "tim", "x");
    writeFileSync(file, "user ann on nopass ~a +@all\n");
    assert.equal(await admin.call("ACL", "LOAD"), "OK");
    await tim.closed;
    await assert.rejects(ann.call("GET", "b"), NOPERM_KEY);
    assert.equal(await ann.call("GET", "a"), null);
    await admin.call("ACL", "SETUSER", "ann", ">p");
    assert.equal(await admin.call("ACL", "SAVE"), "OK");
    assert.match(readFileSync(file, "utf8"), /^user ann on sanitize-payload #[0-9a-f]{64} ~a resetchannels -?\+?@all/);
    assert.match(readFileSync(file, "utf8"), /\nuser default on nopass sanitize-payload ~\* &\* \+@all\n$/);
  });

  test("with a mistake changes nothing", async (t) => {
    const dir = temporaryDirectory(t);
    const file = join(dir, "users.acl");
    writeFileSync(file, "user ann on nopass\n");
    const { connect } = await embeddedServer(t, { dir, aclfile: "users.acl" });
    const client = await connect();
    writeFileSync(file, "user bob on\nuser ann oops\n");
    assert.match(
      await error(client, "ACL LOAD"),
      /^ERR users\.acl:2: Syntax error\. WARNING: ACL errors detected, no change/,
    );
    assert.deepEqual(await client.call("ACL", "USERS"), ["ann", "default"]);
  });

  test("is asked for by LOAD and SAVE", async (t) => {
    const { connect } = await embeddedServer(t);
    const client = await connect();
    for (const call of ["ACL LOAD", "ACL SAVE"]) {
      assert.match(await error(client, call), /^ERR This Redis instance is not configured to use an ACL file\./);
    }
  });

  test("that is missing or wrong ends the start", async (t) => {
    const dir = temporaryDirectory(t);
    await assert.rejects(
      embeddedServer(t, { dir, aclfile: "none" }),
      /ACL errors: Error loading ACLs, opening file 'none'/,
    );
  });
});

test("ACL GENPASS makes as many random digits as its bits take", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  const [a, b] = [await client.call("ACL", "GENPASS"), await client.call("ACL", "GENPASS")];
  assert.match(String(a), /^[0-9a-f]{64}$/);
  assert.notEqual(a, b);
  assert.match(String(await client.call("ACL", "GENPASS", 5)), /^[0-9a-f]{2}$/);
  assert.match(String(await client.call("ACL", "GENPASS", 4096)), /^[0-9a-f]{1024}$/);
  assert.match(await error(client, "ACL GENPASS 4097"), /^ERR ACL GENPASS argument must be the number of bits/);
});

test("neither the slow log nor MONITOR shows who a user is or what his passwords are", async (t) => {
  const { connect } = await embeddedServer(t, { "slowlog-log-slower-than": 0 });
  const client = await connect();
  await client.call("ACL", "SETUSER", "hidden", "on", ">hidden");
  await client.call("ACL", "GETUSER", "hidden");
  await client.call("ACL", "DELUSER", "hidden");
  const { bytes } = await client.send(["SLOWLOG", "GET"]);
  assert.match(bytes.toString(), /SETUSER/);
  assert.doesNotMatch(bytes.toString(), /hidden/);
});

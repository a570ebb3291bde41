/** Users in redis.conf: read at the start, written by CONFIG REWRITE, and what ends the start. */
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { lstatSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../support/ports.js";
import { RespConnection } from "../support/resp-connection.js";
import { type Scope, temporaryDirectory } from "../support/temporary-directory.js";
import { once } from "../support/time-limit.js";

const script = fileURLToPath(new URL("../../../bin/redstart", import.meta.url));

/** A server with a configuration file of these lines, and a connection to it. */
async function start(scope: Scope, file: string, lines: string, args: readonly string[] = []): Promise<RespConnection> {
  const port = await freePort();
  writeFileSync(file, `bind 127.0.0.1\nport ${port}\nsave ""\n${lines}\n`);
  const child = spawn(process.execPath, [script, file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  scope.after(async () => {
    child.kill();
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    let output = "";
    child.on("exit", () => reject(new Error(`ended: ${output}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("Ready to accept connections")) resolve();
    });
  });
  const client = await RespConnection.connect(port);
  scope.after(() => client.close());
  return client;
}

/** What a start says that ends by itself. */
function failedStart(directory: string, lines: string): Promise<string> {
  const file = join(directory, "wrong.conf");
  writeFileSync(file, `port 0\n${lines}\n`);
  return new Promise((resolve) => {
    execFile(process.execPath, [script, file], { cwd: directory, timeout: 60_000 }, (_error, stdout, stderr) => {
      resolve(stdout + stderr);
    });
  });
}

test("user lines make the users, CONFIG REWRITE writes them as they are", async (t) => {
  const file = join(temporaryDirectory(t), "redis.conf");
  const lines = [
    "requirepass ignored",
    'user ann on nopass "~a\'s" (+get ~g) (+config ~*)',
    "user default on >secret ~* &* +@all",
    "rename-command GET FETCH",
  ];
  const client = await start(t, file, lines.join("\n"));
  assert.equal(await client.call("AUTH", "secret"), "OK");
  assert.deepEqual(await client.call("ACL", "USERS"), ["ann", "default"]);
  await client.call("ACL", "SETUSER", "bob", "+select|0", "(%R~x", "+@read)");
  assert.equal(await client.call("CONFIG", "REWRITE"), "OK");
  const users = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("user "));
  assert.deepEqual(users, [
    'user ann on nopass sanitize-payload "~a\'s" resetchannels -@all (~g resetchannels -@all +get) (~* resetchannels -@all +config)',
    "user bob off sanitize-payload resetchannels -@all +select|0 (%R~x resetchannels -@all +@read)",
    "user default on sanitize-payload #2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b ~* &* +@all",
  ]);
  await client.call("AUTH", "ann", "any");
  assert.equal(await client.call("FETCH", "g"), null);
  await assert.rejects(client.call("FETCH", "h"), /NOPERM No permissions to access a key/);
  await assert.rejects(client.call("SET", "g", "1"), /NOPERM User ann has no permissions to run the 'set' command/);
  const again = await start(t, file, readFileSync(file, "utf8").replace(/^(port|bind|save) .*$/gm, ""));
  await again.call("AUTH", "secret");
  assert.equal(((await again.call("ACL", "LIST")) as string[])[0], users[0]!.replaceAll('"', ""));
});

test("rules and rename-command may name every command of Redis", async (t) => {
  const directory = temporaryDirectory(t);
  const file = join(directory, "redis.conf");
  const rules = "-eval +cluster|slots +role +wait -bgsave -replicaof -@scripting +script|load +function|list";
  const lines = [
    'rename-command BGSAVE ""',
    "rename-command EVAL run",
    'rename-command REPLICAOF ""',
    'rename-command DUMP ""',
  ];
  const client = await start(t, file, [`user app on nopass ~* +@all ${rules}`, ...lines].join("\n"));
  await assert.rejects(client.call("BGSAVE"), /^Error: ERR unknown command 'BGSAVE'/);
  await assert.rejects(client.call("run", "return 1", 0), /command 'eval' is not available yet/);
  assert.equal(await client.call("ACL", "SETUSER", "u", ...rules.split(" "), "+function|list", "-@dangerous"), "OK");
  const scripting = (await client.call("ACL", "CAT", "scripting")) as string[];
  for (const name of ["eval", "evalsha_ro", "fcall", "script|load", "function|list"])
    assert.ok(scripting.includes(name));
  await client.call("AUTH", "app", "");
  await assert.rejects(
    client.call("run", "return 1", 0),
    /NOPERM User app has no permissions to run the 'eval' command/,
  );
  await assert.rejects(client.call("SCRIPT", "FLUSH"), /NOPERM User app has no permissions to run the 'script\|flush'/);
  assert.deepEqual(await client.call("FUNCTION", "LIST"), []);
  writeFileSync(join(directory, "users.acl"), `user default on nopass ~* &* +@all\nuser a on nopass ${rules}\n`);
  const again = await start(t, join(directory, "b.conf"), `aclfile ${join(directory, "users.acl")}`);
  assert.deepEqual(await again.call("ACL", "USERS"), ["a", "default"]);
});

test("after CONFIG REWRITE, users of included files are as they were, changed or not", async (t) => {
  const directory = temporaryDirectory(t);
  const file = join(directory, "redis.conf");
  const included =
    "user default on nopass ~* &* +@all\nuser alice on >pw ~a:* +get\nuser bob on nopass ~* +get\nuser carol on +ping";
  writeFileSync(join(directory, "users.conf"), included);
  const client = await start(t, file, `include ${join(directory, "users.conf")}`);
  const userLines = (): string[] => readFileSync(file, "utf8").match(/^user .*$/gm) ?? [];
  assert.equal(await client.call("CONFIG", "REWRITE"), "OK");
  assert.deepEqual(userLines(), []);
  await client.call("ACL", "SETUSER", "bob", "+set");
  await client.call("ACL", "SETUSER", "dave", "on");
  await client.call("ACL", "DELUSER", "carol");
  assert.equal(await client.call("CONFIG", "REWRITE"), "OK");
  const list = (await client.call("ACL", "LIST")) as string[];
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(
      userLines(),
      [
        "user bob on nopass sanitize-payload ~* resetchannels -@all +get +set",
        "user dave on sanitize-payload resetchannels -@all",
        "user carol off sanitize-payload resetchannels -@all",
      ].sort((a, b) => (i === 0 ? 0 : a < b ? -1 : 1)),
    );
    const again = await start(t, file, readFileSync(file, "utf8").replace(/^(port|bind|save) .*$/gm, ""));
    const gone = "user carol off sanitize-payload resetchannels -@all";
    assert.deepEqual(await again.call("ACL", "LIST"), [...list, gone].sort());
    assert.equal(await again.call("CONFIG", "REWRITE"), "OK");
  }
});

test("a user of the command line may be in the file too, after CONFIG REWRITE", async (t) => {
  const file = join(temporaryDirectory(t), "redis.conf");
  for (const rule of ["+get", "+set"]) {
    const lines = rule === "+get" ? "" : readFileSync(file, "utf8").replace(/^(port|bind|save) .*$/gm, "");
    const client = await start(t, file, lines, ["--user", "ann", "on", "nopass", "~*", rule]);
    assert.equal(
      ((await client.call("ACL", "LIST")) as string[])[0],
      `user ann on nopass sanitize-payload ~* resetchannels -@all ${rule}`,
    );
    assert.equal(await client.call("CONFIG", "REWRITE"), "OK");
    assert.match(readFileSync(file, "utf8"), /^user ann on /m);
  }
});

test("CONFIG REWRITE and ACL SAVE write through links, and into what is mounted", async (t) => {
  const directory = temporaryDirectory(t);
  const at = (name: string): string => join(directory, name);
  writeFileSync(at("real.conf"), "");
  writeFileSync(at("real.acl"), "user default on nopass ~* &* +@all\n");
  symlinkSync("real.acl", at("link.acl"));
  symlinkSync("real.conf", at("link.conf"));
  const client = await start(t, at("link.conf"), `aclfile ${at("link.acl")}`);
  await client.call("CONFIG", "SET", "timeout", "77");
  await client.call("ACL", "SETUSER", "eve");
  assert.equal(await client.call("CONFIG", "REWRITE"), "OK");
  assert.equal(await client.call("ACL", "SAVE"), "OK");
  for (const name of ["link.conf", "link.acl"]) assert.ok(lstatSync(at(name)).isSymbolicLink());
  assert.match(readFileSync(at("real.conf"), "utf8"), /^timeout 77$/m);
  assert.match(readFileSync(at("real.acl"), "utf8"), /^user eve /m);
  // What is below a mount point cannot be replaced by another file.
  if (spawnSync("mount", ["--bind", at("real.conf"), at("real.conf")]).status !== 0)
    return t.diagnostic("no mount here");
  try {
    await client.call("CONFIG", "SET", "timeout", "78");
    assert.equal(await client.call("CONFIG", "REWRITE"), "OK");
  } finally {
    spawnSync("umount", [at("real.conf")]);
  }
  assert.match(readFileSync(at("real.conf"), "utf8"), /^timeout 78$/m);
});

test("mistakes about users end the start", async (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, "users.acl"), "user a +nosuch\n");
  for (const [lines, message] of [
    ["user a on\nuser a off", /Error in user declaration 'a': Duplicate user found/],
    ["user a oops", /Error in user declaration 'oops': Syntax error/],
    [
      "user a +nosuch",
      /Error loading ACL rule '\+nosuch' for the user named 'a': Unknown command or category name in ACL/,
    ],
    [
      "aclfile users.acl\nuser a on",
      /Configuring Redis with users defined in redis\.conf and at the same setting an ACL file/,
    ],
    ["aclfile users.acl", /ACL errors: users\.acl:1: Error in applying operation '\+nosuch'/],
    ["aclfile none.acl", /Error loading ACLs, opening file 'none\.acl': No such file or directory/],
  ] as const) {
    assert.match(await failedStart(directory, lines), message);
  }
});

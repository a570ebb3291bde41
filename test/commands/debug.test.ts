import assert from "node:assert/strict";
import { test } from "node:test";
import { DebugSwitches } from "../../src/commands/debug-switches.js";
import { KeyspaceServer } from "./keyspace-server.js";

const FIGURES = {
  used: 6_000_000,
  peak: 6_000_000,
  startup: 1_000_000,
  resident: 60_000_000,
  arenaAllocated: 100,
  arenaActive: 200,
  arenaResident: 400,
  normalClients: 0,
  replicaClients: 0,
  replicationBacklog: 0,
  clusterLinks: 0,
  aofBuffer: 0,
  scripts: 0,
  functions: 0,
};

function debugServer(): {
  server: KeyspaceServer;
  debug: DebugSwitches;
  log: string[];
  figures: object;
} {
  const debug = new DebugSwitches();
  const log: string[] = [];
  const figures = { ...FIGURES };
  const server = new KeyspaceServer({
    debug,
    clients: { count: 1 },
    log: { write: (level: string, text: string) => log.push(`${level} ${text}`) },
    memory: { figures: () => figures },
  });
  return { server, debug, log, figures };
}

test("DEBUG checks the word and the number of arguments together", () => {
  const { server } = debugServer();
  for (const line of ["FOO", "SLEEP", "SLEEP 1 2", "PROTOCOL", "DIGEST x"]) {
    const word = line.split(" ")[0];
    const expected = `ERR unknown subcommand or wrong number of arguments for '${word}'. Try DEBUG HELP.`;
    assert.equal(server.call(`DEBUG ${line}`), expected);
  }
});

test("DEBUG DIGEST gives what a real server gives for the same data", () => {
  const { server } = debugServer();
  server.put("a", "1");
  assert.deepEqual(
    server.bytes("DEBUG", "DIGEST-VALUE", "a", "none"),
    "*2\r\n+b4fc66738120fba0b5aa500ab5c2bf89cea1c5da\r\n+0000000000000000000000000000000000000000\r\n",
  );
  server.put("b", "hello", server.context.nowMs + 1_000_000);
  server.context.db = server.keyspace.database(3);
  server.put("c", "x");
  assert.equal(server.call("DEBUG DIGEST"), "a7f05cbca741230dd3f265769629c113ddbc05b6");
});

test("DEBUG DIGEST of no data is all zeros", () => {
  assert.equal(debugServer().server.call("DEBUG DIGEST"), "0".repeat(40));
});

test("DEBUG POPULATE makes keys and leaves those there are", () => {
  const { server } = debugServer();
  server.put("key:1", "mine");
  assert.deepEqual(server.effects("DEBUG POPULATE 3").dirty, 0);
  assert.equal(server.context.db.size, 3);
  assert.equal(server.call("DEBUG POPULATE 2 p 10"), "OK");
  assert.equal(server.call("DEBUG POPULATE 1 q 3"), "OK");
  assert.deepEqual(
    ["key:0", "key:1", "p:1", "q:0"].map((key) => server.call(`GET ${key}`)),
    ["value:0", "mine", "value:1\0\0\0", "val"],
  );
  for (const line of ["-1", "x", "1 p -1", "1 p x"])
    assert.equal(server.call(`DEBUG POPULATE ${line}`), "ERR value is out of range, must be positive", line);
  assert.equal(server.call("DEBUG POPULATE 1 r 0"), "OK");
  assert.equal(server.call("GET r:0"), "value:0");
  assert.equal(server.call("DEBUG POPULATE 1 s 100"), "OK");
  assert.equal(server.call("GET s:0"), `value:0${"\0".repeat(93)}`);
  assert.equal(server.call("DEBUG POPULATE 0 t"), "OK");
  assert.equal(server.call("EXISTS t:0"), 0);
});

test("DEBUG's switches are read by others", () => {
  const { server, debug } = debugServer();
  for (const line of ["SET-ACTIVE-EXPIRE 0", "PAUSE-CRON 1", "DICT-RESIZING 0", "REPLYBUFFER PEAK-RESET-TIME never"]) {
    assert.equal(server.call(`DEBUG ${line}`), "OK", line);
  }
  assert.equal(debug.activeExpire, false);
  assert.equal(debug.cronPaused, true);
  assert.equal(debug.dictResizing, false);
  assert.equal(debug.replyBufferPeakResetMs, -1);
  assert.equal(server.call("DEBUG QUICKLIST-PACKED-THRESHOLD 100kb"), "OK");
  assert.equal(debug.quicklistPackedThreshold, 102_400);
  assert.match(String(server.call("DEBUG QUICKLIST-PACKED-THRESHOLD 4gb")), /^ERR argument must be a memory value/);
});

test("each of DEBUG's switches sets what it names, by the number its argument begins with", () => {
  const { server, debug } = debugServer();
  const switches = {
    "SET-ACTIVE-EXPIRE": () => debug.activeExpire,
    "PAUSE-CRON": () => debug.cronPaused,
    "DICT-RESIZING": () => debug.dictResizing,
    "SET-DISABLE-DENY-SCRIPTS": () => debug.denyScriptsDisabled,
    "SET-SKIP-CHECKSUM-VALIDATION": () => debug.checksumsSkipped,
    "REPLYBUFFER RESIZING": () => debug.replyBufferResizing,
  };
  for (const [line, value] of Object.entries(switches)) {
    const before = Object.values(switches).map((read) => read());
    for (const [argument, isOn] of [
      ["1", true],
      ["0", false],
      ["-1", true],
      ["x", false],
      ["2x", true],
    ] as const) {
      assert.equal(server.call(`DEBUG ${line} ${argument}`), "OK", line);
      assert.equal(value(), isOn, `${line} ${argument}`);
    }
    server.call(`DEBUG ${line} ${before[Object.keys(switches).indexOf(line)] ? 1 : 0}`);
    assert.deepEqual(
      Object.values(switches).map((read) => read()),
      before,
    );
  }
});

test("DEBUG REPLYBUFFER PEAK-RESET-TIME takes milliseconds, never, or what it was", () => {
  const { server, debug } = debugServer();
  const standard = debug.replyBufferPeakResetMs;
  for (const [word, ms] of [
    ["250", 250],
    ["NEVER", -1],
    ["reset", standard],
  ] as const) {
    assert.equal(server.call(`DEBUG REPLYBUFFER PEAK-RESET-TIME ${word}`), "OK");
    assert.equal(debug.replyBufferPeakResetMs, ms);
  }
  assert.equal(server.call("DEBUG REPLYBUFFER PEAK-RESET-TIME x"), "ERR value is not an integer or out of range");
  assert.equal(
    server.call("DEBUG REPLYBUFFER FOO 1"),
    "ERR unknown subcommand or wrong number of arguments for 'replybuffer'. Try DEBUG HELP.",
  );
  assert.equal(debug.replyBufferPeakResetMs, standard);
});

test("DEBUG QUICKLIST-PACKED-THRESHOLD takes a size with a unit, below 4 GB", () => {
  const { server, debug } = debugServer();
  const sizes = {
    0: 0,
    "7": 7,
    "7b": 7,
    "7k": 7000,
    "7KB": 7168,
    "7m": 7e6,
    "7mb": 7 * 2 ** 20,
    "3g": 3e9,
    "3gb": 3 * 2 ** 30,
  };
  for (const [text, bytes] of Object.entries(sizes)) {
    assert.equal(server.call(`DEBUG QUICKLIST-PACKED-THRESHOLD ${text}`), "OK", text);
    assert.equal(debug.quicklistPackedThreshold, bytes, text);
  }
  for (const text of ["4294967296", "4gb", "-1", "1x", "x", "1.5k", "kb"])
    assert.match(
      String(server.call(`DEBUG QUICKLIST-PACKED-THRESHOLD ${text}`)),
      /^ERR argument must be a memory/,
      text,
    );
  assert.equal(debug.quicklistPackedThreshold, 3 * 2 ** 30);
});

test("DEBUG RELOAD knows its options; without files there is nothing to load", () => {
  const { server } = debugServer();
  server.put("key");
  for (const line of ["RELOAD", "RELOAD merge NOFLUSH nosave"]) assert.equal(server.call(`DEBUG ${line}`), "OK", line);
  assert.equal(
    server.call("DEBUG RELOAD MERGE FLUSH"),
    "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.",
  );
  assert.equal(server.call("DEBUG LOADAOF"), "ERR Error trying to load the AOF files, check server logs.");
  assert.equal(server.call("EXISTS key"), 1);
});

test("DEBUG CLIENT-EVICTION has a line for each size of clients", () => {
  const { server } = debugServer();
  let buckets: object[] | null = [
    { fromBytes: 0, bytes: 2048, clients: 1 },
    { fromBytes: 32768, bytes: 100_000, clients: 2 },
    { fromBytes: 65536, bytes: 0, clients: 0 },
  ];
  Object.assign(server.context, { memory: { clientBuckets: () => buckets } });
  assert.equal(
    server.call("DEBUG CLIENT-EVICTION"),
    "bucket          0 -      32767: tot-mem:       2048, clients: 1\n" +
      "bucket      32768 -      65535: tot-mem:     100000, clients: 2\n" +
      "bucket      65536+            : tot-mem:          0, clients: 0\n",
  );
  buckets = null;
  assert.equal(server.call("DEBUG CLIENT-EVICTION"), "ERR maxmemory-clients is disabled.");
});

test("DEBUG OBJECT names the place, which overwriting a value in place keeps", () => {
  const { server } = debugServer();
  server.put("a", "100");
  const before = String(server.call("DEBUG OBJECT a"));
  assert.match(before, /^Value at:0x[0-9a-f]+ refcount:1 encoding:int serializedlength:2 lru:\d+ lru_seconds_idle:0$/);
  server.put("a", "101");
  assert.equal(server.call("DEBUG OBJECT a"), before);
  assert.equal(server.call("DEBUG OBJECT x"), "ERR no such key");
});

test("DEBUG PROTOCOL has a form of each type for both protocols", () => {
  const { server } = debugServer();
  const forms: [type: string, resp2: string, resp3: string][] = [
    ["integer", ":12345\r\n", ":12345\r\n"],
    ["double", "$5\r\n3.141\r\n", ",3.141\r\n"],
    ["null", "$-1\r\n", "_\r\n"],
    ["set", "*3\r\n:0\r\n:1\r\n:2\r\n", "~3\r\n:0\r\n:1\r\n:2\r\n"],
    ["map", "*6\r\n:0\r\n:0\r\n:1\r\n:1\r\n:2\r\n:0\r\n", "%3\r\n:0\r\n#f\r\n:1\r\n#t\r\n:2\r\n#f\r\n"],
    ["true", ":1\r\n", "#t\r\n"],
    ["verbatim", "$25\r\nThis is a verbatim\nstring\r\n", "=29\r\ntxt:This is a verbatim\nstring\r\n"],
  ];
  for (const [type, resp2, resp3] of forms) {
    server.context.client.resp = 2;
    assert.equal(server.bytes("DEBUG", "PROTOCOL", type), resp2, type);
    server.context.client.resp = 3;
    assert.equal(server.bytes("DEBUG", "PROTOCOL", type), resp3, type);
  }
  assert.match(server.bytes("DEBUG", "PROTOCOL", "attrib"), /^\|1\r\n\$14\r\nkey-popularity\r\n\*2\r\n/);
  assert.match(
    server.bytes("DEBUG", "PROTOCOL", "push"),
    /^\$40\r\n[\w ]+\r\n>2\r\n\$16\r\nserver-cpu-usage\r\n:42\r\n$/,
  );
});

test("DEBUG LOG and ERROR pass their text on", () => {
  const { server, log } = debugServer();
  server.call("DEBUG LOG hi");
  assert.deepEqual(log, ["warning DEBUG LOG: hi"]);
  assert.equal(server.bytes("DEBUG", "ERROR", "MY\r\nerror"), "-MY  error\r\n");
});

test("MEMORY USAGE counts the whole entry and reads its options", () => {
  const { server } = debugServer();
  server.put("a", "x".repeat(10_000));
  const size = server.call("MEMORY USAGE a") as number;
  assert.ok(size > 10_000 && size < 14_000, `${size} bytes`);
  assert.equal(server.call("MEMORY USAGE a SAMPLES 0"), size);
  assert.equal(server.call("MEMORY USAGE x"), null);
  assert.equal(server.call("MEMORY USAGE a SAMPLES -1"), "ERR syntax error");
  assert.equal(server.call("MEMORY USAGE a SAMPLES x"), "ERR value is not an integer or out of range");
  assert.equal(server.call("MEMORY USAGE a SAMPLES"), "ERR syntax error");
});

test("MEMORY STATS adds up, and tells the overhead of each database", () => {
  const { server } = debugServer();
  server.put("a");
  const list = server.call("MEMORY STATS") as unknown[];
  const stats = new Map<unknown, unknown>();
  for (let i = 0; i < list.length; i += 2) stats.set(list[i], list[i + 1]);
  assert.equal(stats.get("total.allocated"), 6_000_000);
  assert.equal(stats.get("keys.count"), 1);
  const overhead = stats.get("overhead.total") as number;
  assert.equal(stats.get("dataset.bytes"), 6_000_000 - overhead);
  assert.equal((stats.get("db.0") as unknown[])[0], "overhead.hashtable.main");
  assert.equal(stats.get("fragmentation"), "10");
});

test("MEMORY DOCTOR finds nothing, little, a peak, much resident, or big buffers of clients", () => {
  const { server, figures } = debugServer();
  Object.assign(figures, { resident: 6_500_000 });
  assert.match(String(server.call("MEMORY DOCTOR")), /^Hi Sam, I can't find any memory issue/);
  Object.assign(figures, { peak: 60_000_000 });
  assert.match(String(server.call("MEMORY DOCTOR")), /^Sam, I detected a few issues.* \* Peak memory: /s);
  Object.assign(figures, { peak: 6_000_000, resident: 60_000_000 });
  assert.match(String(server.call("MEMORY DOCTOR")), /^Sam, I detected a few issues[^*]* \* High total RSS: [^*]*$/s);
  Object.assign(figures, { resident: 6_500_000, normalClients: 300_000 });
  assert.match(
    String(server.call("MEMORY DOCTOR")),
    /^Sam, I detected a few issues[^*]* \* Big client buffers: [^*]*$/s,
  );
  Object.assign(figures, { used: 1000 });
  assert.match(String(server.call("MEMORY DOCTOR")), /^Hi Sam, this instance is empty/);
});

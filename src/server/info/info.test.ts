import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SimulatedServer } from "../../../test/support/simulated-server.js";
import { Argv } from "../../bytes/argv.js";
import type { Client } from "../../commands/client.js";
import type { ClientRegistry } from "../../commands/clients-context.js";
import { CommandTable } from "../../commands/command-table.js";
import type { PubSub } from "../../commands/pubsub-context.js";
import { defineCommand } from "../../commands/spec.js";
import { KeySizes } from "../../keyspace/key-sizes.js";
import { Keyspace } from "../../keyspace/keyspace.js";
import { Arena } from "../../memory/arena.js";
import type { Clock } from "../../platform/clock.js";
import { NodeProcessFacts } from "../../platform/process-facts.js";
import { ConfigStore } from "../config/config-store.js";
import type { TcpTotals } from "../listening/tcp-options.js";
import { ServerMemory } from "../memory/server-memory.js";
import { LogLinearHistogram } from "../observation/latency-histogram.js";
import { ServerStats } from "../observation/stats.js";
import { infoText } from "./info.js";
import { binLabel } from "./key-sizes.js";
import { humanBytes, type InfoSources } from "./sources.js";

const NOW_MS = 1_795_365_361_650;

const DEFAULT_TITLES = [
  "Server",
  "Clients",
  "Memory",
  "Persistence",
  "Stats",
  "Replication",
  "CPU",
  "Modules",
  "Errorstats",
  "Cluster",
  "Keyspace",
];

const ping = defineCommand(
  { name: "PING", group: "connection", since: "1.0.0", summary: "", complexity: "", flags: ["fast"] },
  () => {},
);

function fixture() {
  const keyspace = new Keyspace({ arena: new Arena(), databaseCount: 16, hashKey: [1, 2], random: () => 12345 });
  keyspace.setNow(NOW_MS);
  const stats = new ServerStats();
  const process = new NodeProcessFacts();
  const config = new ConfigStore();
  const clients = [
    { blocked: null, subscriptionCount: 0 },
    { blocked: { kind: "keys" }, subscriptionCount: 2 },
  ] as unknown as Client[];
  const clock: Clock = {
    nowMs: () => NOW_MS,
    nowUs: () => NOW_MS * 1000 + 5,
    monotonicUs: () => 9_000_000,
    msAt: () => NOW_MS,
    zoneOffsetMinutes: () => 0,
  };
  let clientBytes = 1000;
  const memory = new ServerMemory({
    keyspace,
    process,
    stats,
    clientBytes: () => clientBytes,
    outputBytes: () => 70,
    uncountedBytes: () => 7,
    shares: () => [],
  });
  const tcp: TcpTotals = {
    connections: 0,
    rttUs: 0,
    maxRttUs: 0,
    retransmits: 0,
    congestionWindow: 0,
    options: new Map(),
    congestionControls: new Map(),
  };
  const sources: InfoSources = {
    identity: {
      version: "0.1.0",
      runId: "a".repeat(40),
      replicationId: "b".repeat(40),
      startedMs: NOW_MS - 90_000_000,
      port: 7000,
      listeners: [
        { kind: "tcp", addresses: ["127.0.0.1", "::1"], port: 7000 },
        { kind: "unix", addresses: ["/run/r.sock"], port: 0 },
      ],
      configFile: null,
    },
    keyspace,
    keySizes: new KeySizes(keyspace),
    commands: new CommandTable([ping]),
    config,
    clients: { count: 2, all: () => clients } as unknown as ClientRegistry,
    watches: { watchingClients: 3, watchedKeys: 4 },
    blocking: { blockingKeys: 0, deletionKeys: 0, timeoutCount: 0 },
    tracking: { clientCount: 0, keyCount: 0, itemCount: 0, prefixCount: 0 },
    throttling: { waitingCount: 0, delayedUs: 0 },
    buffers: { maxInput: 40, maxOutput: 7 },
    tcp: { totals: () => tcp },
    pubsub: { patternCount: 6, channels: () => ["a", "b"] } as unknown as PubSub,
    stats,
    memory,
    clock,
    process,
  };
  const set = (key: string, value: string, expireAtMs = 0) => {
    const argv = Argv.from(["SET", key, value]);
    keyspace.database(0).setString(argv, 1, argv.source, argv.offset[2]!, argv.length[2]!, expireAtMs);
  };
  return {
    sources,
    memory,
    tcp,
    set,
    setClientBytes(bytes: number) {
      clientBytes = bytes;
    },
    info: (...sections: string[]) => infoText(sources, sections),
    fields: (section: string) => parse(infoText(sources, [section])),
  };
}

function parse(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1);
  }
  return fields;
}

function titles(text: string): string[] {
  return [...text.matchAll(/^# (.*)\r$/gm)].map((match) => match[1]!);
}

test("INFO alone and INFO default give the default sections in order", () => {
  const { info } = fixture();
  assert.deepEqual(titles(info()), DEFAULT_TITLES);
  assert.deepEqual(titles(info("default")), DEFAULT_TITLES);
});

test("all and everything add command statistics, latencies and sizes of keys, but not debug", () => {
  const { info } = fixture();
  const more = [...DEFAULT_TITLES];
  more.splice(8, 0, "Commandstats");
  more.splice(10, 0, "Latencystats");
  more.push("Keysizes");
  assert.deepEqual(titles(info("all")), more);
  assert.deepEqual(titles(info("everything")), more);
  assert.deepEqual(titles(info("DEBUG")), ["Debug"]);
});

test("sections are named in any case and order, come once, and unknown names are ignored", () => {
  const { info } = fixture();
  assert.deepEqual(titles(info("keyspace", "CPU", "cpu", "nothing")), ["CPU", "Keyspace"]);
  assert.deepEqual(titles(info("cpu", "default")), DEFAULT_TITLES);
  assert.deepEqual(titles(info("commandSTATS", "default")).includes("Commandstats"), true);
  assert.deepEqual(titles(info("module_list", "modules")), ["Modules"]);
  assert.equal(info("sentinel"), "");
});

test("sections are separated by an empty line and lines end with CR LF", () => {
  const { info } = fixture();
  assert.equal(info("modules", "cluster"), "# Modules\r\n\r\n# Cluster\r\ncluster_enabled:0\r\n");
});

test("no field occurs twice", () => {
  const { info } = fixture();
  const names = info("all", "debug").match(/^[^#:\r\n]+(?=:)/gm)!;
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
});

test("the server's section tells versions, uptime and listeners", () => {
  const fields = fixture().fields("server");
  assert.equal(fields["redis_version"], "7.2.4");
  assert.equal(fields["redstart_version"], "0.1.0");
  assert.equal(fields["uptime_in_seconds"], "90000");
  assert.equal(fields["uptime_in_days"], "1");
  assert.equal(fields["server_time_usec"], String(NOW_MS * 1000 + 5));
  assert.equal(fields["listener0"], "name=tcp,bind=127.0.0.1,bind=::1,port=7000");
  assert.equal(fields["listener1"], "name=unix,bind=/run/r.sock");
});

test("the clients' section counts what clients do", () => {
  const fields = fixture().fields("clients");
  assert.equal(fields["connected_clients"], "2");
  assert.equal(fields["client_recent_max_input_buffer"], "40");
  assert.equal(fields["client_recent_max_output_buffer"], "7");
  assert.equal(fields["blocked_clients"], "1");
  assert.equal(fields["pubsub_clients"], "1");
  assert.equal(fields["watching_clients"], "3");
  assert.equal(fields["total_watched_keys"], "4");
});

test("used_memory is the arena's and the clients' bytes, and its peak is kept", () => {
  const { sources, fields, set, setClientBytes } = fixture();
  sources.memory.markStarted();
  for (let i = 0; i < 1000; i++) set(`key:${i}`, "x".repeat(100));
  const before = fields("memory");
  assert.equal(Number(before["used_memory"]), sources.keyspace.arena.allocatedBytes + 1000);
  assert.equal(before["used_memory_peak"], before["used_memory"]);
  assert.ok(Number(before["used_memory_dataset"]) > 100_000);
  assert.ok(Number(before["used_memory_overhead"]) > Number(before["used_memory_startup"]));
  assert.match(before["used_memory_dataset_perc"]!, /^\d\d\.\d\d%$/);
  setClientBytes(500_000);
  fields("memory");
  setClientBytes(0);
  const after = fields("memory");
  assert.equal(Number(after["used_memory_peak"]) - Number(after["used_memory"]), 500_000);
});

test("sizes are also given as people read them", () => {
  const sizes = [0, 1023, 1024, 1536, 2 ** 20, 25_276_502_016, 2 ** 40, 2 ** 50, 2 ** 61];
  const texts = ["0B", "1023B", "1.00K", "1.50K", "1.00M", "23.54G", "1.00T", "1.00P", "2048.00P"];
  assert.deepEqual(sizes.map(humanBytes), texts);
});

test("command statistics show commands that were called or refused", () => {
  const { sources, info } = fixture();
  assert.equal(info("commandstats"), "# Commandstats\r\n");
  const entry = sources.commands.byFullName("ping")!;
  entry.calls = 4;
  entry.usec = 10.75;
  entry.rejectedCalls = 1;
  assert.equal(
    info("commandstats"),
    "# Commandstats\r\ncmdstat_ping:calls=4,usec=10,usec_per_call=2.69,rejected_calls=1,failed_calls=0\r\n",
  );
});

test("latencies are shown at the configured percentiles, while they are tracked", () => {
  const { sources, info } = fixture();
  const histogram = new LogLinearHistogram();
  sources.commands.byFullName("ping")!.histogram = histogram;
  for (let i = 1; i <= 100; i++) histogram.record(i / 1000);
  assert.equal(
    info("latencystats"),
    "# Latencystats\r\nlatency_percentiles_usec_ping:p50=0.050,p99=0.099,p99.9=0.100\r\n",
  );
  sources.config.set([["latency-tracking-info-percentiles", "0 100"]]);
  assert.match(info("latencystats"), /ping:p0=0\.001,p100=0\.100\r\n/);
  sources.config.set([["latency-tracking", "no"]]);
  assert.equal(info("latencystats"), "# Latencystats\r\n");
});

test("error replies are shown by code, with characters that would break the format replaced", () => {
  const { sources, info } = fixture();
  for (const text of ["OOM x", "ERR x", "a:b# x"]) sources.stats.countError(text);
  assert.equal(
    info("errorstats"),
    "# Errorstats\r\nerrorstat_ERR:count=1\r\nerrorstat_OOM:count=1\r\nerrorstat_a_b_:count=1\r\n",
  );
});

test("the key space shows databases with keys, and the mean time to live", () => {
  const { info, set } = fixture();
  assert.equal(info("keyspace"), "# Keyspace\r\n");
  set("a", "1");
  set("b", "1", NOW_MS + 1000);
  set("c", "1", NOW_MS + 3000);
  assert.equal(info("keyspace"), "# Keyspace\r\ndb0:keys=3,expires=2,avg_ttl=2000\r\n");
});

test("keys that have expired live no longer, and those of which only fields expire do not count in the mean", () => {
  const { info, set, sources } = fixture();
  set("over", "1", NOW_MS - 500);
  assert.equal(info("keyspace"), "# Keyspace\r\ndb0:keys=1,expires=1,avg_ttl=0\r\n");
  set("lives", "1", NOW_MS + 1001);
  assert.equal(info("keyspace"), "# Keyspace\r\ndb0:keys=2,expires=2,avg_ttl=500\r\n");
  const db = sources.keyspace.database(0);
  db.clear(false);
  for (let i = 0; i < 1000; i++) set(`key:${i}`, "1", NOW_MS + 1000 * (1 + (i % 2)));
  assert.match(info("keyspace"), /:keys=1000,expires=1000,avg_ttl=1[3-7]\d\d\r\n$/);
});

test("replicas that are asked for and not there are shown as missing", () => {
  const { fields, sources } = fixture();
  const config = sources.config as ConfigStore;
  const missing = () => fields("replication")["min_slaves_good_slaves"];
  assert.equal(missing(), undefined);
  config.set([["min-replicas-to-write", "1"]]);
  assert.equal(missing(), "0");
  config.set([["min-replicas-max-lag", "0"]]);
  assert.equal(missing(), undefined);
});

test("the sizes of keys are shown for databases and types that have keys", () => {
  const { info, set, sources } = fixture();
  assert.equal(info("keysizes"), "# Keysizes\r\n");
  for (const [i, length] of [0, 1, 1, 7, 1024, 2047].entries()) set(`key:${i}`, "x".repeat(length));
  const argv = Argv.from(["b", "12"]);
  sources.keyspace.database(3).setString(argv, 0, argv.source, argv.offset[1]!, argv.length[1]!, 0);
  assert.equal(
    info("keysizes"),
    "# Keysizes\r\ndb0_distrib_strings_sizes:0=1,1=2,4=1,1K=2\r\ndb3_distrib_strings_sizes:2=1\r\n",
  );
});

test("a bin is labelled with its least size", () => {
  const bins = [0, 1, 2, 3, 10, 11, 12, 20, 21, 30, 31, 32];
  const labels = ["0", "1", "2", "4", "512", "1K", "2K", "512K", "1M", "512M", "1G", "2G"];
  assert.deepEqual(bins.map(binLabel), labels);
});

test("the statistics show time above maxmemory while it lasts and after", () => {
  const { sources, fields } = fixture();
  sources.stats.setEvictionExceeded(true, 5_000_000);
  assert.equal(fields("stats")["current_eviction_exceeded_time"], "4000");
  sources.stats.setEvictionExceeded(false, 6_000_000);
  assert.equal(fields("stats")["current_eviction_exceeded_time"], "0");
  assert.equal(fields("stats")["total_eviction_exceeded_time"], "1000");
  assert.equal(fields("stats")["pubsub_channels"], "2");
});

test("the kernel's figures are summed over the clients that have some, and shown by name only", () => {
  const { fields, info, tcp } = fixture();
  assert.deepEqual(fields("tcp"), { tcp_clients_with_figures: "0" });
  assert.doesNotMatch(info("everything"), /# TCP/);
  tcp.connections = 3;
  tcp.rttUs = 100;
  tcp.maxRttUs = 60;
  tcp.retransmits = 7;
  tcp.congestionWindow = 40;
  tcp.options.set("timestamps", 3).set("fastopen", 1);
  tcp.congestionControls.set("cubic", 2).set("bbr", 1);
  assert.deepEqual(fields("tcp"), {
    tcp_clients_with_figures: "3",
    tcp_rtt_avg_usec: "33",
    tcp_rtt_max_usec: "60",
    tcp_retransmits: "7",
    tcp_congestion_window_avg: "13.33",
    tcp_congestion_control: "cubic=2,bbr=1",
    tcp_clients_timestamps: "3",
    tcp_clients_sack: "0",
    tcp_clients_wscale: "0",
    tcp_clients_ecn: "0",
    tcp_clients_fastopen: "1",
  });
});

test("the memory section says what the figures are, and zero for what there is not", () => {
  const { fields, memory, sources, set } = fixture();
  Object.assign(sources.process, {
    rssBytes: () => 50_000_000,
    heapBytes: () => ({ used: 4000, total: 9000 }),
  });
  Object.defineProperty(sources.process, "totalMemoryBytes", { value: 8 * 2 ** 30 });
  const startup = sources.keyspace.arena.allocatedBytes + 1000;
  memory.markStarted();
  for (let i = 0; i < 1000; i++) set(`key:${i}`, "x".repeat(100));
  const { arena } = sources.keyspace;
  const used = arena.allocatedBytes + 1000;
  const all = fields("memory");
  const zero = ["used_memory_lua", "used_memory_vm_eval", "used_memory_scripts_eval", "number_of_cached_scripts"];
  zero.push("number_of_functions", "number_of_libraries", "used_memory_vm_functions", "used_memory_vm_total");
  zero.push("used_memory_functions", "used_memory_scripts", "maxmemory", "mem_replication_backlog");
  zero.push("mem_total_replication_buffers", "mem_clients_slaves", "mem_cluster_links", "mem_aof_buffer");
  zero.push("active_defrag_running", "lazyfree_pending_objects", "lazyfreed_objects");
  for (const name of zero) assert.equal(all[name], "0", name);
  const overhead = startup + 1000 + sources.keyspace.database(0).overheadBytes;
  const expected: Record<string, string | number> = {
    used_memory: used,
    used_memory_peak: used,
    used_memory_peak_perc: "100.00%",
    used_memory_rss: 50_000_000,
    used_memory_startup: startup,
    used_memory_overhead: overhead,
    used_memory_dataset: used - overhead,
    used_memory_dataset_perc: `${(((used - overhead) * 100) / (used - startup)).toFixed(2)}%`,
    total_system_memory_human: "8.00G",
    used_memory_lua_human: "0B",
    maxmemory_policy: "noeviction",
    allocator_allocated: arena.allocatedBytes,
    allocator_active: arena.committedBytes,
    allocator_frag_ratio: (arena.committedBytes / arena.allocatedBytes).toFixed(2),
    allocator_frag_bytes: arena.committedBytes - arena.allocatedBytes,
    mem_fragmentation_ratio: (50_000_000 / used).toFixed(2),
    mem_fragmentation_bytes: 50_000_000 - used,
    mem_not_counted_for_evict: 7,
    mem_clients_normal: 1000,
    mem_clients_replies: 70,
    js_heap_used: 4000,
    js_heap_total: 9000,
    arena_segments_bytes: arena.segmentBytes,
    arena_committed_bytes: arena.committedBytes,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(all[name], String(value), name);
});

test("processor time is told in seconds, of the main thread where the system tells it", () => {
  const { fields, sources } = fixture();
  let main: { system: number; user: number } | null = { system: 0.5, user: 0.25 };
  Object.assign(sources.process, { cpu: () => ({ system: 1.5, user: 2.25 }), mainThreadCpu: () => main });
  const all = {
    used_cpu_sys: "1.500000",
    used_cpu_user: "2.250000",
    used_cpu_sys_children: "0.000000",
    used_cpu_user_children: "0.000000",
  };
  assert.deepEqual(fields("cpu"), {
    ...all,
    used_cpu_sys_main_thread: "0.500000",
    used_cpu_user_main_thread: "0.250000",
  });
  main = null;
  assert.deepEqual(fields("cpu"), all);
});

test("the debug section has the longest turns, in whole microseconds", () => {
  const { fields, sources } = fixture();
  Object.assign(sources.stats, { eventLoopCronUs: 10.7, eventLoopMaxUs: 20.9, eventLoopMaxCommands: 3 });
  assert.deepEqual(fields("debug"), {
    eventloop_duration_aof_sum: "0",
    eventloop_duration_cron_sum: "10",
    eventloop_duration_max: "20",
    eventloop_cmd_per_cycle_max: "3",
  });
});

test("the server's section has constants, times and the listeners by the numbers of their kinds", () => {
  const { fields, sources } = fixture();
  Object.assign(sources.identity, { listeners: [{ kind: "tls", addresses: ["::1"], port: 7001 }] });
  const server = fields("server");
  const expected: Record<string, string> = {
    redis_git_sha1: "00000000",
    redis_git_dirty: "0",
    redis_mode: "standalone",
    process_supervised: "no",
    tcp_port: "7000",
    server_time_usec: String(NOW_MS * 1000 + 5),
    uptime_in_seconds: "90000",
    uptime_in_days: "1",
    hz: "10",
    configured_hz: "10",
    lru_clock: String(Math.floor(NOW_MS / 1000) & 0xffffff),
    config_file: "",
    io_threads_active: "0",
    listener2: "name=tls,bind=::1,port=7001",
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(server[name], value, name);
  Object.assign(sources.identity, { startedMs: NOW_MS + 5000 });
  assert.equal(fields("server")["uptime_in_seconds"], "0");
});

describe("a server that has just begun", () => {
  const world = new SimulatedServer();
  const fields = (section: string) => parse(world.server.info.text([section]));

  test("has statistics that are all zero", () => {
    const stats = fields("stats");
    assert.ok(Object.keys(stats).length > 60);
    for (const [name, value] of Object.entries(stats)) assert.match(value, /^0(\.00)?$/, name);
  });

  test("has no file that was saved or loaded", () => {
    const { rdb_last_save_time: savedAt, ...persistence } = fields("persistence");
    assert.equal(savedAt, "1");
    const others: Record<string, string> = {
      current_fork_perc: "0.00",
      rdb_last_bgsave_status: "ok",
      aof_last_bgrewrite_status: "ok",
      aof_last_write_status: "ok",
    };
    for (const [name, value] of Object.entries(persistence))
      assert.equal(value, others[name] ?? (name.endsWith("_time_sec") ? "-1" : "0"), name);
  });

  test("is a primary that nobody follows, and no cluster", () => {
    const { master_replid: id, ...replication } = fields("replication");
    assert.match(id!, /^[0-9a-f]{40}$/);
    assert.deepEqual(replication, {
      role: "master",
      connected_slaves: "0",
      master_failover_state: "no-failover",
      master_replid2: "0".repeat(40),
      master_repl_offset: "0",
      second_repl_offset: "-1",
      repl_backlog_active: "0",
      repl_backlog_size: "1048576",
      repl_backlog_first_byte_offset: "0",
      repl_backlog_histlen: "0",
    });
    assert.deepEqual(fields("cluster"), { cluster_enabled: "0" });
  });

  test("has no clients", () => {
    for (const [name, value] of Object.entries(fields("clients")))
      assert.equal(value, name === "maxclients" ? "10000" : "0", name);
  });
});

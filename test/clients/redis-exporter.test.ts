/** prometheus-redis-exporter: what a monitoring system sees of a server, read from the exporter's own page. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { until } from "../support/embedded.js";
import { freePort } from "../support/ports.js";
import { RespConnection } from "../support/resp-connection.js";
import { type RunningServer, skipWithout, startServer } from "../support/servers.js";
import { once } from "../support/time-limit.js";

const EXPORTER = "prometheus-redis-exporter";

/** Series with their labels, as "name{label=...}", and their values. */
type Metrics = ReadonlyMap<string, number>;

async function scrape(port: number): Promise<Metrics> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const metrics = new Map<string, number>();
  for (const line of (await response.text()).split("\n")) {
    const at = line.lastIndexOf(" ");
    if (line.startsWith("redis_")) metrics.set(line.slice(0, at), Number(line.slice(at + 1)));
  }
  return metrics;
}

describe(EXPORTER, { skip: skipWithout(EXPORTER) }, () => {
  let server: RunningServer;
  let client: RespConnection;
  let metrics: Metrics;
  const ended: (() => Promise<void>)[] = [];

  before(async () => {
    const args = [
      "--enable-debug-command",
      "yes",
      "--latency-monitor-threshold",
      "20",
      "--slowlog-log-slower-than",
      "20000",
    ];
    server = await startServer({ args: [...args, "--maxmemory", "100mb", "--maxclients", "500"] });
    ended.unshift(() => server.stop());
    client = await RespConnection.connect(server.port);
    ended.unshift(() => client.close());
    const commands = "SET a 1,SET b 2 EX 1000,GET a,GET none,INCR,XADD st * f v,SELECT 2,LPUSH list x";
    for (const command of commands.split(",")) await client.send(command.split(" "));
    await client.send(["DEBUG", "SLEEP", "0.03"]);
    const port = await freePort();
    const options = ["-redis.addr", `redis://127.0.0.1:${server.port}`, "-web.listen-address", `127.0.0.1:${port}`];
    const exporter = spawn(EXPORTER, [...options, "-export-client-list", "-check-streams", "st", "-check-keys", "a"], {
      stdio: "ignore",
    });
    ended.unshift(async () => {
      exporter.kill();
      await once(exporter, "exit");
    });
    await until("the exporter answers", async () => {
      metrics = await scrape(port).catch(() => new Map());
      return metrics.size > 0;
    });
  });
  after(async () => {
    for (const end of ended) await end();
  });

  const value = (series: string): number => {
    const found = metrics.get(`redis_${series}`);
    assert.notEqual(found, undefined, series);
    return found!;
  };

  test("finds the server up and understands all it says", () => {
    assert.equal(value("up"), 1);
    assert.equal(value('exporter_last_scrape_error{err=""}'), 0);
    const info = [...metrics.keys()].find((series) => series.startsWith("redis_instance_info"))!;
    assert.match(
      info,
      new RegExp(`process_id="${server.pid}".*redis_mode="standalone",redis_version="7\\.\\d+\\.\\d+",role="master"`),
    );
  });

  test("counts commands, refused and failed ones too, and errors by their code", () => {
    assert.equal(value('commands_total{cmd="set"}'), 2);
    assert.equal(value('commands_total{cmd="get"}'), 2);
    assert.equal(value('commands_rejected_calls_total{cmd="incr"}'), 1);
    assert.equal(value('errors_total{err="ERR"}'), 1);
    assert.equal(value("total_error_replies"), 1);
    assert.ok(value('commands_duration_seconds_total{cmd="debug"}') >= 0.03);
    assert.ok(value('latency_percentiles_usec{cmd="debug",quantile="50"}') >= 30_000);
    assert.equal(value('latency_percentiles_usec_count{cmd="set"}'), 2);
    assert.ok(value("commands_processed_total") >= 9);
  });

  test("counts keys, hits and misses", () => {
    assert.equal(value('db_keys{db="db0"}'), 3);
    assert.equal(value('db_keys_expiring{db="db0"}'), 1);
    assert.equal(value('db_keys{db="db2"}'), 1);
    assert.ok(Math.abs(value('db_avg_ttl_seconds{db="db0"}') - 1000) < 60);
    assert.equal(value("keyspace_hits_total"), 1);
    assert.equal(value("keyspace_misses_total"), 1);
    assert.equal(value('stream_length{db="db0",stream="st"}'), 1);
  });

  test("sees clients, memory and settings", () => {
    assert.equal(value("connected_clients"), 2);
    assert.equal(value("config_maxclients"), 500);
    assert.equal(value("memory_max_bytes"), 100 * 1024 * 1024);
    assert.ok(value("memory_used_bytes") > 0 && value("memory_used_rss_bytes") > value("memory_used_bytes"));
    assert.ok(value("allocator_active_bytes") >= value("allocator_allocated_bytes"));
    assert.ok(value("cpu_user_seconds_total") > 0);
    assert.ok(value("net_input_bytes_total") > 0 && value("net_output_bytes_total") > 0);
    const clients = [...metrics.keys()].filter((series) => series.startsWith("redis_connected_clients_details"));
    assert.ok(
      clients.some((series) => series.includes('name="redis_exporter"')),
      clients.join("\n"),
    );
  });

  test("sees slow commands and spikes of latency", () => {
    assert.ok(value("slowlog_length") >= 1);
    assert.ok(value("last_slow_execution_duration_seconds") >= 0.02);
    const spike = [...metrics].find(([series]) => series.startsWith("redis_latency_spike_duration_seconds"))!;
    assert.match(spike[0], /event_name="(fast-)?command"/);
  });
});

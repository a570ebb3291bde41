import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigStore } from "./config-store.js";

/** What CONFIG GET prints after the words of a line of redis.conf, or "-" and why they are refused. */
function shownFor(name: string, ...words: string[]): string {
  const store = new ConfigStore();
  const problem = store.assign(name, words);
  return problem === null ? store.text(name) : `-${problem}`;
}

/** Of each directive: the words of a line, and what comes of them. */
const LINES: Readonly<Record<string, readonly (readonly [words: string, text: string])[]>> = {
  "latency-tracking-info-percentiles": [
    ["0 50 99.9 100", "0 50 99.9 100"],
    ["0x10 .5 5. 1e1 +5", "16 0.5 5 10 5"],
    ["33.3333333", "33.333333"],
    ["", ""],
    ["-0.1", "-latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"],
    ["100.1", "-latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"],
    ["inf", "-latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"],
    ["-Infinity", "-latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"],
    ["x", "-Invalid latency-tracking-info-percentiles parameters"],
    [".", "-Invalid latency-tracking-info-percentiles parameters"],
    ["1e", "-Invalid latency-tracking-info-percentiles parameters"],
    ["50 99x", "-Invalid latency-tracking-info-percentiles parameters"],
  ],
  "oom-score-adj-values": [
    ["-2000 0 2000", "-2000 0 2000"],
    ["1 2", "-wrong number of arguments"],
    ["-2001 0 0", "-Invalid oom-score-adj-values, elements must be between -2000 and 2000."],
    ["0 0 2001", "-Invalid oom-score-adj-values, elements must be between -2000 and 2000."],
    ["0 x 0", "-Invalid oom-score-adj-values, elements must be between -2000 and 2000."],
  ],
  save: [
    ["1 0", "1 0"],
    ["60 5 10 7", "60 5 10 7"],
    ["0 1", "-Invalid save parameters"],
    ["1 -1", "-Invalid save parameters"],
    ["1", "-Invalid save parameters"],
    ["1 2 3", "-Invalid save parameters"],
    ["1 x", "-Invalid save parameters"],
    ["", ""],
  ],
  "client-output-buffer-limit": [
    ["NORMAL 1kb 2 3", "normal 1024 2 3 slave 268435456 67108864 60 pubsub 33554432 8388608 60"],
    ["slave 0 0 0 replica 1 1 1", "normal 0 0 0 slave 1 1 1 pubsub 33554432 8388608 60"],
    ["pubsub 1 2", "-Wrong number of arguments in buffer limit configuration."],
    ["master 1 2 3", "-Invalid client class specified in buffer limit configuration."],
    ["normal x 2 3", "-Error in hard, soft or soft_seconds setting in buffer limit configuration."],
    ["normal 1 x 3", "-Error in hard, soft or soft_seconds setting in buffer limit configuration."],
    ["normal 1 2 x", "-Error in hard, soft or soft_seconds setting in buffer limit configuration."],
    ["normal 1 2 -1", "-Error in hard, soft or soft_seconds setting in buffer limit configuration."],
    ["normal 1 2 0", "normal 1 2 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"],
  ],
  bind: [
    ["127.0.0.1 -::1", "127.0.0.1 -::1"],
    ["", ""],
    ["127.0.0.1 #comment", "-Invalid bind address."],
    [
      Array.from({ length: 16 }, (_, i) => `10.0.0.${i}`).join(" "),
      Array.from({ length: 16 }, (_, i) => `10.0.0.${i}`).join(" "),
    ],
    [Array.from({ length: 17 }, (_, i) => `10.0.0.${i}`).join(" "), "-Too many bind addresses specified."],
  ],
  replicaof: [
    ["host 0", "host 0"],
    ["host 65535", "host 65535"],
    ["NO One", ""],
    ["no two", "-Invalid master port"],
    ["host one", "-Invalid master port"],
    ["host 65536", "-Invalid master port"],
    ["host -1", "-Invalid master port"],
    ["host", "-wrong number of arguments"],
  ],
  "maxmemory-clients": [
    ["100%", "100%"],
    ["0%", "0"],
    ["1gb", "1073741824"],
    ["101%", "-percentage argument must be less or equal to 100"],
    ["-1%", "-argument must be a memory or percent value"],
    ["%", "-argument must be a memory or percent value"],
    ["x", "-argument must be a memory or percent value"],
  ],
  unixsocketperm: [
    ["777", "777"],
    ["0", "0"],
    ["1000", "-argument must be between 0 and 777 inclusive"],
    ["8", "-argument couldn't be parsed as an octal number"],
  ],
  "shutdown-on-sigint": [
    ["NOW force", "now force"],
    ["default", "default"],
    ["save nosave", "-shutdown options SAVE and NOSAVE can't be used simultaneously"],
    ["later", "-argument(s) must be one of the following: default, save, nosave, now, force"],
  ],
  "cluster-announce-hostname": [
    ["a".repeat(255), "a".repeat(255)],
    ["a".repeat(256), "-Hostnames must be less than 256 characters"],
    ["Host-1.example", "Host-1.example"],
    ["under_score", "-Hostnames may only contain alphanumeric characters, hyphens or dots"],
  ],
  "cluster-announce-human-nodename": [
    ["node-1", "node-1"],
    ["node@1", "-Announced human node name contained invalid character"],
  ],
};

describe("the words of a line of redis.conf", () => {
  for (const [name, cases] of Object.entries(LINES)) {
    test(name, () => {
      for (const [words, text] of cases) assert.equal(shownFor(name, ...words.split(" ")), text, words);
    });
  }

  test("are words of one directive that is there", () => {
    assert.equal(shownFor("port", "1", "2"), "-wrong number of arguments");
    assert.equal(new ConfigStore().assign("nosuch", ["1"]), "Bad directive or wrong number of arguments");
  });
});

test("proc-title-template takes known variables, and must not be empty by all of them", () => {
  const problem = "-template format is invalid or contains unknown variables";
  for (const template of ["{title} x", "{listen-addr}", "{port}", "{tls-port}", "{config-file}", "a {{ b", "plain"])
    assert.equal(shownFor("proc-title-template", template), template);
  for (const template of ["", " ", "{title}", "{server-mode} {unixsocket}", "{nosuch}", "{title", "x {"])
    assert.equal(shownFor("proc-title-template", template), problem, template);
});

test("lines of save in one file add up, each once; CONFIG SET begins anew", () => {
  const store = new ConfigStore();
  for (const line of ["1 2", "3 4", "1 2"]) assert.equal(store.assign("save", line.split(" ")), null);
  assert.equal(store.text("save"), "1 2 3 4");
  assert.equal(store.set([["save", "5 6 5 6"]]), null);
  assert.equal(store.text("save"), "5 6 5 6");
});

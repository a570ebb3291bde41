/** Waiting until others have what was written: WAIT, WAITAOF. */

import { NOT_AN_INTEGER, NOT_POSITIVE } from "../../protocol/errors.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, integer } from "../spec.js";
import { timeoutMilliseconds } from "../timeout-argument.js";

/** How many replicas there are. */
const REPLICAS = 0;
const NO_REPLICAS = Buffer.from(":0\r\n");
const NO_FILES = Buffer.from("*2\r\n:0\r\n:0\r\n");
const NO_LOCAL_FILE = "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.";

/** WAIT: until replicas have what this client wrote. */
export const wait = defineCommand(
  {
    name: "WAIT",
    group: "generic",
    since: "3.0.0",
    summary:
      "Blocks until the asynchronous replication of all preceding write commands sent by the connection is completed.",
    complexity: "O(1)",
    flags: [],
    acl: ["connection"],
    tips: ["request_policy:all_shards", "response_policy:agg_min"],
    args: [integer("numreplicas"), integer("timeout")],
  },
  (ctx, argv) => {
    const replicas = integerArgument(argv, 1);
    if (replicas === null) return ctx.reply.error(NOT_AN_INTEGER);
    const timeoutMs = timeoutMilliseconds(ctx, argv, 2);
    if (timeoutMs === null) return;
    if (replicas <= REPLICAS || !ctx.blocking.canWait) return ctx.reply.integer(REPLICAS);
    ctx.blocking.waitForReplicas(argv, timeoutMs, NO_REPLICAS);
  },
);

/** WAITAOF: until append-only files have what this client wrote. */
export const waitaof = defineCommand(
  {
    name: "WAITAOF",
    group: "generic",
    since: "7.2.0",
    summary:
      "Blocks until all of the preceding write commands sent by the connection are written to the append-only file of the master and/or replicas.",
    complexity: "O(1)",
    flags: ["noscript"],
    acl: ["connection"],
    tips: ["request_policy:all_shards", "response_policy:agg_min"],
    args: [integer("numlocal"), integer("numreplicas"), integer("timeout")],
  },
  (ctx, argv) => {
    const local = integerArgument(argv, 1);
    if (local === null) return ctx.reply.error(NOT_AN_INTEGER);
    if (local < 0 || local > 1) return ctx.reply.error("ERR value is out of range, value must between 0 and 1");
    const replicas = integerArgument(argv, 2);
    if (replicas === null) return ctx.reply.error(NOT_AN_INTEGER);
    if (replicas < 0) return ctx.reply.error(NOT_POSITIVE);
    const timeoutMs = timeoutMilliseconds(ctx, argv, 3);
    if (timeoutMs === null) return;
    if (local > 0) return ctx.reply.error(NO_LOCAL_FILE);
    if (replicas <= REPLICAS || !ctx.blocking.canWait) {
      ctx.reply.array(2);
      ctx.reply.integer(0);
      return ctx.reply.integer(REPLICAS);
    }
    ctx.blocking.waitForReplicas(argv, timeoutMs, NO_FILES);
  },
);

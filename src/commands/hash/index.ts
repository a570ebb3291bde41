import type { Command } from "../spec.js";
import { hdel } from "./hdel.js";
import { hexists, hget, hlen, hmget, hstrlen } from "./hget.js";
import { hgetall, hkeys, hvals } from "./hgetall.js";
import { hincrby } from "./hincrby.js";
import { hincrbyfloat } from "./hincrbyfloat.js";
import { hrandfield } from "./hrandfield.js";
import { hscan } from "./hscan.js";
import { hmset, hset, hsetnx } from "./hset.js";

/** The commands of the group "hash". */
export const hashCommands: readonly Command[] = [
  hdel,
  hexists,
  hget,
  hgetall,
  hincrby,
  hincrbyfloat,
  hkeys,
  hlen,
  hmget,
  hmset,
  hrandfield,
  hscan,
  hset,
  hsetnx,
  hstrlen,
  hvals,
];

import type { Command } from "../spec.js";
import { hdel } from "./hdel.js";
import { hexpire, hexpireat, hpexpire, hpexpireat } from "./hexpire.js";
import { hexists, hget, hlen, hmget, hstrlen } from "./hget.js";
import { hgetall, hkeys, hvals } from "./hgetall.js";
import { hgetdel } from "./hgetdel.js";
import { hgetex } from "./hgetex.js";
import { hincrby } from "./hincrby.js";
import { hincrbyfloat } from "./hincrbyfloat.js";
import { hrandfield } from "./hrandfield.js";
import { hscan } from "./hscan.js";
import { hmset, hset, hsetnx } from "./hset.js";

import { hsetex } from "./hsetex.js";
import { hexpiretime, hpersist, hpexpiretime, hpttl, httl } from "./httl.js";

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
  hexpire,
  hexpireat,
  hexpiretime,
  hgetdel,
  hgetex,
  hpersist,
  hpexpire,
  hpexpireat,
  hpexpiretime,
  hpttl,
  hsetex,
  httl,
];

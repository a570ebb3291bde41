import type { Command } from "../spec.js";
import { zadd, zincrby } from "./zadd.js";
import { zcount, zlexcount } from "./zcount.js";
import { zdiff, zdiffstore } from "./zdiff.js";
import { zinter, zintercard, zinterstore } from "./zinter.js";
import { bzmpop, bzpopmax, bzpopmin, zmpop } from "./zmpop.js";
import { zpopmax, zpopmin } from "./zpop.js";
import { zrandmember } from "./zrandmember.js";
import { zrange, zrangebylex, zrangebyscore, zrevrange, zrevrangebylex, zrevrangebyscore } from "./zrange.js";
import { zrangestore } from "./zrangestore.js";
import { zrank, zrevrank } from "./zrank.js";
import { zrem } from "./zrem.js";
import { zremrangebylex, zremrangebyrank, zremrangebyscore } from "./zremrange.js";
import { zscan } from "./zscan.js";
import { zcard, zmscore, zscore } from "./zscore.js";
import { zunion, zunionstore } from "./zunion.js";

/** The commands of the group "sorted-set". */
export const sortedSetCommands: readonly Command[] = [
  bzmpop,
  bzpopmax,
  bzpopmin,
  zadd,
  zcard,
  zcount,
  zdiff,
  zdiffstore,
  zincrby,
  zinter,
  zintercard,
  zinterstore,
  zlexcount,
  zmpop,
  zmscore,
  zpopmax,
  zpopmin,
  zrandmember,
  zrange,
  zrangebylex,
  zrangebyscore,
  zrangestore,
  zrank,
  zrem,
  zremrangebylex,
  zremrangebyrank,
  zremrangebyscore,
  zrevrange,
  zrevrangebylex,
  zrevrangebyscore,
  zrevrank,
  zscan,
  zscore,
  zunion,
  zunionstore,
];

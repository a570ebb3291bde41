import type { Command } from "../spec.js";
import { copy } from "./copy.js";
import { del, unlink } from "./del.js";
import { exists } from "./exists.js";
import { expire, expireat, pexpire, pexpireat } from "./expire.js";
import { keys } from "./keys.js";
import { move } from "./move.js";
import { object } from "./object.js";
import { persist } from "./persist.js";
import { randomkey } from "./randomkey.js";
import { rename, renamenx } from "./rename.js";
import { scan } from "./scan.js";
import { sort, sortRo } from "./sort.js";
import { touch } from "./touch.js";
import { expiretime, pexpiretime, pttl, ttl } from "./ttl.js";
import { type } from "./type.js";

/** The commands of the group "generic". */
export const genericCommands: readonly Command[] = [
  copy,
  del,
  exists,
  expire,
  expireat,
  expiretime,
  keys,
  move,
  object,
  persist,
  pexpire,
  pexpireat,
  pexpiretime,
  pttl,
  randomkey,
  rename,
  renamenx,
  scan,
  sort,
  sortRo,
  touch,
  ttl,
  type,
  unlink,
];

import type { Command } from "../spec.js";
import { copy } from "./copy.js";
import { del, unlink } from "./del.js";
import { dump, restore, restoreAsking } from "./dump.js";
import { exists } from "./exists.js";
import { expire, expireat, pexpire, pexpireat } from "./expire.js";
import { keys } from "./keys.js";
import { migrate } from "./migrate.js";
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
import { wait, waitaof } from "./wait.js";

/** The commands of the group "generic". */
export const genericCommands: readonly Command[] = [
  copy,
  del,
  dump,
  exists,
  expire,
  expireat,
  expiretime,
  keys,
  migrate,
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
  restore,
  restoreAsking,
  scan,
  sort,
  sortRo,
  touch,
  ttl,
  type,
  unlink,
  wait,
  waitaof,
];

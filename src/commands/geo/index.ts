import type { Command } from "../spec.js";
import { geoadd } from "./geoadd.js";
import { geodist } from "./geodist.js";
import { geohash, geopos } from "./geopos.js";
import { georadius, georadiusbymember, georadiusbymemberRo, georadiusRo } from "./georadius.js";
import { geosearch, geosearchstore } from "./geosearch.js";

/** The commands of the group "geo". */
export const geoCommands: readonly Command[] = [
  geoadd,
  geodist,
  geohash,
  geopos,
  georadius,
  georadiusRo,
  georadiusbymember,
  georadiusbymemberRo,
  geosearch,
  geosearchstore,
];

/** The subcommands that switch something about this client on or off. */
import type { Argv } from "../../bytes/argv.js";
import { SYNTAX_ERROR } from "../../protocol/errors.js";
import type { ServiceContext } from "../context.js";
import { defineCommand, flag, oneOf } from "../spec.js";

/** CLIENT NO-EVICT: spares this client when maxmemory-clients is exceeded. */
export const clientNoEvict = defineCommand(
  {
    name: "NO-EVICT",
    group: "connection",
    since: "7.0.0",
    summary: "Sets the client eviction mode of the connection.",
    complexity: "O(1)",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
    args: [oneOf("enabled", [flag("ON"), flag("OFF")], { optional: false })],
  },
  (ctx, argv) => {
    const isOn = readSwitch(ctx, argv);
    if (isOn !== null) ctx.client.setNoEvict(isOn);
  },
);

/** CLIENT NO-TOUCH: reads by this client do not refresh access times. */
export const clientNoTouch = defineCommand(
  {
    name: "NO-TOUCH",
    group: "connection",
    since: "7.2.0",
    summary: "Controls whether commands sent by the client affect the LRU/LFU of accessed keys.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale"],
    args: [oneOf("enabled", [flag("ON"), flag("OFF")], { optional: false })],
  },
  (ctx, argv) => {
    const isOn = readSwitch(ctx, argv);
    if (isOn !== null) ctx.client.noTouch = isOn;
  },
);

/** Argument 2, ON or OFF, and replies; null when it is neither. */
function readSwitch({ reply }: Pick<ServiceContext, "reply">, argv: Argv): boolean | null {
  const isOn = argv.is(2, "ON");
  if (isOn || argv.is(2, "OFF")) {
    reply.ok();
    return isOn;
  }
  reply.error(SYNTAX_ERROR);
  return null;
}

/** DEBUG's switches: they only set `DebugSwitches`. */
import type { Argv } from "../../../bytes/argv.js";
import { NOT_AN_INTEGER } from "../../../protocol/errors.js";
import type { DebugSwitches } from "../../debug-switches.js";
import { integerArgument } from "../../integer-argument.js";
import { between, type DebugAction, exactly } from "./action.js";

/** What PEAK-RESET-TIME RESET restores. */
const PEAK_RESET_MS = 5000;
const FOUR_GB = 2 ** 32;

/** Actions by their word. */
export const switches: Readonly<Record<string, DebugAction>> = {
  "SET-ACTIVE-EXPIRE": flagSwitch((debug, isOn) => {
    debug.activeExpire = isOn;
  }),
  "PAUSE-CRON": flagSwitch((debug, isOn) => {
    debug.cronPaused = isOn;
  }),
  "DICT-RESIZING": flagSwitch((debug, isOn) => {
    debug.dictResizing = isOn;
  }),
  "SET-DISABLE-DENY-SCRIPTS": flagSwitch((debug, isOn) => {
    debug.denyScriptsDisabled = isOn;
  }),
  "SET-SKIP-CHECKSUM-VALIDATION": flagSwitch((debug, isOn) => {
    debug.checksumsSkipped = isOn;
  }),
  REPLYBUFFER: between(4, 4, ({ debug, reply }, argv) => {
    if (argv.is(2, "RESIZING")) {
      debug.replyBufferResizing = leadingInteger(argv, 3) !== 0;
    } else if (argv.is(2, "PEAK-RESET-TIME")) {
      const time = argv.is(3, "NEVER") ? -1 : argv.is(3, "RESET") ? PEAK_RESET_MS : integerArgument(argv, 3);
      if (time === null) return reply.error(NOT_AN_INTEGER);
      debug.replyBufferPeakResetMs = time;
    } else {
      return reply.error("ERR unknown subcommand or wrong number of arguments for 'replybuffer'. Try DEBUG HELP.");
    }
    reply.ok();
  }),
  "QUICKLIST-PACKED-THRESHOLD": exactly(3, ({ debug, reply }, argv) => {
    const bytes = memoryArgument(argv, 2);
    if (Number.isNaN(bytes) || bytes >= FOUR_GB) {
      return reply.error("ERR argument must be a memory value bigger than 1 and smaller than 4gb");
    }
    debug.quicklistPackedThreshold = bytes;
    reply.ok();
  }),
};

function flagSwitch(set: (debug: DebugSwitches, isOn: boolean) => void): DebugAction {
  return exactly(3, ({ debug, reply }, argv) => {
    set(debug, leadingInteger(argv, 2) !== 0);
    reply.ok();
  });
}

/** As C's atoi reads it: 0 when the argument does not start with a number. */
function leadingInteger(argv: Argv, i: number): number {
  const value = Number.parseInt(argv.latin1(i), 10);
  return Number.isNaN(value) ? 0 : value;
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1000 ** 2,
  mb: 1024 ** 2,
  g: 1000 ** 3,
  gb: 1024 ** 3,
};

/** A size with a unit, "100kb"; NaN when it is none. */
function memoryArgument(argv: Argv, i: number): number {
  const match = /^(\d+)([a-z]*)$/.exec(argv.latin1(i).toLowerCase());
  return match === null ? Number.NaN : Number(match[1]) * (UNITS[match[2]!] ?? Number.NaN);
}

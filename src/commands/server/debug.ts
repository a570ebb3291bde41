import { subcommandSyntaxError } from "../command-errors.js";
import { defineCommand } from "../spec.js";
import type { DebugAction } from "./debug/action.js";
import { digest, digestValue } from "./debug/digest.js";
import { debugHelp } from "./debug/help.js";
import { htstats, htstatsKey } from "./debug/htstats.js";
import { listpack, objectInfo, quicklist, sdslen } from "./debug/object-info.js";
import { populate } from "./debug/populate.js";
import {
  changeReplId,
  clientEviction,
  configRewriteForceAll,
  error,
  leak,
  log,
  sleep,
  structsize,
} from "./debug/process.js";
import { protocol } from "./debug/protocol.js";
import { loadaof, reload } from "./debug/reload.js";
import { snapshot } from "./debug/snapshot.js";
import { switches } from "./debug/switches.js";

const ACTIONS: ReadonlyMap<string, DebugAction> = new Map(
  Object.entries({
    ...switches,
    "CHANGE-REPL-ID": changeReplId,
    "CLIENT-EVICTION": clientEviction,
    "CONFIG-REWRITE-FORCE-ALL": configRewriteForceAll,
    DIGEST: digest,
    "DIGEST-VALUE": digestValue,
    ERROR: error,
    HELP: debugHelp,
    HTSTATS: htstats,
    "HTSTATS-KEY": htstatsKey,
    LEAK: leak,
    LISTPACK: listpack,
    LOADAOF: loadaof,
    LOG: log,
    OBJECT: objectInfo,
    POPULATE: populate,
    PROTOCOL: protocol,
    QUICKLIST: quicklist,
    RELOAD: reload,
    SDSLEN: sdslen,
    SLEEP: sleep,
    SNAPSHOT: snapshot,
    STRUCTSIZE: structsize,
  }),
);

/** DEBUG: what test suites need, when enable-debug-command allows it. */
export const debug = defineCommand(
  {
    name: "DEBUG",
    group: "server",
    since: "1.0.0",
    summary: "A container for debugging commands.",
    complexity: "Depends on subcommand.",
    flags: ["admin", "noscript", "loading", "stale", "protected"],
    docFlags: ["syscmd"],
    arity: -2,
  },
  (ctx, argv) => {
    const action = ACTIONS.get(argv.latin1(1).toUpperCase());
    if (action === undefined || argv.count < action.least || argv.count > action.most) {
      return ctx.reply.error(subcommandSyntaxError(argv, "DEBUG"));
    }
    action.run(ctx, argv);
  },
);

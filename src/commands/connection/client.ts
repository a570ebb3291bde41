import { defineContainer } from "../spec.js";
import { clientCaching } from "./client-caching.js";
import { clientGetredir } from "./client-getredir.js";
import { clientHelp } from "./client-help.js";
import { clientId } from "./client-id.js";
import { clientKill } from "./client-kill.js";
import { clientInfo, clientList } from "./client-list.js";
import { clientNoEvict, clientNoTouch } from "./client-modes.js";
import { clientPause, clientUnpause } from "./client-pause.js";
import { clientReply } from "./client-reply.js";
import { clientSetinfo } from "./client-setinfo.js";
import { clientGetname, clientSetname } from "./client-setname.js";
import { clientTracking } from "./client-tracking.js";
import { clientTrackinginfo } from "./client-trackinginfo.js";
import { clientUnblock } from "./client-unblock.js";

/** CLIENT: the connections, this one and the others. */
export const clientCommand = defineContainer({
  name: "CLIENT",
  group: "connection",
  since: "2.4.0",
  summary: "A container for client connection commands.",
  complexity: "Depends on subcommand.",
  flags: ["sentinel"],
  subcommands: [
    clientCaching,
    clientGetname,
    clientGetredir,
    clientHelp,
    clientId,
    clientInfo,
    clientKill,
    clientList,
    clientNoEvict,
    clientNoTouch,
    clientPause,
    clientReply,
    clientSetinfo,
    clientSetname,
    clientTracking,
    clientTrackinginfo,
    clientUnblock,
    clientUnpause,
  ],
});

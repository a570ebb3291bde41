import { defineContainer } from "../spec.js";
import { aclCat } from "./acl-cat.js";
import { aclDeluser } from "./acl-deluser.js";
import { aclDryrun } from "./acl-dryrun.js";
import { aclGenpass } from "./acl-genpass.js";
import { aclGetuser } from "./acl-getuser.js";
import { aclHelp } from "./acl-help.js";
import { aclList, aclUsers } from "./acl-list.js";
import { aclLoad, aclSave } from "./acl-load.js";
import { aclLog } from "./acl-log.js";
import { aclSetuser } from "./acl-setuser.js";
import { aclWhoami } from "./acl-whoami.js";

/** ACL: the users, and what they may do. */
export const acl = defineContainer({
  name: "ACL",
  group: "server",
  since: "6.0.0",
  summary: "A container for Access List Control commands.",
  complexity: "Depends on subcommand.",
  flags: ["sentinel"],
  subcommands: [
    aclCat,
    aclDeluser,
    aclDryrun,
    aclGenpass,
    aclGetuser,
    aclHelp,
    aclList,
    aclLoad,
    aclLog,
    aclSave,
    aclSetuser,
    aclUsers,
    aclWhoami,
  ],
});

/** ACL LOAD and ACL SAVE: the file of users. */
import { defineCommand } from "../spec.js";

const NO_FILE =
  "ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER " +
  "command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store users in " +
  "the Redis configuration.";

/** ACL LOAD: the users become those of the file, or stay as they are when it has mistakes. */
export const aclLoad = defineCommand(
  {
    name: "LOAD",
    group: "server",
    since: "6.0.0",
    summary: "Reloads the rules from the configured ACL file.",
    complexity: "O(N). Where N is the number of configured users.",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  },
  ({ acl, reply }) => {
    if (!acl.hasFile) return reply.error(NO_FILE);
    const errors = acl.load();
    if (errors === null) reply.ok();
    else reply.error(`ERR ${errors}`);
  },
);

/** ACL SAVE: writes the users into the file. */
export const aclSave = defineCommand(
  {
    name: "SAVE",
    group: "server",
    since: "6.0.0",
    summary: "Saves the effective ACL rules in the configured ACL file.",
    complexity: "O(N). Where N is the number of configured users.",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  },
  ({ acl, reply }) => {
    if (!acl.hasFile) return reply.error(NO_FILE);
    if (acl.save()) reply.ok();
    else {
      reply.error("ERR There was an error trying to save the ACLs. Please check the server logs for more information");
    }
  },
);

/** Passwords, users, and what is allowed at all. */

import { integer } from "../number-kinds.js";
import { INT64_MAX } from "../number-text.js";
import { oneOf, optionalText, text } from "../scalar-kinds.js";

export const security = {
  requirepass: optionalText({ sensitive: true }),
  aclfile: text("", { immutable: true }),
  "acllog-max-len": integer(128, 0, INT64_MAX),
  "acl-pubsub-default": oneOf(["allchannels", "resetchannels"], "resetchannels"),
  "enable-protected-configs": oneOf(["no", "yes", "local"], "no", { immutable: true }),
  "enable-debug-command": oneOf(["no", "yes", "local"], "no", { immutable: true }),
  "enable-module-command": oneOf(["no", "yes", "local"], "no", { immutable: true }),
};

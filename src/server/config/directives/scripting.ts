/** Scripts and functions. */

import { integer } from "../number-kinds.js";
import { INT64_MAX } from "../number-text.js";
import { boolean } from "../scalar-kinds.js";

export const scripting = {
  "busy-reply-threshold": integer(5000, 0, INT64_MAX, { alias: "lua-time-limit" }),
  "lua-enable-deprecated-api": boolean(false, { immutable: true, hidden: true }),
};

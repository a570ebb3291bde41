/** Listening and connections. */
import { addresses } from "../list-kinds.js";
import { integer, octal } from "../number-kinds.js";
import { INT_MAX, UINT_MAX } from "../number-text.js";
import { boolean, optionalText, text } from "../scalar-kinds.js";

export const network = {
  bind: addresses(["*", "-::*"]),
  "bind-source-addr": optionalText(),
  port: integer(6379, 0, 65535),
  "protected-mode": boolean(true),
  "tcp-backlog": integer(511, 0, INT_MAX, { immutable: true }),
  "tcp-keepalive": integer(300, 0, INT_MAX),
  "tcp-congestion": text("", { hidden: true }),
  "tcp-user-timeout": integer(0, 0, INT_MAX, { hidden: true }),
  "tcp-fastopen": integer(0, 0, INT_MAX, { hidden: true }),
  timeout: integer(0, 0, INT_MAX),
  unixsocket: optionalText({ immutable: true }),
  unixsocketperm: octal(0, 0, 0o777, { immutable: true }),
  "socket-mark-id": integer(0, 0, UINT_MAX, { immutable: true }),
  "io-threads": integer(1, 1, 128, { immutable: true }),
  "io-threads-do-reads": boolean(false, { immutable: true }),
};

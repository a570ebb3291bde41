/**
 * Web pages can make a browser send requests to any port of its machine, and the lines of such a request would be run as inline
 * commands. Every such request has "POST" or "Host:" at the start of a line, so these end the connection.
 */
import type { Argv } from "../../bytes/argv.js";
import type { Client } from "../../commands/client.js";
import type { ConnectionHost } from "./connection-host.js";

/** The least time between two warnings in the log. */
const LOG_INTERVAL_MS = 60_000;

export class HttpGuard {
  #lastLogMs = 0;

  /** Closes the connection and returns true if what looked like a command is part of an HTTP request. */
  stops(client: Client, argv: Argv, host: ConnectionHost): boolean {
    if (!argv.is(0, "POST") && !argv.is(0, "HOST:")) return false;
    if (host.nowMs - this.#lastLogMs > LOG_INTERVAL_MS) {
      this.#lastLogMs = host.nowMs;
      host.log(
        "warning",
        "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. This is likely " +
          "due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance. " +
          `Connection from ${client.peerAddress} aborted.`,
      );
    }
    client.close("HTTP request");
    return true;
  }
}

/** `maxclients` within what the system allows: every client is an open file. */
import type { ConfigStore } from "../config/config-store.js";
import type { Log } from "../process/log.js";

/** Files that are not clients: listeners, the log, and what Node itself keeps open. */
const RESERVED_FILES = 32;

/** Lowers `maxclients` to what `maxOpenFiles` leaves for clients, with a word in the log, and refuses more later. */
export function limitClientsByFiles(config: ConfigStore, log: Log, maxOpenFiles: number): void {
  const most = Math.max(1, maxOpenFiles - RESERVED_FILES);
  const requested = config.get("maxclients");
  if (requested > most) {
    config.assign("maxclients", [String(most)]);
    log.warning(
      `You requested maxclients of ${requested} requiring at least ${requested + RESERVED_FILES} max file descriptors.`,
    );
    log.warning(
      `Current maximum open files is ${maxOpenFiles}. maxclients has been reduced to ${most} to compensate for low ` +
        "ulimit. If you need higher maxclients increase 'ulimit -n'.",
    );
  }
  config.onChange("maxclients", (count) => {
    if (count <= most) return null;
    return `The operating system is not able to handle the specified number of clients, try with ${most}`;
  });
}

/** Commands that the settings enable-debug-command and enable-module-command keep back, since they reach into the process. */
import { type Client, isLocal } from "./client.js";
import type { CommandEntry } from "./command-entry.js";
import type { ConfigAccess } from "./config-context.js";

/** What decides. */
interface ProtectedContext {
  readonly config: Pick<ConfigAccess, "text">;
  readonly client: Pick<Client, "isUnixSocket" | "peerAddress">;
}

/** The error for a command with the flag "protected", null when its setting is "yes", or "local" and the client is on this machine. */
export function keptBackError(ctx: ProtectedContext, { name }: Pick<CommandEntry, "name">): string | null {
  const command = name.split("|", 1)[0]!;
  const option = `enable-${command}-command`;
  const setting = ctx.config.text(option);
  if (setting === "yes" || (setting === "local" && isLocal(ctx.client))) return null;
  return (
    `ERR ${command.toUpperCase()} command not allowed. If the ${option} option is set to "local", you can run it from a local ` +
    "connection, otherwise you need to set this option in the configuration file, and then restart the server."
  );
}

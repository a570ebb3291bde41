/** Commands that the settings enable-debug-command and enable-module-command keep back, since they reach into the process. */
import type { Context } from "./context.js";

const LOOPBACK = /^(127\.0\.0\.1|::1|\[::1\]|::ffff:127\.0\.0\.1|\[::ffff:127\.0\.0\.1\]):\d+$/;

/** Answers an error and returns true unless the setting is "yes", or "local" and the client is on this machine. */
export function isKeptBack(ctx: Context, name: "DEBUG" | "MODULE"): boolean {
  const option = `enable-${name.toLowerCase()}-command`;
  const setting = ctx.config.text(option);
  if (setting === "yes" || (setting === "local" && isLocal(ctx))) return false;
  ctx.reply.error(
    `ERR ${name} command not allowed. If the ${option} option is set to "local", you can run it from a local ` +
      "connection, otherwise you need to set this option in the configuration file, and then restart the server.",
  );
  return true;
}

function isLocal({ client }: Context): boolean {
  return client.isUnixSocket || LOOPBACK.test(client.peerAddress);
}

/** The name a process shows in lists of processes, made from the directive `proc-title-template`. */
import type { ConfigStore } from "../config/config-store.js";

/** The name for these settings, with `title` the program's own: "redstart *:6379". */
export function processTitle(config: ConfigStore, title: string): string {
  const port = config.number("port");
  const unixSocket = config.text("unixsocket");
  const [first = "*"] = config.get("bind");
  const values: Record<string, string> = {
    title,
    "listen-addr": port === 0 ? unixSocket : `${first.startsWith("-") ? first.slice(1) : first}:${port}`,
    "server-mode": config.flag("cluster-enabled") ? "[cluster]" : "",
    port: String(port),
    "tls-port": config.text("tls-port"),
    unixsocket: unixSocket,
    "config-file": config.file ?? "",
  };
  const filled = config
    .text("proc-title-template")
    .replace(/\{\{|\{([^}]*)\}/g, (all, name: string | undefined) =>
      name === undefined ? "{" : (values[name] ?? all),
    );
  return filled.trimEnd();
}

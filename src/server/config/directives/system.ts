/** The process and the machine. */
import { scoreAdjustments } from "../list-kinds.js";
import { integer } from "../number-kinds.js";
import { INT_MAX } from "../number-text.js";
import { anyOf, boolean, oneOf, optionalText, text } from "../scalar-kinds.js";

const TITLE_VARIABLES = new Set([
  "title",
  "listen-addr",
  "server-mode",
  "port",
  "tls-port",
  "unixsocket",
  "config-file",
]);

/** Variables that are never empty, so that a title made of one alone is a title. */
const SOLID_VARIABLES = new Set(["listen-addr", "port", "tls-port", "config-file"]);

function checkTitle(template: string): string | null {
  let solid = false;
  const rest = template.replace(/\{\{|\{([^}]*)\}/g, (all, name: string | undefined) => {
    if (name === undefined) return "(";
    if (!TITLE_VARIABLES.has(name)) return all;
    solid ||= SOLID_VARIABLES.has(name);
    return "";
  });
  const valid = !rest.includes("{") && (solid || rest.trim() !== "");
  return valid ? null : "template format is invalid or contains unknown variables";
}

function checkShutdown(words: ReadonlySet<string>): string | null {
  const both = words.has("save") && words.has("nosave");
  return both ? "shutdown options SAVE and NOSAVE can't be used simultaneously" : null;
}

const SHUTDOWN_WORDS = ["save", "nosave", "now", "force"] as const;

export const system = {
  daemonize: boolean(false, { immutable: true }),
  supervised: oneOf(["upstart", "systemd", "auto", "no"], "no", { immutable: true }),
  pidfile: optionalText({ immutable: true }),
  "always-show-logo": boolean(false, { immutable: true }),
  "set-proc-title": boolean(true, { immutable: true }),
  "proc-title-template": text("{title} {listen-addr} {server-mode}", {}, checkTitle),
  "locale-collate": text(""),
  "ignore-warnings": text(""),
  hz: integer(10, 0, INT_MAX, { clamp: [1, 500] }),
  "dynamic-hz": boolean(true),
  "shutdown-timeout": integer(10, 0, INT_MAX),
  "shutdown-on-sigint": anyOf("default", SHUTDOWN_WORDS, {}, checkShutdown),
  "shutdown-on-sigterm": anyOf("default", SHUTDOWN_WORDS, {}, checkShutdown),
  "oom-score-adj": oneOf(["no", "yes", "absolute"], "no", {}, { relative: "yes" }),
  "oom-score-adj-values": scoreAdjustments([0, 200, 800]),
  "disable-thp": boolean(true, { immutable: true }),
  server_cpulist: optionalText({ immutable: true }),
  bio_cpulist: optionalText({ immutable: true }),
  aof_rewrite_cpulist: optionalText({ immutable: true }),
  bgsave_cpulist: optionalText({ immutable: true }),
  "enable-debug-assert": boolean(false, { immutable: true, hidden: true }),
};

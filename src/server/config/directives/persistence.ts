/** Snapshots and the append-only file. */
import { savePoints } from "../list-kinds.js";
import { integer, memory } from "../number-kinds.js";
import { INT_MAX, INT_MIN, INT64_MAX } from "../number-text.js";
import { boolean, oneOf, optionalText, type TextCheck, text } from "../scalar-kinds.js";

/** Accepts the name of a file or directory, without a path. */
function baseName(directive: string, what: string): TextCheck {
  return (name) => (/[/\\]/.test(name) ? `${directive} can't be a path, just a ${what}` : null);
}

/** The same, and not "". */
function solidBaseName(directive: string, what: string): TextCheck {
  const check = baseName(directive, what);
  return (name) => (name === "" ? `${directive} can't be empty` : check(name));
}

export const persistence = {
  dir: optionalText({ protected: true, denyLoading: true, directory: true }, (path) => {
    return path === "" ? "dir can't be empty" : null;
  }),
  save: savePoints([
    { seconds: 3600, changes: 1 },
    { seconds: 300, changes: 100 },
    { seconds: 60, changes: 10000 },
  ]),
  dbfilename: text("dump.rdb", { protected: true }, baseName("dbfilename", "filename")),
  rdbcompression: boolean(true),
  rdbchecksum: boolean(true, { immutable: true }),
  "rdb-del-sync-files": boolean(false),
  "rdb-save-incremental-fsync": boolean(true),
  "rdb-key-save-delay": integer(0, INT_MIN, INT_MAX, { hidden: true }),
  "key-load-delay": integer(0, INT_MIN, INT_MAX, { hidden: true }),
  "loading-process-events-interval-bytes": integer(2 * 1024 * 1024, 1024, INT_MAX, { hidden: true }),
  "stop-writes-on-bgsave-error": boolean(true),
  "sanitize-dump-payload": oneOf(["no", "yes", "clients"], "no"),
  appendonly: boolean(false, { denyLoading: true }),
  appendfilename: text("appendonly.aof", { immutable: true }, solidBaseName("appendfilename", "filename")),
  appenddirname: text("appendonlydir", { immutable: true }, solidBaseName("appenddirname", "dirname")),
  appendfsync: oneOf(["everysec", "always", "no"], "everysec"),
  "no-appendfsync-on-rewrite": boolean(false),
  "auto-aof-rewrite-percentage": integer(100, 0, INT_MAX),
  "auto-aof-rewrite-min-size": memory(64 * 1024 * 1024, 0, INT64_MAX),
  "aof-load-truncated": boolean(true),
  "aof-use-rdb-preamble": boolean(true),
  "aof-timestamp-enabled": boolean(false),
  "aof-rewrite-incremental-fsync": boolean(true),
  "aof-disable-auto-gc": boolean(false, { hidden: true }),
};

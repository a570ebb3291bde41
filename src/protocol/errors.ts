/**
 * The error replies that several commands share, byte for byte as Redis 7.2 words them, code first and without the
 * leading "-". What only one command says lives beside that command.
 */

export const SYNTAX_ERROR = "ERR syntax error";
export const NOT_AN_INTEGER = "ERR value is not an integer or out of range";
export const OUT_OF_RANGE = "ERR value is out of range";
export const INT32_OUT_OF_RANGE = "ERR value is out of range, value must between -2147483648 and 2147483647";
export const NOT_POSITIVE = "ERR value is out of range, must be positive";
export const NOT_A_FLOAT = "ERR value is not a valid float";
export const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
export const NO_SUCH_KEY = "ERR no such key";
export const SAME_OBJECT = "ERR source and destination objects are the same";
export const INDEX_OUT_OF_RANGE = "ERR index out of range";
export const OFFSET_OUT_OF_RANGE = "ERR offset is out of range";
export const DB_INDEX_OUT_OF_RANGE = "ERR DB index is out of range";
export const INCREMENT_OVERFLOW = "ERR increment or decrement would overflow";
export const NAN_OR_INFINITY = "ERR increment would produce NaN or Infinity";
export const STRING_TOO_LONG = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
export const BUSY_KEY = "BUSYKEY Target key name already exists.";
export const TIMEOUT_NOT_AN_INTEGER = "ERR timeout is not an integer or out of range";
export const TIMEOUT_NOT_A_FLOAT = "ERR timeout is not a float or out of range";
export const TIMEOUT_NEGATIVE = "ERR timeout is negative";

export const OUT_OF_MEMORY = "OOM command not allowed when used memory > 'maxmemory'.";
export const NOAUTH = "NOAUTH Authentication required.";
export const WRONG_PASSWORD = "WRONGPASS invalid username-password pair or user is disabled.";
export const NO_PASSWORD_SET =
  "ERR AUTH <password> called without any password configured for the default user. " +
  "Are you sure your configuration is correct?";
export const EXEC_ABORTED = "EXECABORT Transaction discarded because of previous errors.";
export const NOT_IN_TRANSACTION = "ERR Command not allowed inside a transaction";
export const LOADING = "LOADING Redis is loading the dataset in memory";
export const READONLY_REPLICA = "READONLY You can't write against a read only replica.";
export const PRIMARY_DOWN = "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";
export const NO_REPLICAS = "NOREPLICAS Not enough good replicas to write.";
export const NO_SCRIPT = "NOSCRIPT No matching script. Please use EVAL.";
export const BUSY_SCRIPT = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
export const SAVE_FAILING =
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. " +
  "Commands that may modify the data set are disabled, because this instance is configured to report errors during " +
  "writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). " +
  "Please check the Redis logs for details about the RDB error.";

/** SET, EXPIRE, GETEX …: an expiry that is not positive or does not fit; `command` is the full name. */
export function invalidExpireTime(command: string): string {
  return `ERR invalid expire time in '${command}' command`;
}

export const NO_KEY_PERMISSION = "NOPERM No permissions to access a key";
export const NO_CHANNEL_PERMISSION = "NOPERM No permissions to access a channel";

/** ACL: the user may not run this command. */
export function noPermission(user: string, command: string): string {
  return `NOPERM User ${user} has no permissions to run the '${command}' command`;
}

/** A command called with a number of arguments its arity does not allow; `command` is the full name. */
export function wrongArgumentCount(command: string): string {
  return `ERR wrong number of arguments for '${command}' command`;
}

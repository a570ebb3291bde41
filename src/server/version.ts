/** What this server says it is. */
export const VERSION = {
  /** The version of Redis whose behaviour this server has. */
  redis: "7.2.4",
  redstart: "0.1.0",
} as const;

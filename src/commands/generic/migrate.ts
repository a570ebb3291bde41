import type { Argv } from "../../bytes/argv.js";
import { block, defineCommand, flag, integer, key, oneOf, string } from "../spec.js";
import { unavailable } from "../unavailable.js";

const KEY = 3;
/** Where the options begin. */
const OPTIONS = 6;
const KEY_FLAGS = "RW ACCESS DELETE";

/** MIGRATE: moves keys to another server. */
export const migrate = defineCommand(
  {
    name: "MIGRATE",
    group: "generic",
    since: "2.6.0",
    summary: "Atomically transfers a key from one Redis instance to another.",
    complexity:
      "This command actually executes a DUMP+DEL in the source instance, and a RESTORE in the target instance. See the pages of these commands for time complexity. Also an O(N) data transfer between the two instances is performed.",
    flags: ["write"],
    effect: "rewritten",
    acl: ["keyspace", "dangerous"],
    tips: ["nondeterministic_output"],
    history: [
      ["3.0.0", "Added the `COPY` and `REPLACE` options."],
      ["3.0.6", "Added the `KEYS` option."],
      ["4.0.7", "Added the `AUTH` option."],
      ["6.0.0", "Added the `AUTH2` option."],
    ],
    args: [
      string("host"),
      integer("port"),
      oneOf("key-selector", [key("key", KEY_FLAGS), flag('""', { name: "empty-string" })], {
        optional: false,
      }),
      integer("destination-db"),
      integer("timeout"),
      flag("COPY", { since: "3.0.0" }),
      flag("REPLACE", { since: "3.0.0" }),
      oneOf("authentication", [
        string("auth", { displayText: "password", since: "4.0.7", token: "AUTH" }),
        block("auth2", [string("username"), string("password")], { since: "6.0.0", token: "AUTH2" }),
      ]),
      key("keys", "RW ACCESS DELETE INCOMPLETE", {
        keySpecIndex: 1,
        displayText: "key",
        optional: true,
        multiple: true,
        since: "3.0.6",
        token: "KEYS",
      }),
    ],
    keySpecs: [
      { flags: KEY_FLAGS, begin: { index: KEY }, find: { lastKey: 0, step: 1, limit: 0 } },
      {
        flags: "RW ACCESS DELETE INCOMPLETE",
        begin: { keyword: "KEYS", startFrom: -2 },
        find: { lastKey: -1, step: 1, limit: 0 },
      },
    ],
    getKeys(argv, push) {
      const first = firstOfKeys(argv);
      if (first === 0) return push(KEY, KEY_FLAGS);
      // A key besides KEYS is a syntax error.
      if (argv.length[KEY] !== 0) return;
      for (let i = first; i < argv.count; i++) push(i, KEY_FLAGS);
    },
    secrets: (argv, hide) => {
      for (let i = OPTIONS; i < argv.count; i++) {
        const count = passwordWords(argv, i);
        for (let word = 1; word <= count; word++) if (i + word < argv.count) hide(i + word);
        i += count;
      }
    },
  },
  unavailable,
);

/** How many arguments after the one at i belong to it and are secret. */
function passwordWords(argv: Argv, i: number): number {
  if (argv.is(i, "AUTH")) return 1;
  return argv.is(i, "AUTH2") ? 2 : 0;
}

/** The first argument after KEYS, which all others follow; 0 when there is none. A password may be that word. */
function firstOfKeys(argv: Argv): number {
  for (let i = OPTIONS; i < argv.count - 1; i++) {
    if (argv.is(i, "KEYS")) return i + 1;
    i += passwordWords(argv, i);
  }
  return 0;
}

/**
 * The arguments of redis-server: an optional configuration file, "-" for standard input, and `--name value ...`, which
 * becomes lines appended to the file. All texts are binary strings, one char per byte.
 */
import { quote, tokenize } from "./tokenize.js";

/** What the arguments ask for. */
export type CommandLine =
  | { readonly action: "version" | "help" | "check-system" | "sentinel" }
  | { readonly action: "test-memory"; readonly megabytes: string | null }
  | {
      readonly action: "serve";
      /** The configuration file as it was given. */
      readonly file: string | null;
      /** Read more lines from standard input. */
      readonly readsStdin: boolean;
      /** Lines that follow the file and standard input. */
      readonly options: string;
    };

/** Reads the arguments, without the names of the program and its interpreter. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const first = args[0];
  if (first === "-v" || first === "--version") return { action: "version" };
  if (first === "-h" || first === "--help") return { action: "help" };
  if (first === "--check-system") return { action: "check-system" };
  if (first === "--test-memory") return { action: "test-memory", megabytes: args.length === 2 ? args[1]! : null };
  if (args.includes("--sentinel")) return { action: "sentinel" };
  const file = first !== undefined && !first.startsWith("-") ? first : null;
  return { action: "serve", file, ...parseOptions(args, file === null ? 0 : 1) };
}

/** The configuration lines that the arguments from `start` on stand for. */
function parseOptions(args: readonly string[], start: number): { readsStdin: boolean; options: string } {
  let options = "";
  let readsStdin = false;
  /** False between a name and its first value, where even "--x" is a value. */
  let takesName = true;
  for (let i = start; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "-" && (i === 0 || i === args.length - 1)) {
      readsStdin = true;
    } else if (takesName && arg.startsWith("--")) {
      if (options !== "") options += "\n";
      options += `${arg.slice(2)} `;
      takesName = tokenize(arg)?.length !== 1;
      const [ends, isName] = [i === args.length - 1, args[i + 1]?.startsWith("--") === true];
      const word = arg.toLowerCase();
      if (!takesName && word === "--save" && (ends || isName)) options += '""';
      if (!takesName && isName && word === "--save") takesName = true;
    } else {
      options += `${quote(arg)} `;
      takesName = true;
    }
  }
  return { readsStdin, options };
}

/** The text of --help, for a program called `program`. */
export function usage(program: string): string {
  return `Usage: ${program} [/path/to/redis.conf] [options] [-]
       ${program} - (read config from stdin)
       ${program} -v or --version
       ${program} -h or --help
       ${program} --test-memory <megabytes>
       ${program} --check-system

Examples:
       ${program} (run the server with default conf)
       echo 'maxmemory 128mb' | ${program} -
       ${program} /etc/redis/6379.conf
       ${program} --port 7777
       ${program} --port 7777 --replicaof 127.0.0.1 8888
       ${program} /etc/myredis.conf --loglevel verbose -
       ${program} /etc/myredis.conf --loglevel verbose
`;
}

/** Commands on keys of one client's own, and what they must answer: a model small enough to be right. Texts have one character per byte. */
import type { Random } from "../differential/random.js";

/** What the keys of a client hold. */
export interface Holdings {
  strings: Map<string, string>;
  lists: Map<string, string[]>;
}

export function nothing(): Holdings {
  return { strings: new Map(), lists: new Map() };
}

/** A command with its reply, and what there is after it. */
export interface Expected {
  readonly args: readonly string[];
  readonly reply: string;
  readonly after: Holdings;
}

const LARGE = 30_000;

/** The next commands of a client whose keys begin with `prefix`: one, or a transaction. */
export function nextCommands(random: Random, prefix: string, before: Holdings): Expected[] {
  if (!random.oneIn(12)) return [plain(random, prefix, before)];
  const commands: Expected[] = [{ args: ["MULTI"], reply: "+OK\r\n", after: before }];
  let holdings = before;
  let replies = "";
  for (let wanted = random.integer(0, 4); wanted > 0; wanted--) {
    const command = plain(random, prefix, holdings);
    // Not for a transaction: it would be refused as a whole.
    if (command.reply.startsWith("-")) continue;
    holdings = command.after;
    replies += command.reply;
    commands.push({ args: command.args, reply: "+QUEUED\r\n", after: before });
  }
  commands.push({ args: ["EXEC"], reply: `*${commands.length - 1}\r\n${replies}`, after: holdings });
  return commands;
}

/** What GET or LRANGE of all must answer for what is held, in the order of `inspect`. */
export function inspected(keys: readonly string[], { strings, lists }: Holdings): string {
  return keys.map((key) => bulk(strings.get(key)) + array(lists.get(`${key}:list`) ?? [])).join("");
}

export function inspect(keys: readonly string[]): string[][] {
  return keys.flatMap((key) => [
    ["GET", key],
    ["LRANGE", `${key}:list`, "0", "-1"],
  ]);
}

function plain(random: Random, prefix: string, before: Holdings): Expected {
  const key = `${prefix}${random.integer(0, 3)}`;
  const list = `${key}:list`;
  const text = random.oneIn(30) ? "v".repeat(random.integer(0, LARGE)) : String(random.integer(0, 999));
  const held = before.strings.get(key);
  const elements = before.lists.get(list) ?? [];
  const withString = (value: string | undefined): Holdings => ({
    ...before,
    strings: changed(before.strings, key, value),
  });
  const withList = (next: string[]): Holdings => ({
    ...before,
    lists: changed(before.lists, list, next.length === 0 ? undefined : next),
  });
  return random.pick<() => Expected>([
    () => ({ args: ["SET", key, text], reply: "+OK\r\n", after: withString(text) }),
    () => ({ args: ["GET", key], reply: bulk(held), after: before }),
    () => {
      const whole = (held ?? "") + text;
      if (whole.length > LARGE * 2) return { args: ["STRLEN", key], reply: `:${held!.length}\r\n`, after: before };
      return { args: ["APPEND", key, text], reply: `:${whole.length}\r\n`, after: withString(whole) };
    },
    () => ({ args: ["DEL", key], reply: `:${held === undefined ? 0 : 1}\r\n`, after: withString(undefined) }),
    () => ({ args: ["RPUSH", list, text], reply: `:${elements.length + 1}\r\n`, after: withList([...elements, text]) }),
    () => ({ args: ["LPOP", list], reply: bulk(elements[0]), after: withList(elements.slice(1)) }),
    () => ({ args: ["LRANGE", list, "0", "-1"], reply: array(elements), after: before }),
    () => ({ args: ["ECHO", text], reply: bulk(text), after: before }),
    () => ({ args: ["PING"], reply: "+PONG\r\n", after: before }),
    () => ({
      args: ["NOSUCHCOMMAND"],
      reply: "-ERR unknown command 'NOSUCHCOMMAND', with args beginning with: \r\n",
      after: before,
    }),
  ])();
}

function changed<T>(map: Map<string, T>, key: string, value: T | undefined): Map<string, T> {
  const next = new Map(map);
  if (value === undefined) next.delete(key);
  else next.set(key, value);
  return next;
}

function bulk(text: string | undefined): string {
  return text === undefined ? "$-1\r\n" : `$${text.length}\r\n${text}\r\n`;
}

function array(texts: readonly string[]): string {
  return `*${texts.length}\r\n${texts.map(bulk).join("")}`;
}

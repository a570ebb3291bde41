/** How COMMAND INFO and COMMAND DOCS print one command. Sets and maps become arrays for RESP2 clients. */
import type { ReplyWriter } from "../../protocol/reply-writer.js";
import type { CommandEntry } from "../command-entry.js";
import { bitNames, KEY_FLAGS, keyBits, VISIBLE_FLAGS } from "../flag-bits.js";
import type { Arg, KeySpec } from "../spec.js";

/** COMMAND INFO's ten elements about a command and its subcommands; null for no command. */
export function replyInfo(reply: ReplyWriter, entry: CommandEntry | null): void {
  if (entry === null) return reply.null();
  const { facts } = entry;
  const { firstKey, lastKey, step } = facts.legacyKeys;
  reply.array(10);
  reply.bulkText(entry.name);
  reply.integer(entry.arity);
  replyNames(reply, bitNames(facts.flagBits, VISIBLE_FLAGS));
  reply.integer(firstKey);
  reply.integer(lastKey);
  reply.integer(step);
  replyNames(
    reply,
    facts.aclCategories.map((category) => `@${category}`),
  );
  const tips = entry.command.tips ?? [];
  reply.set(tips.length);
  for (const tip of tips) reply.bulkText(tip);
  reply.set(facts.keySpecs.length);
  for (const spec of facts.keySpecs) replyKeySpec(reply, spec);
  if (entry.subcommands === null) return reply.set(0);
  reply.array(entry.subcommands.size);
  for (const sub of entry.subcommands.values()) replyInfo(reply, sub);
}

/** A set of status replies. */
function replyNames(reply: ReplyWriter, names: readonly string[]): void {
  reply.set(names.length);
  for (const name of names) reply.simple(name);
}

/** The flags of a key, a set of status replies. */
export function replyKeyFlags(reply: ReplyWriter, bits: number): void {
  replyNames(reply, bitNames(bits, KEY_FLAGS));
}

function replyKeySpec(reply: ReplyWriter, spec: KeySpec): void {
  const { begin, find, notes } = spec;
  reply.map(notes === undefined ? 3 : 4);
  if (notes !== undefined) replyText(reply, "notes", notes);
  reply.bulkText("flags");
  replyKeyFlags(reply, keyBits(spec.flags));
  reply.bulkText("begin_search");
  if (begin === "unknown") {
    replySearch(reply, "unknown", {});
  } else if ("index" in begin) {
    replySearch(reply, "index", { index: begin.index });
  } else {
    replySearch(reply, "keyword", { keyword: begin.keyword, startfrom: begin.startFrom });
  }
  reply.bulkText("find_keys");
  if (find === "unknown") {
    replySearch(reply, "unknown", {});
  } else if ("lastKey" in find) {
    replySearch(reply, "range", { lastkey: find.lastKey, keystep: find.step, limit: find.limit });
  } else {
    replySearch(reply, "keynum", { keynumidx: find.keyNumIndex, firstkey: find.firstKey, keystep: find.step });
  }
}

function replySearch(reply: ReplyWriter, type: string, spec: Record<string, number | string>): void {
  reply.map(2);
  replyText(reply, "type", type);
  reply.bulkText("spec");
  const fields = Object.entries(spec);
  reply.map(fields.length);
  for (const [name, value] of fields) {
    reply.bulkText(name);
    if (typeof value === "number") reply.integer(value);
    else reply.bulkText(value);
  }
}

function replyText(reply: ReplyWriter, name: string, value: string): void {
  reply.bulkText(name);
  reply.bulkText(value);
}

/** COMMAND DOCS' map about a command; fields that are not declared are left out. */
export function replyDocs(reply: ReplyWriter, entry: CommandEntry): void {
  const { command } = entry;
  const mark = reply.begin();
  let pairs = 0;
  const text = (name: string, value: string | undefined): void => {
    if (value === undefined || value === "") return;
    replyText(reply, name, value);
    pairs++;
  };
  text("summary", command.summary);
  text("since", command.since);
  text("group", command.group);
  text("complexity", command.complexity);
  if (command.docFlags !== undefined) {
    reply.bulkText("doc_flags");
    replyNames(reply, command.docFlags);
    pairs++;
  }
  text("deprecated_since", command.deprecatedSince);
  text("replaced_by", command.replacedBy);
  if (command.history !== undefined) {
    reply.bulkText("history");
    reply.set(command.history.length);
    for (const [version, change] of command.history) {
      reply.array(2);
      replyText(reply, version, change);
    }
    pairs++;
  }
  if (command.args !== undefined) {
    reply.bulkText("arguments");
    replyArguments(reply, command.args, entry.facts.keySpecOf);
    pairs++;
  }
  if (entry.subcommands !== null) {
    reply.bulkText("subcommands");
    reply.map(entry.subcommands.size);
    for (const sub of entry.subcommands.values()) {
      reply.bulkText(sub.name);
      replyDocs(reply, sub);
    }
    pairs++;
  }
  reply.endMap(mark, pairs);
}

function replyArguments(reply: ReplyWriter, args: readonly Arg[], keySpecOf: ReadonlyMap<Arg, number>): void {
  reply.array(args.length);
  for (const arg of args) replyArgument(reply, arg, keySpecOf);
}

function replyArgument(reply: ReplyWriter, arg: Arg, keySpecOf: ReadonlyMap<Arg, number>): void {
  const mark = reply.begin();
  let pairs = 2;
  const text = (name: string, value: string | undefined): void => {
    if (value === undefined) return;
    replyText(reply, name, value);
    pairs++;
  };
  replyText(reply, "name", arg.name);
  replyText(reply, "type", arg.kind);
  if (arg.args === undefined) text("display_text", arg.displayText ?? arg.name);
  const keySpec = keySpecOf.get(arg);
  if (keySpec !== undefined) {
    reply.bulkText("key_spec_index");
    reply.integer(keySpec);
    pairs++;
  }
  text("token", arg.token);
  text("summary", arg.summary);
  text("since", arg.since);
  text("deprecated_since", arg.deprecatedSince);
  const flags: string[] = [];
  if (arg.optional) flags.push("optional");
  if (arg.multiple) flags.push("multiple");
  if (arg.multipleToken) flags.push("multiple_token");
  if (flags.length > 0) {
    reply.bulkText("flags");
    replyNames(reply, flags);
    pairs++;
  }
  if (arg.args !== undefined) {
    reply.bulkText("arguments");
    replyArguments(reply, arg.args, keySpecOf);
    pairs++;
  }
  reply.endMap(mark, pairs);
}

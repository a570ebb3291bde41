/** The file of users (`aclfile`): a line `user name rule ...` for each, without comments, since ACL SAVE writes it anew. */
import { UNKNOWN_COMMAND } from "./rule-errors.js";
import { hasBlank } from "./selector-rules.js";
import type { User } from "./user.js";
import { joinSelectors, type UserRules } from "./user-rules.js";

/** What redis-server adds when it keeps the users it has. */
const UNCHANGED = "WARNING: ACL errors detected, no change to the previously active ACL rules was performed";

/** The users in a file's text, or all that is wrong with it in one line. `file` is its name in messages. */
export function readUsers(text: string, file: string, rules: UserRules): Map<string, User> | string {
  const users = new Map<string, User>();
  let errors = "";
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
    if (line !== "") errors += readLine(line.split(" "), `${file}:${i + 1}`, rules, users);
  }
  return errors === "" ? users : errors + UNCHANGED;
}

/** Adds the user of a line; returns what is wrong with it, or "". `place` is the file and the number of the line. */
function readLine(words: readonly string[], place: string, rules: UserRules, users: Map<string, User>): string {
  const [keyword, name] = words;
  if (keyword !== "user" || name === undefined) {
    return `${place} should start with user keyword followed by the username. `;
  }
  if (hasBlank(name)) return `'${place}: username '${name}' contains invalid characters. `;
  if (users.has(name))
    return `WARNING: Duplicate user '${name}' found on line ${place.slice(place.lastIndexOf(":") + 1)}. `;
  const user = rules.create(name);
  users.set(name, user);
  const joined = joinSelectors(words.slice(2));
  if ("unmatched" in joined) return `${place}: Unmatched parenthesis in selector definition.`;
  let errors = "";
  let isSyntaxTold = false;
  for (const each of joined) {
    const rule = each.replace(/^[\t\r\n]+|[\t\r\n]+$/g, "");
    const reason = rules.apply(user, rule);
    if (reason === UNKNOWN_COMMAND) {
      errors += `${place}: Error in applying operation '${rule}': ${reason}. `;
    } else if (reason !== null && !isSyntaxTold) {
      // A rule may hold a password: it is not shown, and what follows may only be wrong because of it.
      errors += `${place}: ${reason}. `;
      isSyntaxTold = true;
    }
  }
  user.settle();
  return errors;
}

/** The text of the file that holds these users. */
export function writeUsers(users: Iterable<User>): string {
  let text = "";
  for (const user of users) text += `user ${user.name} ${user.rules.join(" ")}\n`;
  return text;
}

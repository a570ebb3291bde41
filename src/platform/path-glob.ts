/**
 * Paths with wildcards, for `include /etc/redstart/*.conf`: `*`, `?` and `[...]` within a part of the path, as the
 * shell has them. A wildcard does not match a leading dot.
 */
import { existsSync, readdirSync } from "node:fs";
import { join, parse, resolve, sep } from "node:path";

/** The existing files a pattern stands for, sorted; empty when there are none. `directory` is where it starts. */
export function expandPathGlob(pattern: string, directory: string): string[] {
  const absolute = resolve(directory, pattern);
  const { root } = parse(absolute);
  let found = [root];
  for (const part of absolute.slice(root.length).split(sep)) {
    if (!hasWildcard(part)) {
      found = found.map((path) => join(path, part));
      continue;
    }
    const expression = partExpression(part);
    found = found.flatMap((path) =>
      entries(path)
        .filter((name) => expression.test(name) && (part.startsWith(".") || !name.startsWith(".")))
        .map((name) => join(path, name)),
    );
  }
  return found.filter((path) => existsSync(path)).sort();
}

/** True when a path needs `expandPathGlob`. */
function hasWildcard(path: string): boolean {
  return /[*?[]/.test(path);
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function partExpression(part: string): RegExp {
  let text = "";
  for (let i = 0; i < part.length; i++) {
    const char = part[i]!;
    const close = part.indexOf("]", i + 2);
    if (char === "*") text += ".*";
    else if (char === "?") text += ".";
    else if (char === "[" && close > 0) {
      const body = part
        .slice(i + 1, close)
        .replace(/^!/, "^")
        .replace(/[\\[\]]/g, "\\$&");
      text += `[${body}]`;
      i = close;
    } else text += char.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  }
  return new RegExp(`^${text}$`, "s");
}

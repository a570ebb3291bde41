/** Reads TypeScript just far enough to tell code from comments and literals. No parser: the checks need no more. */

/** One import or re-export of a module. */
interface Import {
  readonly line: number;
  readonly specifier: string;
}

const IMPORT = /(?<![.\w])(?:from|import|require)\b\s*\(?\s*(["'])(\S+?)\1/g;

/** Every module a source file imports: static, type-only, dynamic, side effect and re-export. */
export function imports(source: string): Import[] {
  const text = blank(source, false);
  const found: Import[] = [];
  for (const match of text.matchAll(IMPORT)) {
    const specifierAt = match.index + match[0].length;
    found.push({ line: text.slice(0, specifierAt).split("\n").length, specifier: match[2]! });
  }
  return found;
}

/** The source with comments and the text of literals replaced by spaces; lines and columns stay where they were. */
export function code(source: string): string {
  return blank(source, true);
}

function blank(source: string, blankLiterals: boolean): string {
  const out = source.split("");
  const erase = (from: number, to: number) => {
    for (let i = from; i < to && i < out.length; i++) if (out[i] !== "\n") out[i] = " ";
  };
  /** For each open `${`, the depth of braces inside it. */
  const templates: number[] = [];
  let i = 0;
  const template = () => {
    const start = i;
    while (i < source.length && source[i] !== "`" && !(source[i] === "$" && source[i + 1] === "{")) {
      i += source[i] === "\\" ? 2 : 1;
    }
    if (blankLiterals) erase(start, i);
    if (source[i] === "$") {
      templates.push(0);
      i++;
    }
    i++;
  };
  while (i < source.length) {
    const c = source[i]!;
    const end = c === "/" ? endOfCommentOrRegExp(source, i) : c === '"' || c === "'" ? endOfString(source, i) : i;
    if (end > i) {
      const isComment = c === "/" && (source[i + 1] === "/" || source[i + 1] === "*");
      if (isComment || blankLiterals) erase(i, end);
      i = end;
      continue;
    }
    i++;
    if (c === "`") template();
    else if (templates.length > 0 && c === "{") templates[templates.length - 1]!++;
    else if (templates.length > 0 && c === "}" && templates[templates.length - 1]!-- === 0) {
      templates.pop();
      template();
    }
  }
  return out.join("");
}

function endOfString(source: string, start: number): number {
  let i = start + 1;
  while (i < source.length && source[i] !== source[start] && source[i] !== "\n") i += source[i] === "\\" ? 2 : 1;
  return i + 1;
}

/** Where the comment or regular expression at `start` ends, or `start` when the slash divides. */
function endOfCommentOrRegExp(source: string, start: number): number {
  if (source[start + 1] === "/") {
    const end = source.indexOf("\n", start);
    return end < 0 ? source.length : end;
  }
  if (source[start + 1] === "*") {
    const end = source.indexOf("*/", start + 2);
    return end < 0 ? source.length : end + 2;
  }
  if (!/(?:^|[(,=:[!&|?{};+>]|\breturn|\bcase)\s*$/.test(source.slice(Math.max(0, start - 40), start))) return start;
  let inClass = false;
  for (let i = start + 1; i < source.length && source[i] !== "\n"; i++) {
    if (source[i] === "\\") i++;
    else if (source[i] === "[") inClass = true;
    else if (source[i] === "]") inClass = false;
    else if (source[i] === "/" && !inClass) return i + 1;
  }
  return start;
}

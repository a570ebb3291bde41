/**
 * The quoting of redis.conf and of redis-cli: words apart by blanks, "double quoted" with escapes, 'single quoted'. The
 * same rules read inline commands, in `protocol`, on bytes; these are on binary strings (one char per byte).
 */

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\x07" };
const REVERSE: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\x07": "\\a",
  "\\": "\\\\",
  '"': '\\"',
};

/** The words of a line, or null when quotes are unbalanced or a closing quote is followed by more. */
export function tokenize(line: string): string[] | null {
  const end = line.indexOf("\0");
  const text = end === -1 ? line : line.slice(0, end);
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && isBlank(text[at]!)) at++;
    if (at >= text.length) return words;
    let word = "";
    while (at < text.length && !isSeparator(text[at]!)) {
      const char = text[at]!;
      if (char === '"' || char === "'") {
        const close = closingQuote(text, at);
        if (close === -1 || (close + 1 < text.length && !isBlank(text[close + 1]!))) return null;
        word += char === '"' ? unescaped(text.slice(at + 1, close)) : text.slice(at + 1, close).replaceAll("\\'", "'");
        at = close + 1;
        break;
      }
      word += char;
      at++;
    }
    words.push(word);
  }
}

/** A text in double quotes, escaped so that `tokenize` reads it back. */
export function quote(text: string): string {
  const escaped = text.replace(/[^ !#-[\]-~]/g, (char) => {
    return REVERSE[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `"${escaped}"`;
}

/** Where the quote opened at `open` is closed, -1 if nowhere. */
function closingQuote(text: string, open: number): number {
  const mark = text[open]!;
  for (let i = open + 1; i < text.length; i++) {
    if (text[i] === mark) return i;
    if (text[i] === "\\" && (mark === '"' ? i + 1 < text.length : text[i + 1] === "'")) i++;
  }
  return -1;
}

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|([\s\S]))/g, (_all, hex: string | undefined, char: string) => {
    return hex === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16));
  });
}

/** What may stand between words, as C's isspace has it. */
function isBlank(char: string): boolean {
  return char === " " || (char >= "\t" && char <= "\r");
}

/** What ends a word outside quotes: fewer characters than isspace. */
function isSeparator(char: string): boolean {
  return char === " " || char === "\n" || char === "\r" || char === "\t";
}

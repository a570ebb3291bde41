/**
 * Rules that one file alone keeps or breaks: headers, pictures of bytes, lengths, banned calls. What only platform/ may name is the layer
 * check's (tools/layer-rules.ts).
 */

import type { Node, SourceFile } from "typescript/unstable/ast";
import { SyntaxKind } from "typescript/unstable/ast";
import {
  isCallExpression,
  isClassDeclaration,
  isConstructorDeclaration,
  isEnumDeclaration,
  isIdentifier,
  isPropertyAccessExpression,
} from "typescript/unstable/ast/is";
import { isExported, lineOf, type ProjectFile, type Violation, walk } from "./project.js";

const MAX_FUNCTION_LINES = 70;
const MAX_FILE_LINES = 600;

/** What the header of a longer file says, followed by the reason. */
const ONE_PIECE = "One piece because";

/** Layers whose files may own bytes. */
const BYTE_LAYERS = /^src\/(?:memory|structures|datatypes|keyspace)\//;
/** Members of enums that are places, widths or masks of bits. */
const LAYOUT_MEMBER = /(?:^|_)(?:SHIFT|WORDS|OFFSET|HEADER|MASK|F64)$|^(?:HEADER_)?BYTES$/;
/** A line of a picture or table within a comment. */
const PICTURE_LINE = /^ \* {4,}\S/m;

/** What breaks a rule in a file. */
export function fileViolations(file: ProjectFile): Violation[] {
  const found: Violation[] = [];
  const report: Report = (rule, node, subject, message, lines) => {
    const line = node === null ? 1 : lineOf(file.tree, node);
    found.push({ rule, path: file.path, line, subject, message, ...(lines === undefined ? {} : { lines }) });
  };
  if (file.path.startsWith("src/") && !file.isTest) {
    checkHeader(file, report);
    checkPicture(file, report);
    checkCalls(file, report);
  }
  checkLength(file, report);
  if (!file.isTest) checkFunctions(file, report);
  return found;
}

type Report = (rule: string, node: Node | null, subject: string, message: string, lines?: number) => void;

/** A file that exports one thing, as that of a command does, may say there what it is. */
function checkHeader({ tree }: ProjectFile, report: Report): void {
  if (header(tree) !== "") return;
  const exported = tree.statements.find(isExported);
  if (exported === undefined || !leadingText(tree, exported).includes("/**"))
    report("header", null, "", "has no header");
}

function checkPicture({ path, tree }: ProjectFile, report: Report): void {
  if (!BYTE_LAYERS.test(path) || PICTURE_LINE.test(header(tree))) return;
  for (const statement of tree.statements) {
    if (!isEnumDeclaration(statement)) continue;
    const member = statement.members.find(({ name }) => LAYOUT_MEMBER.test(name.getText(tree)));
    if (member === undefined) continue;
    const name = `${statement.name.text}.${member.name.getText(tree)}`;
    report("picture", member, name, `${name} is a place in bytes, and the header has no picture of them`);
    return;
  }
}

/** `shift` moves all of a long array, in V8 from some thousand elements on. */
function checkCalls({ tree }: ProjectFile, report: Report): void {
  walk(tree, (node) => {
    if (!isCallExpression(node) || node.arguments.length > 0 || !isPropertyAccessExpression(node.expression)) return;
    if (node.expression.name.text !== "shift") return;
    const subject = node.expression.getText(tree);
    report("shift", node, subject, `${subject}() takes time in proportion to the array: use an index, or a ring`);
  });
}

function checkLength({ tree }: ProjectFile, report: Report): void {
  const lines = lineCount(tree.text);
  if (lines <= MAX_FILE_LINES || header(tree).includes(ONE_PIECE)) return;
  report(
    "file-length",
    null,
    "",
    `${lines} lines, more than ${MAX_FILE_LINES}: split it, or say "${ONE_PIECE} …" in its header`,
    lines,
  );
}

function checkFunctions({ tree }: ProjectFile, report: Report): void {
  walk(tree, (node) => {
    const body = (node as { body?: Node }).body;
    if (body === undefined || body.kind !== SyntaxKind.Block) return;
    const lines = lineCount(node.getText(tree));
    if (lines <= MAX_FUNCTION_LINES) return;
    const name = functionName(tree, node);
    report("function-length", node, name, `${name} is ${lines} lines long, more than ${MAX_FUNCTION_LINES}`, lines);
  });
}

/** What is said before the first import or statement. */
function header(tree: SourceFile): string {
  return /^(?:#!.*\n)?(\/\*\*[\s\S]*?\*\/)/.exec(tree.text)?.[1] ?? "";
}

function leadingText(tree: SourceFile, node: Node): string {
  return tree.text.slice(node.pos, node.getStart(tree));
}

/** The name of a function with that of its class, or that of what it is a part of. */
function functionName(tree: SourceFile, node: Node): string {
  if (isConstructorDeclaration(node)) return `${functionName(tree, node.parent)}.constructor`;
  const name = (node as { name?: Node }).name;
  const own = name !== undefined ? name.getText(tree) : isCallExpression(node) ? calleeName(node.expression) : "";
  if (own === "") return node.parent === undefined ? "the file" : functionName(tree, node.parent);
  return isClassDeclaration(node.parent) ? `${functionName(tree, node.parent)}.${own}` : own;
}

function calleeName(callee: Node): string {
  return isIdentifier(callee) ? callee.text : "";
}

function lineCount(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

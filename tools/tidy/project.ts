/**
 * The project as the compiler sees it: each of our source files with its text and syntax tree, and which symbol a name stands for. The
 * compiler runs beside us and is asked in batches; parsing and binding all files takes two seconds.
 */
import { dirname, join, relative, sep } from "node:path";
import type { Node, SourceFile } from "typescript/unstable/ast";
import { SyntaxKind } from "typescript/unstable/ast";
import type { FileSystem } from "typescript/unstable/fs";
import { API, type Checker } from "typescript/unstable/sync";

export interface ProjectFile {
  /** Relative to the checkout, with "/" between the parts. */
  readonly path: string;
  readonly tree: SourceFile;
  /** Tests, fuzzers and benchmarks: what only they use is dead code with a test. */
  readonly isTest: boolean;
}

export interface Project {
  readonly files: readonly ProjectFile[];
  readonly checker: Checker;
}

/** Shows `visit` the project in `directory`, for as long as it runs. */
export function withProject<T>(directory: string, visit: (project: Project) => T, fs?: FileSystem): T {
  const api = new API(fs === undefined ? { cwd: directory } : { cwd: directory, fs });
  try {
    const snapshot = api.updateSnapshot({ openProjects: [join(directory, "tsconfig.json")] });
    const { program, checker } = snapshot.getProjects()[0]!;
    const files: ProjectFile[] = [];
    for (const name of program.getSourceFileNames()) {
      const path = relative(directory, name).split(sep).join("/");
      if (path.startsWith("..") || path.includes("node_modules/")) continue;
      files.push({ path, tree: program.getSourceFile(name)!, isTest: isTest(path) });
    }
    const result = visit({ files, checker });
    snapshot.dispose();
    return result;
  } finally {
    api.close();
  }
}

/** What a rule says of a file: `subject` names what breaks it, and stays the same while lines come and go. */
export interface Violation {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly subject: string;
  readonly message: string;
  /** How many lines, where there are too many. */
  readonly lines?: number;
}

/** Where a file of the project lies that another one imports. */
export function importedPath(from: string, specifier: string): string | null {
  if (!specifier.startsWith(".")) return null;
  return join(dirname(from), specifier).split(sep).join("/").replace(/\.js$/, ".ts");
}

/** The line a node starts on, counted from 1. */
export function lineOf(tree: SourceFile, node: Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** Calls `visit` for a node and all nodes within it. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

/** Whose exports others use who are not here: programs that import Redstart, and bin/redstart. */
export function isPublic(path: string): boolean {
  return path === "src/index.ts" || path === "src/main.ts";
}

/** What checks data for tests, fuzzers and DEBUG; nobody else calls it. */
export function isForTests(name: string): boolean {
  return name.startsWith("verify");
}

function isTest(path: string): boolean {
  return /^(?:test|bench|fuzz)\/|\.(?:test|fuzz|bench)\.ts$/.test(path);
}

/** Does the statement declare what others import by its name? */
export function isExported(statement: Node): boolean {
  const { modifiers } = statement as { modifiers?: readonly Node[] };
  if (modifiers === undefined) return false;
  const has = (wanted: SyntaxKind): boolean => modifiers.some(({ kind }) => kind === wanted);
  return has(SyntaxKind.ExportKeyword) && !has(SyntaxKind.DefaultKeyword);
}

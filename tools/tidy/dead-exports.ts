/**
 * Exported names that nobody imports. What no file but its own uses need not be exported; what only tests use is dead code kept alive by them,
 * unless its own file uses it too. Names are followed through imports and re-exports, no types are needed.
 */
import type { Node } from "typescript/unstable/ast";
import { SyntaxKind } from "typescript/unstable/ast";
import {
  isCallExpression,
  isExportDeclaration,
  isIdentifier,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isNamedExports,
  isNamedImports,
  isNamespaceImport,
  isStringLiteral,
  isVariableStatement,
} from "typescript/unstable/ast/is";
import {
  importedPath,
  isExported,
  isForTests,
  isPublic,
  lineOf,
  type ProjectFile,
  type Violation,
  walk,
} from "./project.js";

/** Who uses an exported name. */
interface Users {
  code: boolean;
  tests: boolean;
}

/** Stands for all names of a file. */
const ALL = "*";

export function deadExports(files: readonly ProjectFile[]): Violation[] {
  const users = new Map<string, Users>();
  for (const file of files) {
    eachImport(file, (path, name) => {
      const key = `${path} ${name}`;
      const entry = users.get(key) ?? { code: false, tests: false };
      if (file.isTest) entry.tests = true;
      else entry.code = true;
      users.set(key, entry);
    });
  }
  const found: Violation[] = [];
  for (const file of files) {
    if (isPublic(file.path)) continue;
    for (const [name, node] of exportedNames(file)) {
      const of = (wanted: string) => users.get(`${file.path} ${wanted}`) ?? { code: false, tests: false };
      const isUsed = of(name).code || of(ALL).code;
      const isTested = of(name).tests || of(ALL).tests;
      if (isUsed || (isTested && (file.isTest || isForTests(name) || usesOf(file, name) > 1))) continue;
      const message = `${name} is used by ${isTested ? "tests only" : "no other file"}`;
      found.push({ rule: "dead-export", path: file.path, line: lineOf(file.tree, node), subject: name, message });
    }
  }
  return found;
}

/** Calls `visit` for each name a file takes from another, statically or not. */
function eachImport({ path: from, tree }: ProjectFile, visit: (path: string, name: string) => void): void {
  walk(tree, (node) => {
    const specifier = specifierOf(node);
    const path = specifier === null ? null : importedPath(from, specifier);
    if (path !== null) for (const name of importedNames(node)) visit(path, name);
  });
}

function specifierOf(node: Node): string | null {
  if (isImportDeclaration(node) || isExportDeclaration(node)) {
    const specifier = node.moduleSpecifier;
    return specifier !== undefined && isStringLiteral(specifier) ? specifier.text : null;
  }
  if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) {
    const first = node.arguments[0];
    return first !== undefined && isStringLiteral(first) ? first.text : null;
  }
  if (isImportTypeNode(node) && isLiteralTypeNode(node.argument) && isStringLiteral(node.argument.literal)) {
    return node.argument.literal.text;
  }
  return null;
}

function importedNames(node: Node): string[] {
  if (isImportDeclaration(node)) {
    const clause = node.importClause;
    const bindings = clause?.namedBindings;
    if (bindings !== undefined && isNamespaceImport(bindings)) return [ALL];
    const names = clause?.name === undefined ? [] : ["default"];
    if (bindings !== undefined && isNamedImports(bindings)) {
      for (const element of bindings.elements) names.push((element.propertyName ?? element.name).text);
    }
    return names;
  }
  if (isExportDeclaration(node) && node.exportClause !== undefined && isNamedExports(node.exportClause)) {
    return node.exportClause.elements.map((element) => (element.propertyName ?? element.name).text);
  }
  return [ALL];
}

/** What a file declares and exports; re-exports are uses. */
function exportedNames({ tree }: ProjectFile): [name: string, node: Node][] {
  const found: [string, Node][] = [];
  for (const statement of tree.statements) {
    if (!isExported(statement)) continue;
    if (isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations)
        if (isIdentifier(name)) found.push([name.text, name]);
      continue;
    }
    const { name } = statement as { name?: Node };
    if (name !== undefined && isIdentifier(name)) found.push([name.text, name]);
  }
  return found;
}

/** How often a file says a name, its declaration included. */
function usesOf({ tree }: ProjectFile, name: string): number {
  let count = 0;
  walk(tree, (node) => {
    if (isIdentifier(node) && node.text === name) count++;
  });
  return count;
}

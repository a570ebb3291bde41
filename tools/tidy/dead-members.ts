/**
 * Members of classes and interfaces that nobody reads. A member is read when a property access means it, or one of the same name in a type
 * that is related to its own by `extends` or `implements`; when an access of its name means a member of an interface or type literal, as
 * anything may stand behind those; or when it cannot be told what an access means (destructuring, a key in a string). To be written is no
 * use, nor is what only tests do.
 */
import type { Node } from "typescript/unstable/ast";
import { SyntaxKind } from "typescript/unstable/ast";
import {
  isBinaryExpression,
  isBindingElement,
  isClassDeclaration,
  isConstructorDeclaration,
  isElementAccessExpression,
  isExpressionStatement,
  isHeritageClause,
  isIdentifier,
  isInterfaceDeclaration,
  isPropertyAccessExpression,
  isSetAccessorDeclaration,
  isStringLiteral,
} from "typescript/unstable/ast/is";
import type { Checker, NodeHandle } from "typescript/unstable/sync";
import { isForTests, isPublic, lineOf, type Project, type ProjectFile, type Violation, walk } from "./project.js";

interface Member {
  readonly file: ProjectFile;
  readonly owner: Node;
  readonly name: Node;
  readonly text: string;
}

/** What one kind of files reads. */
interface Reads {
  /** Keys of members that are meant. */
  readonly members: Set<string>;
  /** Names of which it is not known whose they are. */
  readonly names: Set<string>;
  /** Names of members of interfaces and type literals. */
  readonly namesOfInterfaces: Set<string>;
}

const MODIFIERS_OF_EXEMPT = new Set([SyntaxKind.OverrideKeyword, SyntaxKind.PrivateKeyword, SyntaxKind.DeclareKeyword]);
const WRITES = new Set([SyntaxKind.EqualsToken, SyntaxKind.PlusEqualsToken, SyntaxKind.MinusEqualsToken]);

export function deadMembers({ files, checker }: Project): Violation[] {
  const members = files.filter(({ path, isTest }) => !isTest && !isPublic(path)).flatMap(membersOf);
  const wanted = new Set(members.map(({ text }) => text));
  const code = newReads();
  const tests = newReads();
  for (const file of files) collectReads(file, wanted, checker, file.isTest ? tests : code);
  const relatives = relativesOf(files, checker);
  const found: Violation[] = [];
  for (const member of members) {
    if (isRead(member, code, relatives)) continue;
    const isTested = isRead(member, tests, relatives);
    if (isTested && isForTests(member.text)) continue;
    const subject = `${nameOf(member.owner)}.${member.text}`;
    const message = `${subject} is used by ${isTested ? "tests only" : "nobody"}`;
    const line = lineOf(member.file.tree, member.name);
    found.push({ rule: "dead-member", path: member.file.path, line, subject, message });
  }
  return found;
}

function isRead({ owner, text }: Member, reads: Reads, relatives: (type: Node) => readonly Node[]): boolean {
  if (reads.names.has(text) || reads.namesOfInterfaces.has(text)) return true;
  return relatives(owner).some((type) => reads.members.has(memberKey(type, text)));
}

function newReads(): Reads {
  return { members: new Set(), names: new Set(), namesOfInterfaces: new Set() };
}

/** The public members a file's classes and interfaces declare. */
function membersOf(file: ProjectFile): Member[] {
  const found: Member[] = [];
  const add = (owner: Node, member: Node): void => {
    const { name, modifiers } = member as { name?: Node; modifiers?: readonly Node[] };
    if (name === undefined || !isIdentifier(name) || isSetAccessorDeclaration(member)) return;
    if (modifiers?.some(({ kind }) => MODIFIERS_OF_EXEMPT.has(kind)) === true) return;
    found.push({ file, owner, name, text: name.text });
  };
  walk(file.tree, (node) => {
    if (!isClassDeclaration(node) && !isInterfaceDeclaration(node)) return;
    for (const member of node.members as Iterable<Node>) {
      add(node, member);
      if (!isConstructorDeclaration(member)) continue;
      for (const parameter of member.parameters) if (parameter.modifiers !== undefined) add(node, parameter);
    }
  });
  return found;
}

function collectReads({ tree }: ProjectFile, wanted: ReadonlySet<string>, checker: Checker, reads: Reads): void {
  const accesses: Node[] = [];
  walk(tree, (node) => {
    if (isPropertyAccessExpression(node)) {
      if (wanted.has(node.name.text) && !isWritten(node)) accesses.push(node.name);
    } else if (isBindingElement(node)) {
      const name = node.propertyName ?? node.name;
      if (name !== undefined && node.parent.kind === SyntaxKind.ObjectBindingPattern)
        reads.names.add(name.getText(tree));
    } else if (isElementAccessExpression(node)) {
      if (isStringLiteral(node.argumentExpression)) reads.names.add(node.argumentExpression.text);
    } else if (node.kind === SyntaxKind.LiteralType) {
      reads.names.add(node.getText(tree).slice(1, -1));
    }
  });
  if (accesses.length === 0) return;
  checker.getSymbolAtLocation(accesses).forEach((symbol, index) => {
    const name = (accesses[index] as { text?: string }).text!;
    if (symbol === undefined || symbol.declarations.length === 0) reads.names.add(name);
    else for (const handle of symbol.declarations) addRead(handle, name, reads);
  });
}

function addRead(handle: NodeHandle, name: string, reads: Reads): void {
  const declaration = handle.resolve();
  if (declaration === undefined) return;
  const owner = isConstructorDeclaration(declaration.parent) ? declaration.parent.parent : declaration.parent;
  if (!isClassDeclaration(owner)) reads.namesOfInterfaces.add(name);
  reads.members.add(memberKey(owner, name));
}

/** Is the access the target of a statement that changes it and does not look at it? */
function isWritten(access: Node): boolean {
  const { parent } = access;
  if (!isExpressionStatement(parent.parent)) return false;
  if (isBinaryExpression(parent)) return parent.left === access && WRITES.has(parent.operatorToken.kind);
  return parent.kind === SyntaxKind.PostfixUnaryExpression || parent.kind === SyntaxKind.PrefixUnaryExpression;
}

/** For a class or interface itself and all it extends or implements, and those that do so with it. */
function relativesOf(files: readonly ProjectFile[], checker: Checker): (type: Node) => readonly Node[] {
  const related = new Map<string, Set<Node>>();
  const relate = (from: Node, to: Node): void => {
    const set = related.get(typeKey(from)) ?? new Set();
    set.add(to);
    related.set(typeKey(from), set);
  };
  for (const { tree } of files) {
    walk(tree, (node) => {
      if (!isHeritageClause(node)) return;
      for (const { expression } of node.types) {
        for (const parent of declarationsOf(expression, checker)) {
          relate(node.parent, parent);
          relate(parent, node.parent);
        }
      }
    });
  }
  return (type) => {
    const found = new Map<string, Node>([[typeKey(type), type]]);
    for (const each of found.values()) {
      for (const relative of related.get(typeKey(each)) ?? []) found.set(typeKey(relative), relative);
    }
    return [...found.values()];
  };
}

function declarationsOf(expression: Node, checker: Checker): Node[] {
  const symbol = checker.getSymbolAtLocation(expression);
  if (symbol === undefined) return [];
  const meant = symbol.declarations.some(({ kind }) => kind === SyntaxKind.ImportSpecifier)
    ? checker.getAliasedSymbol(symbol)
    : symbol;
  return meant.declarations.flatMap((handle) => handle.resolve() ?? []);
}

function memberKey(owner: Node, name: string): string {
  return `${typeKey(owner)}.${name}`;
}

function typeKey(type: Node): string {
  return `${type.getSourceFile().fileName}:${type.pos}`;
}

function nameOf(type: Node): string {
  return (type as { name?: { text: string } }).name?.text ?? "";
}

/**
 * Finds every small change ("mutant") that a mistake could make in a JavaScript file. Works on what `tsc` built: it has no types to
 * respect and const enums are numbers there. A mutant replaces one range of the text; that of a parsed expression is parsed again as
 * one, so each mutant is a program.
 */
import { type AnyNode, type Expression, type IfStatement, parse } from "acorn";

export type MutantKind =
  | "boundary"
  | "equality"
  | "condition"
  | "operand"
  | "logic"
  | "arithmetic"
  | "number"
  | "flag"
  | "statement"
  | "return";

export interface Mutant {
  readonly kind: MutantKind;
  readonly start: number;
  readonly end: number;
  /** What stands there instead. */
  readonly text: string;
}

/** Operators and what they are mistaken for. A sum of strings has no difference, so `+` of literal text stays. */
const replacements: Readonly<Record<string, readonly [MutantKind, ...string[]]>> = {
  "<": ["boundary", "<=", ">="],
  "<=": ["boundary", "<", ">"],
  ">": ["boundary", ">=", "<="],
  ">=": ["boundary", ">", "<"],
  "===": ["equality", "!=="],
  "!==": ["equality", "==="],
  "==": ["equality", "!="],
  "!=": ["equality", "=="],
  "+": ["arithmetic", "-"],
  "-": ["arithmetic", "+"],
  "*": ["arithmetic", "/"],
  "/": ["arithmetic", "*"],
  "%": ["arithmetic", "*"],
  "<<": ["arithmetic", ">>>"],
  ">>": ["arithmetic", "<<"],
  ">>>": ["arithmetic", "<<"],
  "&": ["arithmetic", "|"],
  "|": ["arithmetic", "&"],
  "^": ["arithmetic", "&"],
  "&&": ["logic", "||"],
  "||": ["logic", "&&"],
  "+=": ["arithmetic", "-="],
  "-=": ["arithmetic", "+="],
  "*=": ["arithmetic", "/="],
  "|=": ["arithmetic", "&="],
  "&=": ["arithmetic", "|="],
  "<<=": ["arithmetic", ">>>="],
  ">>>=": ["arithmetic", "<<="],
};

/** Statements whose removal changes nothing a user of the program sees. */
const CHECKS = /^(?:assert|verify)/;

export function mutantsOf(source: string): Mutant[] {
  const search = new MutantSearch(source);
  search.visit(parse(source, { ecmaVersion: "latest", sourceType: "module" }), null);
  return search.found;
}

class MutantSearch {
  readonly found: Mutant[] = [];
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  visit(node: AnyNode, parent: AnyNode | null): void {
    switch (node.type) {
      case "FunctionDeclaration":
        if (CHECKS.test(node.id?.name ?? "")) return;
        break;
      case "MethodDefinition":
        if (node.key.type === "Identifier" && CHECKS.test(node.key.name)) return;
        break;
      case "ImportDeclaration":
      case "ThrowStatement":
        return;
      case "IfStatement":
      case "ConditionalExpression":
        this.#condition(node.test, true);
        break;
      case "WhileStatement":
      case "DoWhileStatement":
        this.#condition(node.test, false);
        break;
      case "BinaryExpression":
        if (node.operator === "+" && [node.left, node.right].some(isText)) break;
        if (node.operator === "|" || node.operator === "&") {
          this.#add("operand", node, this.#textOf(node.left));
          this.#add("operand", node, this.#textOf(node.right));
        }
        this.#swapOperator(node.left, node.right, node.operator);
        break;
      case "LogicalExpression":
        this.#add("operand", node, `(${this.#textOf(node.left)})`);
        if (node.operator !== "??") this.#add("operand", node, `(${this.#textOf(node.right)})`);
        this.#swapOperator(node.left, node.right, node.operator);
        break;
      case "AssignmentExpression":
        this.#swapOperator(node.left, node.right, node.operator);
        break;
      case "UnaryExpression":
        if (node.operator === "!" && parent?.type !== "IfStatement")
          this.#add("condition", node, `(${this.#textOf(node.argument)})`);
        if (node.operator === "-") this.#add("arithmetic", node, ` (${this.#textOf(node.argument)})`);
        break;
      case "UpdateExpression":
        // The other way round, a loop does not end.
        if (parent?.type === "ForStatement") break;
        this.#add(
          "arithmetic",
          node,
          this.#textOf(node).replace(/\+\+|--/, (sign) => (sign === "++" ? "--" : "++")),
        );
        break;
      case "Literal":
        if (typeof node.value === "boolean") this.#add("flag", node, String(!node.value));
        if (typeof node.value === "number") {
          this.#add("number", node, String(node.value + 1));
          if (node.value > 0) this.#add("number", node, String(node.value - 1));
        }
        return;
      case "ExpressionStatement":
        if (isCheck(node.expression)) return;
        if (canBeRemoved(node.expression)) this.#add("statement", node, ";");
        break;
      case "ReturnStatement":
        if (isEarly(parent)) this.#add("return", node, node.argument == null ? ";" : `${this.#textOf(node.argument)};`);
        break;
    }
    for (const child of children(node)) this.visit(child, node);
  }

  #textOf(node: AnyNode): string {
    return this.#source.slice(node.start, node.end);
  }

  #add(kind: MutantKind, node: { start: number; end: number }, text: string): void {
    this.found.push({ kind, start: node.start, end: node.end, text });
  }

  #swapOperator(left: AnyNode, right: AnyNode, operator: string): void {
    const swaps = replacements[operator];
    if (swaps === undefined) return;
    const [kind, ...texts] = swaps;
    // Before it there may be parentheses, and comments that name a const enum's member.
    const between = /^(?:[\s()]|\/\*.*?\*\/)*/.exec(this.#source.slice(left.end, right.start))!;
    const start = left.end + between[0].length;
    for (const text of texts) this.#add(kind, { start, end: start + operator.length }, text);
  }

  #condition(test: Expression, canBeTrue: boolean): void {
    if (canBeTrue) this.#add("condition", test, "true");
    this.#add("condition", test, "false");
    if (canBeTrue) this.#add("condition", test, `!(${this.#textOf(test)})`);
  }
}

function isText(node: AnyNode): boolean {
  if (node.type === "TemplateLiteral") return true;
  if (node.type === "BinaryExpression") return node.operator === "+" && (isText(node.left) || isText(node.right));
  return node.type === "Literal" && typeof node.value === "string";
}

function isCheck(node: AnyNode): boolean {
  if (node.type === "MemberExpression") return isCheck(node.object);
  return node.type === "CallExpression" ? isCheck(node.callee) : node.type === "Identifier" && CHECKS.test(node.name);
}

function canBeRemoved(node: AnyNode): boolean {
  if (node.type === "AwaitExpression") return canBeRemoved(node.argument);
  if (node.type === "UnaryExpression") return node.operator === "delete" || node.operator === "void";
  if (node.type === "CallExpression") return node.callee.type !== "Super";
  return node.type === "AssignmentExpression" || node.type === "UpdateExpression" || node.type === "ChainExpression";
}

/** Whether what follows a statement there would run if it did not return. */
function isEarly(parent: AnyNode | null): boolean {
  return parent?.type === "IfStatement" && (parent as IfStatement).alternate == null;
}

function* children(node: AnyNode): Generator<AnyNode> {
  for (const value of Object.values(node)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && typeof item === "object" && typeof item.type === "string") yield item as AnyNode;
    }
  }
}

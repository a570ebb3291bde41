import assert from "node:assert/strict";
import { test } from "node:test";
import { createVirtualFileSystem } from "typescript/unstable/fs";
import { deadExports } from "./dead-exports.js";
import { deadMembers } from "./dead-members.js";
import { fileViolations } from "./file-rules.js";
import { judge } from "./known.js";
import { type Project, type Violation, withProject } from "./project.js";

/** What a rule says of a project with these files, each as "path: message". */
function found(files: Record<string, string>, rule: (project: Project) => readonly Violation[]): string[] {
  const all: Record<string, string> = { "/project/tsconfig.json": '{ "compilerOptions": { "module": "NodeNext" } }' };
  for (const [path, text] of Object.entries(files)) all[`/project/${path}`] = text;
  const violations = withProject("/project", (project) => [...rule(project)], createVirtualFileSystem(all));
  return violations.map(({ path, message }) => `${path}: ${message}`).sort();
}

const ofExports = (files: Record<string, string>) => found(files, (project) => deadExports(project.files));
const ofMembers = (files: Record<string, string>) => found(files, deadMembers);
const ofFile = (path: string, text: string) =>
  found({ [path]: text }, (project) => project.files.flatMap(fileViolations)).map((line) =>
    line.slice(path.length + 2),
  );

test("a name that no other file imports need not be exported", () => {
  const a = "export const used = 1; export function unused() {} export type Also = number; const own = 1;";
  const users = 'import { used } from "./a.js"; used;';
  assert.deepEqual(ofExports({ "src/a.ts": a, "src/b.ts": users }), [
    "src/a.ts: Also is used by no other file",
    "src/a.ts: unused is used by no other file",
  ]);
});

test("a re-export, a namespace, an import within a function and a type's import are uses", () => {
  const names = {
    "src/a.ts": "export const a = 1;",
    "src/b.ts": "export const b = 1;",
    "src/c.ts": "export const c = 1;",
  };
  const user = [
    'export { a } from "./a.js"; import * as all from "./b.js"; all.b;',
    'async function later() { const { c } = await import("./c.js"); return c; } later();',
    'let d: import("./d.js").D; d!;',
  ].join("\n");
  assert.deepEqual(ofExports({ ...names, "src/d.ts": "export type D = 1;", "src/e.ts": user }), []);
});

test("what only tests use is dead, unless its file uses it too, it verifies, or it is in a test itself", () => {
  const a = "export function dead() {} export function half() {} half(); export function verifyAll() {}";
  const user =
    'import { dead, half, verifyAll } from "./a.js"; import { help } from "../test/help.js"; dead, half, verifyAll, help;';
  const files = { "src/a.ts": a, "src/a.test.ts": user, "test/help.ts": "export const help = 1;" };
  assert.deepEqual(ofExports(files), ["src/a.ts: dead is used by tests only"]);
});

test("a member that nobody reads is found, though another class has one of that name", () => {
  const classes = [
    "class A { count = 0; size = 0; #own = 1; private hidden = 2; }",
    "class B { count = 0; constructor(readonly length: number, extra: number) {} }",
    "const a = new A(); a.count;",
  ].join("\n");
  assert.deepEqual(ofMembers({ "src/a.ts": classes }), [
    "src/a.ts: A.size is used by nobody",
    "src/a.ts: B.count is used by nobody",
    "src/a.ts: B.length is used by nobody",
  ]);
});

test("a member that is only written is not used", () => {
  const text = "class A { x = 0; y = 0; z = 0; } const a = new A(); a.x = 1; a.x++; a.y += 2; if (a.z++ > 1) a.z = 3;";
  assert.deepEqual(ofMembers({ "src/a.ts": text }), [
    "src/a.ts: A.x is used by nobody",
    "src/a.ts: A.y is used by nobody",
  ]);
});

test("a member is used through an interface, a base class, destructuring and a key in a string", () => {
  const text = [
    "interface Shape { area(): number; unused(): void }",
    "class Base { kept() {} }",
    "class Circle extends Base { area() { return 1; } override kept() {} width = 1; height = 2; }",
    "function f(shape: Shape, base: Base, circle: Circle) {",
    "  const { width } = circle; shape.area(); base.kept(); return [width, circle['height']];",
    "}",
    "f(null!, null!, null!);",
  ].join("\n");
  assert.deepEqual(ofMembers({ "src/a.ts": text }), ["src/a.ts: Shape.unused is used by nobody"]);
});

test("a member that only tests use is dead, unless it verifies", () => {
  const user = 'import { A } from "./a.js"; new A().peek(); new A().verify();';
  const files = { "src/a.ts": "export class A { peek() {} verify() {} }", "src/a.test.ts": user };
  assert.deepEqual(ofMembers(files), ["src/a.ts: A.peek is used by tests only"]);
});

test("a file says what it is, at its head or at the first thing it exports", () => {
  const bare = "const one = 1;\nexport const two = one;\n";
  assert.deepEqual(ofFile("src/a.ts", bare), ["has no header"]);
  assert.deepEqual(ofFile("src/a.ts", `/** What it is. */\n${bare}`), []);
  assert.deepEqual(ofFile("src/a.ts", bare.replace("export", "/** What it is. */\nexport")), []);
  assert.deepEqual(ofFile("tools/a.ts", bare), []);
  assert.deepEqual(ofFile("src/a.test.ts", bare), []);
});

test("a file that owns bytes has a picture of them", () => {
  const layout = "export const enum Layout { HEADER_BYTES = 8, KEY_SHIFT = 3 }\n";
  const message = /^Layout.HEADER_BYTES is a place in bytes, and the header has no picture/;
  assert.match(ofFile("src/memory/a.ts", `/** What it is. */\n${layout}`)[0]!, message);
  assert.deepEqual(ofFile("src/memory/a.ts", `/**\n * What it is.\n *\n *     | 8 | key |\n */\n${layout}`), []);
  assert.deepEqual(
    ofFile("src/memory/a.ts", "/** What it is. */\nexport const enum Kind { NONE = 0, SOME = 1 }\n"),
    [],
  );
  assert.deepEqual(ofFile("src/server/a.ts", `/** What it is. */\n${layout}`), []);
});

test("shift() is banned in src", () => {
  const text = "/** What it is. */\nexport const next = (list: number[]) => list.shift();\n";
  assert.match(ofFile("src/a.ts", text)[0]!, /^list\.shift\(\) takes time/);
  assert.deepEqual(ofFile("tools/a.ts", text), []);
  assert.deepEqual(ofFile("src/a.ts", text.replace("shift()", "shift(1)")), []);
});

test("a function has no more than 70 lines, a file without a reason no more than 600", () => {
  const body = (lines: number) => `{\n${"  1;\n".repeat(lines - 2)}}`;
  assert.deepEqual(ofFile("tools/a.ts", `function f() ${body(70)}\n`), []);
  assert.deepEqual(ofFile("tools/a.ts", `function f() ${body(71)}\n`), ["f is 71 lines long, more than 70"]);
  assert.match(ofFile("tools/a.ts", `class A { m() ${body(80)} }\n`)[0]!, /^A\.m is 80 lines/);
  assert.match(ofFile("tools/a.ts", `call(() => ${body(80)});\n`)[0]!, /^call is 80 lines/);
  assert.deepEqual(ofFile("tools/a.ts", "1;\n".repeat(600)), []);
  assert.match(ofFile("tools/a.ts", "1;\n".repeat(601))[0]!, /^601 lines, more than 600/);
  assert.deepEqual(ofFile("tools/a.ts", `/** Numbers. One piece because it is a list. */\n${"1;\n".repeat(600)}`), []);
});

test("what is known may shrink and not grow, and leaves the list when it is mended", () => {
  const long = { rule: "file-length", path: "src/a.ts", line: 1, subject: "", message: "is long", lines: 700 };
  const dead = { rule: "dead-export", path: "src/a.ts", line: 3, subject: "x", message: "x is used by no other file" };
  assert.deepEqual(judge([long, dead], {}, {}), [
    "src/a.ts:1: file-length: is long",
    "src/a.ts:3: dead-export: x is used by no other file",
  ]);
  assert.deepEqual(judge([long, dead], { "dead-export src/a.ts x": "waits" }, { "file-length src/a.ts": 700 }), []);
  assert.deepEqual(judge([long], {}, { "file-length src/a.ts": 699 }), ["src/a.ts:1: file-length: is long"]);
  assert.deepEqual(judge([], {}, { "file-length src/a.ts": 700 }), [
    'tools/tidy/known.ts: "file-length src/a.ts" breaks no rule any more: remove it',
  ]);
});

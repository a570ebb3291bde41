/** The package as users get it, under the test runners and compilers they use. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { copiesSharedWell } from "../../src/bytes/copy-long.js";
import { type Outcome, Project } from "./project.js";

/** What every user does: over TCP and within the process, with timers, big values and mistakes. Leaves nothing behind. */
const EXERCISE = `
const net = require("node:net");

/** Sends a command and resolves with the reply when it ends with \`end\`. */
function ask(stream, command, end) {
  return new Promise((resolve, reject) => {
    let text = "";
    stream.on("error", reject);
    stream.on("data", function look(chunk) {
      text += chunk;
      if (!text.endsWith(end)) return;
      stream.off("data", look);
      resolve(text);
    });
    stream.write(command);
  });
}

module.exports = async function exercise({ createServer, OptionError, version }) {
  const server = await createServer({ maxmemory: "64mb" });
  const socket = net.connect(server.port, "127.0.0.1");
  const inside = server.connect();
  const seen = [];
  for (const stream of [socket, inside]) {
    seen.push(await ask(stream, "PING\\r\\n", "\\r\\n"));
    seen.push(await ask(stream, "BLPOP none 0.01\\r\\n", "\\r\\n"));
    const big = "x".repeat(300000);
    seen.push(await ask(stream, \`*3\\r\\n$3\\r\\nSET\\r\\n$1\\r\\nk\\r\\n$\${big.length}\\r\\n\${big}\\r\\n\`, "\\r\\n"));
    seen.push((await ask(stream, "GET k\\r\\n", "x\\r\\n")).length);
    // Enough for the server to start a thread.
    await ask(stream, "SETRANGE grown 30000000 x\\r\\n", "30000001\\r\\n");
  }
  socket.destroy();
  inside.destroy();
  await server.close();
  const error = await createServer({ maxmemory: "lots" }).catch((reason) => reason);
  seen.push(error instanceof OptionError, error instanceof TypeError, error.option, typeof version.redis);
  return JSON.stringify(seen);
};
module.exports.expected = JSON.stringify([
  "+PONG\\r\\n", "*-1\\r\\n", "+OK\\r\\n", 300011,
  "+PONG\\r\\n", "*-1\\r\\n", "+OK\\r\\n", 300011,
  true, true, "maxmemory", "string",
]);
`;

const TYPED = `
import { createServer, OptionError, type RedstartServer, type ServerOptions, version } from "redstart";

async function main(): Promise<void> {
  const options: ServerOptions = { port: 0, maxmemoryPolicy: "allkeys-lru", "client-output-buffer-limit": { normal: { hard: "1mb" } } };
  // @ts-expect-error there is no such policy
  const wrong: ServerOptions = { maxmemoryPolicy: "none" };
  const server: RedstartServer = await createServer(options);
  const text: string = await new Promise((resolve) => {
    const stream = server.connect();
    stream.once("data", (chunk: unknown) => resolve(String(chunk)));
    stream.end("PING\\r\\n");
  });
  await server.close();
  const error: unknown = await createServer(wrong).catch((reason: unknown) => reason);
  console.log(text.trim(), version.redis, error instanceof OptionError && error.option);
}
void main();
`;
const TYPED_OUTPUT = /^\+PONG 7\.\d+\.\d+ maxmemoryPolicy\n$/;

let project: Project;

before(async () => {
  project = await Project.create(["jest", "vitest", "mocha", "tsx", "typescript", "@types/node"]);
  project.write("exercise.cjs", EXERCISE);
});
after(() => project?.remove());

function check({ code, output }: Outcome, pattern: RegExp): void {
  assert.equal(code, 0, output);
  assert.match(output, pattern);
}

const limit = { timeout: 120_000 };

test("the bundle has its threads within it, and ends them", { ...limit, skip: !copiesSharedWell }, async () => {
  project.write(
    "threads.cjs",
    `const exercise = require("./exercise.cjs");
     const ends = [];
     process.on("worker", (worker) => worker.on("error", (error) => ends.push(error.stack)).on("exit", (code) => ends.push(code)));
     exercise(require("redstart")).then((seen) => console.log(seen === exercise.expected ? ends.join() : seen));`,
  );
  check(await project.node(["threads.cjs"]), /^0\n$/);
});

test("require and import give the same functions and classes", limit, async () => {
  project.write(
    "both.mjs",
    `import { createRequire } from "node:module";
     import * as imported from "redstart";
     import exercise from "./exercise.cjs";
     const required = createRequire(import.meta.url)("redstart");
     const names = ["OptionError", "createServer", "version"];
     if (Object.keys(imported).sort().join() !== names.join()) throw new Error(Object.keys(imported).join());
     for (const name of names) if (imported[name] !== required[name]) throw new Error(name);
     const seen = await exercise(imported);
     console.log(seen === exercise.expected ? "all as expected" : seen);`,
  );
  check(await project.node(["both.mjs"]), /^all as expected\n$/);
});

test("the command starts from where npm puts it", limit, async () => {
  check(await project.node(["node_modules/redstart/bin/redstart.js", "--version"]), /^Redis server v=7/);
});

const REQUIRING = `
const redstart = require("redstart");
const exercise = require("./exercise.cjs");
test("a server answers", async () => {
  const seen = await exercise(redstart);
  if (seen !== exercise.expected) throw new Error(seen);
});
`;
const IMPORTING = REQUIRING.replace(
  'const redstart = require("redstart");',
  'import * as redstart from "redstart";',
).replace('const exercise = require("./exercise.cjs");', 'import exercise from "./exercise.cjs";');

test("Jest can require it, and ends by itself", limit, async () => {
  project.write(
    "jest.config.json",
    '{ "testMatch": ["**/jest.*"], "moduleFileExtensions": ["js", "cjs", "mjs", "json"] }',
  );
  project.write("jest.cjs", REQUIRING);
  const args = ["--config", "jest.config.json", "--runInBand", "--cacheDirectory", ".jest", "--watchman=false"];
  const outcome = await project.tool("jest/bin/jest.js", [...args, "jest.cjs"]);
  check(outcome, /1 passed/);
  assert.doesNotMatch(outcome.output, /did not exit/);
  project.write("jest.mjs", IMPORTING);
  const env = { NODE_OPTIONS: "--experimental-vm-modules" };
  check(await project.tool("jest/bin/jest.js", [...args, "jest.mjs"], env), /1 passed/);
});

test("Vitest can import it", limit, async () => {
  project.write("a.vitest.mjs", IMPORTING);
  project.write("vitest.config.mjs", 'export default { test: { include: ["a.vitest.mjs"], globals: true } };');
  check(await project.tool("vitest/vitest.mjs", ["run"]), /1 passed/);
});

test("Mocha can require and import it", limit, async () => {
  const asMocha = (text: string): string => text.replace('test("', 'it("');
  project.write("a.mocha.cjs", asMocha(REQUIRING));
  project.write("b.mocha.mjs", asMocha(IMPORTING));
  check(await project.tool("mocha/bin/mocha.js", ["a.mocha.cjs", "b.mocha.mjs"]), /2 passing/);
});

test("node:test can require and import it", limit, async () => {
  project.write("a.test.cjs", `const { test } = require("node:test");${REQUIRING}`);
  project.write("b.test.mjs", `import { test } from "node:test";${IMPORTING}`);
  check(await project.node(["--test", "a.test.cjs", "b.test.mjs"]), /pass 2/);
});

test("tsx runs TypeScript that uses it, as either kind of module", limit, async () => {
  project.write("main.ts", TYPED);
  project.write("main.mts", TYPED);
  for (const file of ["main.ts", "main.mts"]) check(await project.tool("tsx/dist/cli.mjs", [file]), TYPED_OUTPUT);
});

for (const [kind, module, type] of [
  ["CommonJS", "node16", "commonjs"],
  ["CommonJS", "nodenext", "commonjs"],
  ["ES modules", "node16", "module"],
] as const) {
  test(`TypeScript compiles to ${kind} what uses it (module ${module})`, limit, async () => {
    const name = `ts-${module}-${type}`;
    project.write(`${name}/package.json`, JSON.stringify({ type }));
    const compilerOptions = {
      module,
      target: "es2022",
      strict: true,
      skipLibCheck: false,
      types: ["node"],
      outDir: "out",
    };
    project.write(`${name}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ["main.ts"] }));
    project.write(`${name}/main.ts`, TYPED);
    check(await project.tool("typescript/bin/tsc", ["-p", name]), /^$/);
    check(await project.node([`${name}/out/main.js`]), TYPED_OUTPUT);
  });
}

/** Fails when a file in `src/` breaks the layer rule: `node dist/tools/check-layers.js [source directory]`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { violations } from "./layer-rules.js";
import { projectDirectory, sourceFiles } from "./source-files.js";

const root = process.argv[2] ?? join(projectDirectory, "src");
const files = sourceFiles(root, ["."], ".ts");
let count = 0;
for (const file of files) {
  for (const violation of violations(file, readFileSync(join(root, file), "utf8"))) {
    console.error(`src/${file}:${violation}`);
    count++;
  }
}
console.log(`Layers: ${files.length} files, ${count} violation${count === 1 ? "" : "s"}`);
if (count > 0 || files.length === 0) process.exitCode = 1;

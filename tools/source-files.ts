/** Finds the project's own source files, and where `tsc` put each of them. */
import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout: the directory that holds package.json. */
export const projectDirectory: string = fileURLToPath(new URL("../..", import.meta.url));

/** The files under `directories` (relative to `root`) whose name ends in `ending`, sorted, with "/" between the parts. */
export function sourceFiles(root: string, directories: readonly string[], ending: string): string[] {
  const found: string[] = [];
  for (const directory of directories) {
    for (const entry of listing(join(root, directory))) {
      if (entry.isFile() && entry.name.endsWith(ending)) {
        found.push(relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));
      }
    }
  }
  return found.sort();
}

/** The JavaScript file built from a source file; both relative to the checkout. */
export function builtFile(source: string): string {
  return `dist/${source.replace(/\.ts$/, ".js")}`;
}

function listing(directory: string) {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

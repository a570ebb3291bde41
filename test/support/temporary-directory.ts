/** A directory that is removed when the test, or the whole process, ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whatever runs a function when it is over: a test's context, or `test` itself in a `describe`. */
export interface Scope {
  after(run: () => void | Promise<void>): void;
}

/** Makes an empty directory and removes it with all it holds after `scope`. */
export function temporaryDirectory(scope: Scope): string {
  const { path, remove } = makeTemporaryDirectory();
  scope.after(remove);
  return path;
}

/** Makes an empty directory; `remove` removes it, and so does the end of the process. */
export function makeTemporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "redstart-test-"));
  const removeNow = () => {
    try {
      rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      // On Windows a process in it keeps it, until the test has ended that too.
      if (process.platform !== "win32") throw error;
    }
  };
  process.once("exit", removeNow);
  return {
    path,
    remove: () => {
      process.off("exit", removeNow);
      removeNow();
    },
  };
}

/**
 * What `npm test` prints: one line for each failing or skipped test with the reason, nothing for one that passes, and
 * the test runner's closing counts as "# name count".
 */
import { relative } from "node:path";
import { inspect } from "node:util";

export interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly nesting?: number;
    readonly file?: string;
    readonly line?: number;
    readonly skip?: string | boolean;
    readonly message?: string;
    readonly details?: { readonly error?: Error & { cause?: unknown; failureType?: string }; readonly type?: string };
  };
}

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  /** The tests that have begun and not ended, by file. */
  const running = new Map<string, string[]>();
  for await (const { type, data } of events) {
    const inFile = running.get(data.file ?? "") ?? [];
    if (type === "test:dequeue") {
      running.set(data.file ?? "", [...inFile, data.name ?? ""]);
    } else if (type === "test:complete") {
      // The last of that name, should there be several.
      inFile.splice(inFile.lastIndexOf(data.name ?? "") >>> 0, 1);
    }
    if (type === "test:fail") {
      const error = data.details?.error;
      if (error?.failureType === "subtestsFailed") continue;
      // A file that took too long is a test to the runner; which of its own tests did is what one wants to know.
      for (const name of inFile) yield `FAIL ${place(data)} had not ended: ${name}\n`;
      yield `FAIL ${place(data)} ${data.name}\n${indent(inspect(error?.cause ?? error))}\n`;
    } else if (type === "test:pass" && data.skip !== undefined && data.skip !== false) {
      yield `skip ${place(data)} ${data.name}${typeof data.skip === "string" && data.skip !== "" ? `: ${data.skip}` : ""}\n`;
    } else if (type === "test:diagnostic" && data.nesting === 0 && data.message !== undefined) {
      yield `# ${data.message}\n`;
    } else if (type === "test:stderr" && data.message !== undefined) {
      yield data.message;
    }
  }
}

function place(data: TestEvent["data"]): string {
  return data.file === undefined ? "" : `${relative(process.cwd(), data.file)}:${data.line ?? 0}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}

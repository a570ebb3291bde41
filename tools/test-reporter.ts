/**
 * What `npm test` prints: one line for each failing or skipped test with the reason, nothing for one that passes, and
 * the test runner's closing counts as "# name count".
 */
import { relative } from "node:path";
import { inspect } from "node:util";

interface TestEvent {
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
  for await (const { type, data } of events) {
    if (type === "test:fail") {
      const error = data.details?.error;
      if (error?.failureType === "subtestsFailed") continue;
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

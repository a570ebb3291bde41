/**
 * The rules of style that a program can check: `node dist/tools/tidy.js`. Dead names, long functions and files, headers, pictures of bytes,
 * banned calls. What breaks a rule is mended, not listed; tools/tidy/known.ts has what was there before the rule and what is meant to be.
 */

import { projectDirectory } from "./source-files.js";
import { deadExports } from "./tidy/dead-exports.js";
import { deadMembers } from "./tidy/dead-members.js";
import { fileViolations } from "./tidy/file-rules.js";
import { judge } from "./tidy/known.js";
import { withProject } from "./tidy/project.js";

const { count, problems } = withProject(projectDirectory, (project) => {
  const found = [...project.files.flatMap(fileViolations), ...deadExports(project.files), ...deadMembers(project)];
  return { count: project.files.length, problems: judge(found) };
});
for (const problem of problems) console.error(problem);
console.log(`Tidy: ${count} files, ${problems.length} problem${problems.length === 1 ? "" : "s"}`);
if (problems.length > 0 || count === 0) process.exitCode = 1;

/**
 * Checks that the tests resolve every alias of the program to the same version.
 *
 * @module
 */
import { compareProjects, type ProjectFile } from "./gate/imports.ts";

async function read(path: string): Promise<ProjectFile> {
  return JSON.parse(await Deno.readTextFile(new URL(path, import.meta.url))) as ProjectFile;
}

if (import.meta.main) {
  const problems = compareProjects(await read("../deno.json"), await read("../tests/deno.json"));
  for (const problem of problems) console.error(problem);
  Deno.exitCode = problems.length === 0 ? 0 : 1;
}

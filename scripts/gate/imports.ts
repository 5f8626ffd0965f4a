/**
 * Whether the project file of the tests agrees with the one of the program.
 *
 * @module
 */

/** The parts of a `deno.json` that are compared. */
export interface ProjectFile {
  readonly imports?: Readonly<Record<string, string>>;
  readonly links?: readonly string[];
}

/**
 * What is in the root project file and missing or different in the one of the tests.
 *
 * @returns Sentences; empty when they agree.
 */
export function compareProjects(root: ProjectFile, tests: ProjectFile): string[] {
  const problems: string[] = [];
  for (const [alias, target] of Object.entries(root.imports ?? {})) {
    const other = tests.imports?.[alias];
    if (other === target) continue;
    problems.push(
      `tests/deno.json: "${alias}" is ${
        other ? `"${other}"` : "missing"
      }, deno.json has "${target}"`,
    );
  }
  for (const link of root.links ?? []) {
    const wanted = link.replace(/^\.\//, "../");
    if (!tests.links?.includes(wanted)) {
      problems.push(`tests/deno.json: link "${wanted}" is missing`);
    }
  }
  return problems;
}

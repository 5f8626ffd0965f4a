/**
 * What is inside a finished executable, judged.
 *
 * @module
 */
import { embeddedBytes } from "./binary.ts";

/** The most that may be embedded over the base. */
export const PAYLOAD_BUDGET_BYTES = 8 * 1024 * 1024;

/** What was found in an executable. */
export interface Inspection {
  readonly fileBytes: number;
  readonly payloadBytes: number;
  /** Sentences that say what is wrong; empty when all is well. */
  readonly problems: readonly string[];
}

/** The package names that only tests may use: those of `tests` without those of `root`. */
export function testOnlyPackages(
  root: Readonly<Record<string, string>>,
  tests: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(tests)
    .filter(([alias, target]) => !Object.hasOwn(root, alias) && target.startsWith("npm:"))
    .map(([, target]) => target.replace(/^npm:\/?/, "").replace(/(.)@[^@/]*(\/.*)?$/, "$1"));
}

/** The first name that occurs in `bytes` as part of a module path, or `undefined`. */
export function findPackageName(bytes: Uint8Array, names: readonly string[]): string | undefined {
  const text = new TextDecoder("latin1").decode(bytes);
  return names.find((name) =>
    [`npm:${name}@`, `npm:/${name}@`, `node_modules/${name}/`, `/${name}/-/`, `"${name}"`]
      .some((form) => text.includes(form))
  );
}

/** Judges an executable: size over the base, and no test-only package in it. */
export function inspectBinary(
  bytes: Uint8Array,
  testPackages: readonly string[],
  budgetBytes = PAYLOAD_BUDGET_BYTES,
): Inspection {
  const payloadBytes = embeddedBytes(bytes);
  const problems: string[] = [];
  if (payloadBytes === 0) problems.push("nothing is embedded in the executable");
  if (payloadBytes > budgetBytes) {
    problems.push(`payload has ${payloadBytes} bytes, the budget is ${budgetBytes}`);
  }
  const found = findPackageName(bytes, testPackages);
  if (found !== undefined) problems.push(`test-only package "${found}" is in the executable`);
  return { fileBytes: bytes.length, payloadBytes, problems };
}

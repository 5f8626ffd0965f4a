/**
 * The variables of a program that a node runs for others.
 *
 * @module
 */
import { unsafeVariables } from "../exec/mod.ts";
import { badParams } from "./params.ts";

/** Names of variables that hold credentials, ours and other people's. */
const CREDENTIAL = new RegExp(
  "(^|_)(TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIALS?|" +
    "(API|ACCESS|SECRET|PRIVATE|SIGNING|ENCRYPTION)_?KEY(_ID)?)(_|$)",
  "i",
);
const PORTABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Refuses variables that decide which code a program loads.
 *
 * @throws {AppError} `INVALID_REQUEST`, naming all of them.
 */
export function checkVariables(env: Readonly<Record<string, string>>): void {
  const blocked = unsafeVariables(env).map((name) => name.toUpperCase()).sort();
  const invalid = Object.keys(env).filter((name) => !PORTABLE_NAME.test(name)).sort();
  const problems = [
    ...(blocked.length === 0 ? [] : [`blocked override keys: ${blocked.join(", ")}`]),
    ...(invalid.length === 0 ? [] : [`invalid non-portable override keys: ${invalid.join(", ")}`]),
  ];
  if (problems.length === 0) return;
  throw badParams(
    `SYSTEM_RUN_DENIED: environment override rejected (${problems.join("; ")})`,
  );
}

/**
 * The variables of a program: those of the node host without credentials and without what steers the
 * node host itself, and over them what the invoke sets.
 */
export function childEnvironment(
  own: Readonly<Record<string, string>>,
  over: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = Object.entries(own).filter(([name]) =>
    !/^OPENCLAW_/i.test(name) && !CREDENTIAL.test(name)
  );
  return { ...Object.fromEntries(kept), ...over, OPENCLAW_SHELL: "exec" };
}

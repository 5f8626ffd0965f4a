/**
 * The variables of the user's login shell, for a gateway that no shell started.
 *
 * @module
 */
import { type Env, errorMessage } from "../../base/mod.ts";
import { osName, runCommand } from "../../platform/mod.ts";

/** How long the shell gets, unless the configuration says otherwise. */
export const SHELL_TIMEOUT_MS = 15_000;

/** What a shell said. */
export interface ShellVariables {
  readonly variables: Readonly<Record<string, string>>;
  /** Why there are none. */
  readonly problem?: string;
}

/** Printed before the variables: what a login shell says to its user comes before it. */
const MARK = "__openclaw_env__";
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A shell is asked once for as long as the program runs: its start files may take seconds. */
const asked = new Map<string, Promise<ShellVariables>>();

/**
 * The variables of a login shell of `SHELL`. Those that decide where this program keeps its things
 * are left out: they have been looked at by then.
 */
export function readShellVariables(env: Env, timeoutMs: number): Promise<ShellVariables> {
  const shell = env.get("SHELL")?.trim() || "/bin/sh";
  const known = asked.get(shell);
  if (known !== undefined) return known;
  const answer = askShell(shell, timeoutMs);
  asked.set(shell, answer);
  return answer;
}

async function askShell(shell: string, timeoutMs: number): Promise<ShellVariables> {
  if (osName() === "windows") return { variables: {}, problem: "there are no login shells here" };
  if (!shell.startsWith("/")) {
    return { variables: {}, problem: `SHELL is "${shell}", which is no absolute path` };
  }
  try {
    const script = `printf %s ${MARK}; env -0`;
    const { code, stdout } = await runCommand(shell, ["-l", "-c", script], { timeoutMs });
    const start = stdout.lastIndexOf(MARK);
    if (code !== 0 || start < 0) {
      return { variables: {}, problem: `${shell} ended with code ${code}` };
    }
    return { variables: parse(stdout.slice(start + MARK.length)) };
  } catch (error) {
    return { variables: {}, problem: errorMessage(error) };
  }
}

function parse(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const line of text.split("\0")) {
    const at = line.indexOf("=");
    const name = line.slice(0, Math.max(0, at));
    if (!NAME.test(name) || name.startsWith("OPENCLAW_")) continue;
    variables[name] = line.slice(at + 1);
  }
  return variables;
}

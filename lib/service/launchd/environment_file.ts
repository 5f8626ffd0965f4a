/**
 * The private file with the variables of a job, and the script that loads it.
 *
 * A property list may be read by every program of the user and shows up in backups, so the values are
 * kept apart from it.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";

/** How the name of the script ends; a definition that starts with it is read back through the file. */
export const WRAPPER_SUFFIX = "-env-wrapper.sh";

/** The script: loads the file that its first argument names, becomes the command of the others. */
export const WRAPPER_SCRIPT = `#!/bin/sh
# Starts the OpenClaw gateway with the variables of a private file.
set -eu
environment=$1
shift
if [ -f "$environment" ]; then
  . "$environment"
fi
exec "$@"
`;

const COMMENT = "# Variables of the OpenClaw gateway; written by: openclaw gateway install";
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The text of the file; sorted, so that equal values give equal text.
 *
 * @throws {AppError} `SERVICE_INSTALL_FAILED` for what a shell cannot take.
 */
export function buildJobEnvironment(values: Readonly<Record<string, string>>): string {
  const lines = Object.keys(values).sort().map((key) => {
    const value = values[key]!;
    if (!NAME.test(key)) throw unwritable(key, "its name is none that a shell knows");
    if (value.includes("\0")) throw unwritable(key, "its value has a NUL character");
    return `export ${key}='${value.replaceAll("'", `'\\''`)}'\n`;
  });
  return `${COMMENT}\n${lines.join("")}`;
}

function unwritable(key: string, why: string): AppError {
  return new AppError("SERVICE_INSTALL_FAILED", `Cannot hand "${key}" to the service: ${why}`, {
    hint: "Remove it from the config or the environment and run: openclaw gateway install --force",
  });
}

/** An assignment: its name, then pieces in quotes, escaped characters and bare ones. */
const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=((?:'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S]|[^\s'"\\;#])*)/gm;
const PIECE = /'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])|([^'"\\]+)/g;

/** Reads such a file back, also with double quotes or none. Nothing is expanded. */
export function parseJobEnvironment(text: string): Record<string, string> {
  const values: [string, string][] = [];
  for (const [, key, word] of text.matchAll(ASSIGNMENT)) {
    const pieces = [...word!.matchAll(PIECE)].map(([, single, double, escaped, bare]) =>
      single ?? double?.replace(/\\([\\"$`])/g, "$1") ?? escaped ?? bare ?? ""
    );
    values.push([key!, pieces.join("")]);
  }
  return Object.fromEntries(values);
}

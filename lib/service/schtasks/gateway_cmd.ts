/**
 * `gateway.cmd`: the definition of a Windows service, written and read.
 *
 * Pure; reads also what the original program has written. Private values stand in a file of their own,
 * one `NAME="value"` a line, which the runner reads before.
 *
 * @module
 */
import type { EnvironmentSource, ServiceDefinition, ServiceSpec } from "../types.ts";
import { batchText } from "./files.ts";
import {
  commandLine,
  quotedPath,
  remark,
  setLine,
  splitCommandLine,
  unescapeLine,
  writable,
} from "./quoting.ts";

/** Tells a script of ours from one of the original, which quotes in other ways. */
const OWN_REMARK = "Started by a script beside it that reads private values and starts it again";

/** The text of the script. */
export function buildGatewayCmd(spec: ServiceSpec): string {
  const { description, command, workingDirectory, environment } = spec;
  const variables = Object.entries(environment).filter(([key, value]) =>
    value !== "" && key.toUpperCase() !== "PATH"
  );
  return batchText([
    "@echo off",
    remark(description),
    remark(OWN_REMARK),
    ...(workingDirectory === undefined ? [] : [`cd /d ${quotedPath(workingDirectory)}`]),
    ...variables.map(([key, value]) => setLine(key, value)),
    commandLine(command),
  ]);
}

/** The text of the file with private values; sorted, so that equal values give equal text. */
export function buildPrivateValues(values: Readonly<Record<string, string>>): string {
  const keys = Object.keys(values).sort();
  return batchText(keys.map((key) => `${key}="${writable(values[key]!, key)}"`));
}

/** Reads the file with private values. */
export function parsePrivateValues(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^([^=\s]+)="(.*)"$/.exec(line) ?? [];
    if (key !== undefined) values[key] = value!;
  }
  return values;
}

/** Whether a script was written by this program, so that a task may be one of ours. */
export function isOwnScript(text: string): boolean {
  return text.includes(remark(OWN_REMARK));
}

/**
 * What a script starts, and with which variables.
 *
 * @param privateText Text of the file with private values, `undefined` when there is none.
 */
export function parseGatewayCmd(
  text: string,
  sourcePath: string,
  privateText: string | undefined,
): ServiceDefinition {
  const isOwn = isOwnScript(text);
  const inline: Record<string, string> = {};
  let workingDirectory: string | undefined;
  let command: string[] = [];
  for (const raw of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const line = raw.trimStart();
    if (line === "" || /^(?:@|::|rem(?:\s|$))/i.test(line)) continue;
    const rest = /^set\s+(.*)$/i.exec(line)?.[1];
    const folder = /^cd\s+\/d\s+(.*)$/i.exec(line)?.[1];
    if (rest !== undefined) {
      const [key, value] = parseAssignment(rest, isOwn);
      if (key !== "") inline[key] = value;
    } else if (folder !== undefined) {
      workingDirectory = unescapeLine(folder.trim()).replace(/^"(.*)"$/, "$1");
    } else {
      command = splitCommandLine(unescapeLine(isOwn ? line : withoutCarets(line)));
      break;
    }
  }
  const fromFile = parsePrivateValues(privateText ?? "");
  return {
    command,
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
    // The script is run after the file was read.
    environment: { ...fromFile, ...inline },
    environmentSources: sourcesOf(inline, fromFile),
    sourcePath,
    text,
  };
}

function parseAssignment(rest: string, isOwn: boolean): [key: string, value: string] {
  const quoted = /^"(.*)"[^"]*$/.exec(rest)?.[1];
  const assignment = quoted === undefined
    ? unescapeLine(rest)
    : isOwn
    ? quoted.replaceAll("%%", "%")
    : quoted.replace(/\^([\^!"])|%%/g, (match, char: string | undefined) => char ?? match[0]!);
  const at = assignment.indexOf("=");
  return at < 0 ? ["", ""] : [assignment.slice(0, at), assignment.slice(at + 1)];
}

/** The original escapes an exclamation mark where that means nothing. */
function withoutCarets(line: string): string {
  return line.replaceAll("^!", "!");
}

function sourcesOf(
  inline: Readonly<Record<string, string>>,
  fromFile: Readonly<Record<string, string>>,
): Record<string, EnvironmentSource> {
  const sources: Record<string, EnvironmentSource> = {};
  for (const key of Object.keys({ ...inline, ...fromFile })) {
    sources[key] = !(key in fromFile) ? "inline" : key in inline ? "inline-and-file" : "file";
  }
  return sources;
}

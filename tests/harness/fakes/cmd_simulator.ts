/**
 * What `cmd.exe` and a started program make of a line in a batch file, after Microsoft's documentation
 * and the known phases of its parser: percent signs, then carets, quotes and operators, then the
 * command; `set` and `for /f` as their help describes them. Knows simple commands only and refuses the
 * rest, so that a line which would do more than meant is seen.
 *
 * Written apart from the code that it judges, and shares nothing with it.
 *
 * @module
 */

/** What one line has done. */
export type LineEffect =
  | { readonly kind: "none" }
  | { readonly kind: "set"; readonly name: string; readonly value: string }
  | { readonly kind: "run"; readonly argv: readonly string[] };

/** What a batch file has done up to its end. */
export interface BatchEffect {
  readonly variables: Record<string, string>;
  readonly runs: string[][];
}

/** Runs a batch file of simple commands. */
export function simulateBatch(text: string, before: Record<string, string> = {}): BatchEffect {
  const variables = { ...before };
  const runs: string[][] = [];
  for (const line of text.split("\r\n")) {
    if (/[^\P{Cc}\t]/u.test(line)) throw new Error(`a line ends early: ${JSON.stringify(line)}`);
    const effect = simulateLine(line, variables);
    if (effect.kind === "set") variables[effect.name] = effect.value;
    if (effect.kind === "run") runs.push([...effect.argv]);
  }
  return { variables, runs };
}

/** Runs one line. */
export function simulateLine(line: string, variables: Record<string, string>): LineEffect {
  if (line.length > 8191) throw new Error("a line of more than 8,191 characters");
  const expanded = expandPercents(line, variables).replace(/^[\s@]+/, "");
  if (expanded === "" || /^rem(\s|$)/i.test(expanded)) return { kind: "none" };
  const { token, rest } = splitCommand(expanded);
  switch (token.toLowerCase()) {
    case "echo":
    case "cd":
      return { kind: "none" };
    case "set":
      return setEffect(rest);
    default:
      return { kind: "run", argv: programArguments(`${token}${rest}`) };
  }
}

/** Phase 1 in a batch file: `%%`, arguments, variables; a sign that belongs to nothing is dropped. */
function expandPercents(line: string, variables: Record<string, string>): string {
  let text = "";
  for (let at = 0; at < line.length;) {
    if (line[at] !== "%") {
      text += line[at++];
      continue;
    }
    if (line[at + 1] === "%") {
      text += "%";
      at += 2;
      continue;
    }
    if (/[0-9*]/.test(line[at + 1] ?? "")) {
      at += 2;
      continue;
    }
    const end = line.indexOf("%", at + 1);
    if (end < 0) {
      at++;
      continue;
    }
    text += variables[line.slice(at + 1, end).split(":")[0]!] ?? "";
    at = end + 1;
  }
  return text;
}

/** Phase 2: the command and the rest, with carets gone; an operator outside of quotes is refused. */
function splitCommand(line: string): { token: string; rest: string } {
  let [token, rest] = ["", ""];
  let isInToken = true;
  let isQuoted = false;
  const add = (char: string) => {
    if (isInToken) token += char;
    else rest += char;
  };
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!;
    if (char === '"') isQuoted = !isQuoted;
    if (isQuoted || char === '"') {
      add(char);
    } else if (char === "^") {
      // A caret at the end would draw the next line in.
      if (at + 1 === line.length) throw new Error(`the line goes on: ${line}`);
      add(line[++at]!);
    } else if (/[&|<>]/.test(char) || isInToken && /[()]/.test(char)) {
      throw new Error(`an operator at ${at}: ${line}`);
    } else if (isInToken && /[\s,;=]/.test(char)) {
      isInToken = false;
      rest += char;
    } else {
      add(char);
    }
  }
  return { token, rest };
}

/** `set name=value`, or with quotes around it: what follows the last one is dropped. */
function setEffect(rest: string): LineEffect {
  let argument = rest.trimStart();
  if (argument.startsWith('"')) {
    const last = argument.lastIndexOf('"');
    argument = last > 0 ? argument.slice(1, last) : argument.slice(1);
  }
  const at = argument.indexOf("=");
  if (at < 1) throw new Error(`no assignment: ${rest}`);
  return { kind: "set", name: argument.slice(0, at), value: argument.slice(at + 1) };
}

/**
 * The arguments of a program of Microsoft's C runtime: 2n backslashes and a quote are n backslashes and
 * a quoted part that begins or ends, 2n+1 a quote; two quotes within a quoted part are one.
 */
export function programArguments(line: string): string[] {
  const args: string[] = [];
  let at = 0;
  // The program itself knows no escapes.
  const first = /^"([^"]*)"|^\S+/.exec(line);
  if (first !== null) {
    args.push(first[1] ?? first[0]);
    at = first[0].length;
  }
  while (at < line.length) {
    while (/[ \t]/.test(line[at] ?? "")) at++;
    if (at >= line.length) break;
    let arg = "";
    let isQuoted = false;
    for (; at < line.length && (isQuoted || !/[ \t]/.test(line[at]!)); at++) {
      let slashes = 0;
      while (line[at] === "\\") {
        slashes++;
        at++;
      }
      if (line[at] !== '"') {
        arg += "\\".repeat(slashes);
        at--;
        if (slashes === 0) arg += line[++at] ?? "";
        continue;
      }
      arg += "\\".repeat(Math.floor(slashes / 2));
      if (slashes % 2 === 1) arg += '"';
      else if (isQuoted && line[at + 1] === '"') {
        arg += '"';
        at++;
      } else {
        isQuoted = !isQuoted;
      }
    }
    args.push(arg);
  }
  return args;
}

/**
 * `for /f "usebackq tokens=1,* delims==" %%A in (file) do set "%%A=%%~B"` over the lines of a file. What
 * a variable of `for` stands for is put in after phase 2, so nothing in it is an operator.
 */
export function simulateForSet(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    if (line === "" || line.startsWith(";")) continue;
    const [, first, second = ""] = /^=*([^=]+)=*(.*)$/.exec(line) ?? [];
    if (first === undefined) continue;
    const bare = second.replace(/^"(.*)"$/, "$1");
    const effect = setEffect(` "${first}=${bare}"`);
    if (effect.kind === "set") variables[effect.name] = effect.value;
  }
  return variables;
}

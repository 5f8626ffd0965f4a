/**
 * Takes programs that only start another one (`env`, `nice`, `nohup`, `stdbuf`, `timeout`) off a
 * command, when they are the system's own and their options cannot change what is started.
 *
 * @module
 */
import { basename, dirname } from "@std/path";
import type { FindProgram } from "./types.ts";

/** Folders whose programs are the system's own. */
export const SYSTEM_BIN_FOLDERS: readonly string[] = ["/bin", "/usr/bin"];

/** How many programs may be wrapped around another. */
const MAX_DEPTH = 6;

/** Options of a wrapper: those alone, those with a value in the next word, and words before the program. */
interface WrapperOptions {
  readonly alone: RegExp;
  readonly withValue: RegExp;
  /** A word that must stand before the program. */
  readonly leading?: RegExp;
}

const NEVER = /(?!)/;
const WRAPPERS: Readonly<Record<string, WrapperOptions>> = {
  // Options of `env` and assignments after it change what the program is or does.
  env: { alone: NEVER, withValue: NEVER },
  nice: { alone: /^(-\d+|-n-?\d+|--adjustment=-?\d+)$/, withValue: /^(-n|--adjustment)$/ },
  nohup: { alone: NEVER, withValue: NEVER },
  stdbuf: {
    alone: /^(-[ioe]\w+|--(input|output|error)=\w+)$/,
    withValue: /^(-[ioe]|--(input|output|error))$/,
  },
  timeout: {
    alone: /^(--preserve-status|--foreground|-v|--verbose|-[ks]\w+|--(kill-after|signal)=\w+)$/,
    withValue: /^(-[ks]|--(kill-after|signal))$/,
    leading: /^\d+(\.\d+)?[smhd]?$/,
  },
};

/** The program behind the wrappers, or `undefined` when what they do is not understood. */
export function unwrap(
  argv: readonly string[],
  find: FindProgram,
): readonly string[] | undefined {
  let rest = argv;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const options = wrapperOptions(rest[0], find);
    if (options === undefined) return rest;
    const inner = afterOptions(rest.slice(1), options);
    if (inner === undefined) return undefined;
    rest = inner;
  }
  return undefined;
}

/** The options of the word, when it is a wrapper of the system. */
function wrapperOptions(
  word: string | undefined,
  find: FindProgram,
): WrapperOptions | undefined {
  if (word === undefined || !Object.hasOwn(WRAPPERS, basename(word))) return undefined;
  const path = find(word)?.path;
  if (path === undefined || !SYSTEM_BIN_FOLDERS.includes(dirname(path))) return undefined;
  return WRAPPERS[basename(word)];
}

function afterOptions(
  args: readonly string[],
  { alone, withValue, leading }: WrapperOptions,
): readonly string[] | undefined {
  let at = 0;
  while (args[at]?.startsWith("-")) {
    const word = args[at]!;
    if (word === "--") {
      at++;
      break;
    }
    if (withValue.test(word)) {
      if (!/^-?[\w.]+$/.test(args[at + 1] ?? "")) return undefined;
      at += 2;
    } else if (alone.test(word)) at++;
    else return undefined;
  }
  if (leading !== undefined && !leading.test(args[at++] ?? "")) return undefined;
  const inner = args.slice(at);
  // What `env` takes as an assignment is none for the others; no program is called like that anyway.
  return inner.length === 0 || inner[0]!.includes("=") ? undefined : inner;
}

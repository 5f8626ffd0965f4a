/**
 * Programs of the system that only turn their input into output, with the arguments that keep them so:
 * no files, no options that are not known.
 *
 * @module
 */
import { basename, dirname } from "@std/path";
import type { FoundProgram } from "./types.ts";
import { SYSTEM_BIN_FOLDERS } from "./wrappers.ts";

/** Programs that need no approval unless the configuration names others. */
export const DEFAULT_SAFE_BINS: readonly string[] = ["cut", "uniq", "head", "tail", "tr", "wc"];

/** What a program may be given. */
interface SafeArguments {
  /** Letters of options without a value. */
  readonly flags: string;
  /** Letters of options with one. */
  readonly values: string;
  /** Long options without a value. */
  readonly longFlags: string;
  /** Long options with one. */
  readonly longValues: string;
  /** Words that are neither; all other programs read files by them. */
  readonly maxWords: number;
  /** Whether `-5` means five lines. */
  readonly takesCount?: boolean;
}

const SAFE_ARGUMENTS: Readonly<Record<string, SafeArguments>> = {
  cut: {
    flags: "snz",
    values: "dfcb",
    longFlags: "complement only-delimited zero-terminated",
    longValues: "delimiter fields characters bytes output-delimiter",
    maxWords: 0,
  },
  uniq: {
    flags: "cduizD",
    values: "fsw",
    longFlags: "count repeated unique ignore-case zero-terminated",
    longValues: "skip-fields skip-chars check-chars",
    maxWords: 0,
  },
  head: {
    flags: "qvz",
    values: "nc",
    longFlags: "quiet silent verbose zero-terminated",
    longValues: "lines bytes",
    maxWords: 0,
    takesCount: true,
  },
  tail: {
    flags: "qvz",
    values: "nc",
    longFlags: "quiet silent verbose zero-terminated",
    longValues: "lines bytes",
    maxWords: 0,
    takesCount: true,
  },
  tr: {
    flags: "cCdst",
    values: "",
    longFlags: "complement delete squeeze-repeats truncate-set1",
    longValues: "",
    maxWords: 2,
  },
  wc: {
    flags: "cmlwL",
    values: "",
    longFlags: "bytes chars lines words max-line-length",
    longValues: "",
    maxWords: 0,
  },
};

/**
 * Whether a use of a program is harmless: it is listed, the system's own, and gets nothing but options
 * that are known here. A listed program without known options never is.
 */
export function isSafeUse(
  argv: readonly string[],
  found: FoundProgram,
  safeBins: readonly string[] = DEFAULT_SAFE_BINS,
): boolean {
  const name = basename(found.path);
  if (!safeBins.includes(name) || !Object.hasOwn(SAFE_ARGUMENTS, name)) return false;
  if (!SYSTEM_BIN_FOLDERS.includes(dirname(found.path))) return false;
  return hasSafeArguments(argv.slice(1), SAFE_ARGUMENTS[name]!);
}

function hasSafeArguments(args: readonly string[], rules: SafeArguments): boolean {
  let wordCount = 0;
  let isOver = false;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (isOver || !arg.startsWith("-") || arg === "-") {
      if (++wordCount > rules.maxWords) return false;
    } else if (arg === "--") isOver = true;
    else {
      const taken = optionWords(arg, rules);
      if (taken === 0 || at + taken > args.length) return false;
      at += taken - 1;
    }
  }
  return true;
}

/** How many words an option takes, itself included; 0 for one that is not known. */
function optionWords(arg: string, rules: SafeArguments): number {
  if (arg.startsWith("--")) {
    const [name = "", value] = splitOnce(arg.slice(2));
    if (rules.longValues.split(" ").includes(name)) return value === undefined ? 2 : 1;
    return value === undefined && rules.longFlags.split(" ").includes(name) ? 1 : 0;
  }
  if (rules.takesCount && /^-\d+$/.test(arg)) return 1;
  for (let at = 1; at < arg.length; at++) {
    const letter = arg[at]!;
    if (rules.values.includes(letter)) return at === arg.length - 1 ? 2 : 1;
    if (!rules.flags.includes(letter)) return 0;
  }
  return 1;
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * What the tests of this room share: a made-up disk and policies.
 *
 * @module
 */
import type { AllowlistEntry, ExecPolicy, FindProgram } from "./types.ts";

/** Programs of the made-up disk: what `PATH` finds, by name. */
const ON_PATH: Readonly<Record<string, string>> = {
  awk: "/usr/bin/awk",
  bash: "/usr/bin/bash",
  cat: "/usr/bin/cat",
  cut: "/usr/bin/cut",
  deploy: "/home/me/bin/deploy",
  echo: "/usr/bin/echo",
  env: "/usr/bin/env",
  find: "/usr/bin/find",
  git: "/usr/bin/git",
  grep: "/usr/bin/grep",
  head: "/usr/bin/head",
  ls: "/usr/bin/ls",
  nice: "/usr/bin/nice",
  node: "/usr/local/bin/node",
  nohup: "/usr/bin/nohup",
  python3: "/usr/bin/python3",
  rm: "/usr/bin/rm",
  sh: "/usr/bin/sh",
  stdbuf: "/usr/bin/stdbuf",
  sudo: "/usr/bin/sudo",
  tail: "/usr/bin/tail",
  timeout: "/usr/bin/timeout",
  tr: "/usr/bin/tr",
  uniq: "/usr/bin/uniq",
  wc: "/usr/bin/wc",
  xargs: "/usr/bin/xargs",
};
/** Paths whose file is another one. */
const LINKS: Readonly<Record<string, string>> = {
  "/usr/bin/sh": "/usr/bin/dash",
  "/usr/bin/python3": "/usr/bin/python3.12",
  "/home/me/bin/good": "/usr/bin/bash",
};

/** Home folder of the made-up disk. */
export const HOME = "/home/me";

/** Finds programs of the made-up disk; every absolute path is one. */
export const findFake: FindProgram = (word) => {
  const path = word.startsWith("/")
    ? word
    : word.startsWith("./")
    ? `/work${word.slice(1)}`
    : Object.hasOwn(ON_PATH, word)
    ? ON_PATH[word]!
    : undefined;
  return path === undefined ? undefined : { path, realPath: LINKS[path] ?? path };
};

/** A policy that allows what is listed and asks about the rest. */
export function allowing(
  entries: readonly (string | AllowlistEntry)[],
  over: Partial<ExecPolicy> = {},
): ExecPolicy {
  return {
    security: "allowlist",
    ask: "on-miss",
    askFallback: "deny",
    autoAllowSkills: false,
    allowlist: entries.map((entry) => typeof entry === "string" ? { pattern: entry } : entry),
    ...over,
  };
}

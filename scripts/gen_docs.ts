/**
 * Writes the generated pages of `docs/`, or checks that they are up to date.
 *
 * `--write` writes, `--check` (the default) only compares and exits 1 on a difference.
 *
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** One generated page. */
export interface Page {
  /** Relative to the root. */
  readonly path: string;
  render(): Promise<string>;
}

/** All generated pages; the generators are in the rooms that own the facts. */
export const PAGES: readonly Page[] = [
  {
    path: "docs/cli.md",
    render: async () => (await import("../lib/cli/reference.ts")).renderCliReference(),
  },
  {
    path: "docs/configuration.md",
    render: async () => (await import("../lib/config/reference.ts")).renderConfigReference(),
  },
  {
    path: "docs/errors.md",
    render: async () => renderErrorTable((await import("../lib/protocol/errors.ts")).ERRORS),
  },
  {
    path: "docs/http-api.md",
    render: async () => (await import("./docs/http_api.ts")).renderHttpApi(),
  },
  {
    path: "docs/protocol-methods.md",
    render: async () => (await import("../lib/protocol/reference.ts")).renderProtocolReference(),
  },
];

/** What the error page shows of a code. */
export interface ErrorRow {
  readonly exit: number;
  readonly http: number;
  readonly close?: number;
  readonly wire: string;
  readonly summary: string;
}

/** The page of all error codes, in the order of the table. */
export function renderErrorTable(errors: Readonly<Record<string, ErrorRow>>): string {
  const rows = Object.entries(errors).map(([code, row]) =>
    `| \`${code}\` | ${row.summary} | ${row.exit} | ${row.http} | ${
      row.close ?? ""
    } | \`${row.wire}\` |`
  );
  return [
    "# Error codes",
    "",
    "Generated from `lib/protocol/errors.ts` by `deno task docs`.",
    "",
    "Exit status: 1 failed, 2 bad root flag, 64 usage, 69 unreachable, 75 try later,",
    "78 configuration (a service manager does not restart on 78).",
    "",
    "| Code | Meaning | Exit | HTTP | WebSocket close | RPC code |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** The first line in which two texts differ, from 1; 0 when they are equal. */
export function firstDifference(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [a.split("\n"), b.split("\n")];
  let line = 0;
  while (left[line] === right[line]) line++;
  return line + 1;
}

/**
 * Brings the pages up to date, or only compares.
 *
 * @param pages Which pages.
 * @param root The folder that their paths start from.
 * @param isWrite Whether to write.
 * @returns One sentence per page that was out of date.
 */
export async function syncPages(
  pages: readonly Page[],
  root: string,
  isWrite: boolean,
): Promise<string[]> {
  const stale: string[] = [];
  for (const page of pages) {
    const file = join(root, page.path);
    const text = await page.render();
    const line = firstDifference(await readOrEmpty(file), text);
    if (line === 0) continue;
    stale.push(`${page.path}: differs from its source at line ${line}`);
    if (!isWrite) continue;
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
  return stale;
}

if (import.meta.main) {
  const isWrite = Deno.args.includes("--write");
  const stale = await syncPages(PAGES, ROOT, isWrite);
  for (const line of stale) console.error(isWrite ? `${line}, written` : line);
  if (stale.length > 0 && !isWrite) console.error("Fix: deno task docs");
  Deno.exitCode = stale.length > 0 && !isWrite ? 1 : 0;
}

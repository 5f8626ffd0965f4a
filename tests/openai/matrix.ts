/**
 * The conformance matrix: which client does what, against which backend.
 *
 * A client is used as its documentation says, with nothing but a base URL and a key. Each cell asserts
 * what a user of that client relies on.
 *
 * @module
 */
import type { Backend } from "./backends.ts";

/** The columns, in order. */
export const CELLS = [
  "list",
  "retrieve",
  "chat",
  "stream + usage",
  "tools loop",
  "structured output",
  "responses",
  "responses stream",
  "embeddings",
  "401",
  "unknown model",
  "429",
  "abort",
] as const;

/** One thing that a client can do. */
export type CellName = typeof CELLS[number];

/** Proves one cell; throws when it does not hold. */
export type Cell = (backend: Backend) => Promise<void>;

/** A client, and what it can do; what it has no API for is not there. */
export interface Client {
  /** Its packages. */
  readonly name: string;
  readonly cells: Partial<Record<CellName, Cell>>;
}

/** How one cell ended. */
export interface CellResult {
  readonly client: string;
  readonly backend: string;
  readonly cell: CellName;
  readonly outcome: "ok" | "n/a" | "FAIL";
  readonly ms: number;
  /** What was thrown. */
  readonly error?: unknown;
}

/** Proves every cell of a client against a backend, one after the other. */
export async function runClient(client: Client, backend: Backend): Promise<CellResult[]> {
  const results: CellResult[] = [];
  for (const name of CELLS) {
    const head = { client: client.name, backend: backend.name, cell: name };
    const cell = client.cells[name];
    if (cell === undefined) {
      results.push({ ...head, outcome: "n/a", ms: 0 });
      continue;
    }
    const startedAt = performance.now();
    try {
      await cell(backend);
      results.push({ ...head, outcome: "ok", ms: performance.now() - startedAt });
    } catch (error) {
      results.push({ ...head, outcome: "FAIL", ms: performance.now() - startedAt, error });
    }
  }
  return results;
}

/** The results as a Markdown table, one row per client and backend. */
export function renderMatrix(results: readonly CellResult[]): string {
  const rows = [["client", "backend", ...CELLS], ["---", "---", ...CELLS.map(() => "---")]];
  for (const [pair, group] of Map.groupBy(results, (one) => `${one.client}\n${one.backend}`)) {
    const cells = CELLS.map((name) => group.find(({ cell }) => cell === name)?.outcome ?? "");
    rows.push([...pair.split("\n"), ...cells]);
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column]!, index === 1 ? "-" : " "));
    return `| ${cells.join(" | ")} |`;
  }).join("\n");
}

/**
 * The conformance table: all cases, their judgement against the known exceptions, and its print.
 *
 * @module
 */
import type { Case, Target } from "./case.ts";
import { CLOSE_CASES } from "./close_cases.ts";
import { exceptionsOn, type Runtime } from "./exceptions.ts";
import { FRAME_CASES } from "./frame_cases.ts";
import { OPENING_CASES } from "./opening_cases.ts";
import { PEER_CASES } from "./peer_cases.ts";
import { TEXT_CASES } from "./text_cases.ts";

/** Every case, by category. */
export const CASES: readonly Case[] = [
  ...OPENING_CASES,
  ...FRAME_CASES,
  ...TEXT_CASES,
  ...CLOSE_CASES,
  ...PEER_CASES,
];

/** Cases at once; each has at most two strangers, of the 32 that an address may have. */
const CASES_AT_ONCE = 8;
/** How long an end is waited for that a known exception says does not come. */
const OPEN_MS = 1000;
/** How long any other end may take; a machine may be busy with something else. */
const PATIENCE_MS = 30_000;
/** The category whose cases fill the places of strangers, and so run alone. */
const ALONE = "peer: forty that leave within the opening";

/** What became of one case. */
export interface Result {
  readonly name: string;
  readonly demand: string;
  readonly expected: string;
  readonly outcome: string;
  readonly verdict: "ok" | "exception" | "FAIL" | "exception is over";
  readonly reason: string;
}

/** Judges an outcome: it meets the demand, or it is exactly the known exception. */
export function judge(
  { name, demand, expected }: Case,
  outcome: string,
  runtime: Runtime,
): Result {
  const known = exceptionsOn(runtime)[name];
  const row = { name, demand, expected, outcome, reason: known?.reason ?? "" };
  if (outcome === expected) {
    return { ...row, verdict: known === undefined ? "ok" : "exception is over" };
  }
  return { ...row, verdict: known?.outcome === outcome ? "exception" : "FAIL" };
}

/** Runs cases, some at once, and judges them in the order of the table. */
export async function runCases(
  target: Omit<Target, "patienceMs">,
  runtime: Runtime,
  cases = CASES,
): Promise<Result[]> {
  const results = new Map<string, Result>();
  const run = async (one: Case) => {
    const staysOpen = exceptionsOn(runtime)[one.name]?.outcome.endsWith("open");
    const patienceMs = staysOpen ? OPEN_MS : PATIENCE_MS;
    const outcome = await one.run({ ...target, patienceMs }).catch((error: Error) =>
      `broke: ${error.message}`
    );
    results.set(one.name, judge(one, outcome, runtime));
  };
  const waiting = cases.filter(({ name }) => name !== ALONE).values();
  const worker = async () => {
    for (const one of waiting) await run(one);
  };
  await Promise.all(Array.from({ length: CASES_AT_ONCE }, worker));
  for (const one of cases.filter(({ name }) => name === ALONE)) await run(one);
  return cases.map(({ name }) => results.get(name)!);
}

/** Whether a verdict breaks the table: a demand is missed, or an exception is listed for nothing. */
export function isBad({ verdict }: Result): boolean {
  return verdict === "FAIL" || verdict === "exception is over";
}

/** The table as Markdown, with its sums. */
export function renderResults(results: readonly Result[]): string {
  const lines = ["| Case | Demand | Outcome | Verdict |", "|---|---|---|---|"];
  for (const { name, demand, expected, outcome, verdict, reason } of results) {
    const shown = outcome === expected ? outcome : `${outcome} (demanded: ${expected})`;
    lines.push(
      `| ${name} | ${demand} | ${shorten(shown)} | ${verdict}${reason && `: ${reason}`} |`,
    );
  }
  const count = (verdict: Result["verdict"]) =>
    results.filter((result) => result.verdict === verdict).length;
  lines.push(
    "",
    `${results.length} cases: ${count("ok")} ok, ${count("exception")} known exceptions, ${
      results.filter(isBad).length
    } bad`,
  );
  return lines.join("\n");
}

/** Longest outcome that is printed whole. */
const MAX_SHOWN = 90;

function shorten(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}

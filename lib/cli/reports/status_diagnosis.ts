/**
 * What `openclaw status --all` finds right and wrong; reads only.
 *
 * @module
 */
import { redactShapes } from "../../base/mod.ts";
import { targetLines } from "../remote/connection.ts";
import type { CommandContext } from "../table.ts";
import type { StatusFacts } from "./status_facts.ts";

/** Writes one line for each finding: ✓ right, ! worth a look, ✗ wrong, with the next command. */
export function printDiagnosis(context: CommandContext, facts: StatusFacts): void {
  const { out, say } = context;
  const { state: { snapshot }, probe, target, json } = facts;
  const good = (text: string) => out.line(`${out.paint("✓", "good")} ${text}`);
  const look = (text: string) => out.line(`${out.paint("!", "warn")} ${redactShapes(text)}`);
  const bad = (text: string, fix: string) => {
    out.line(`${out.paint("✗", "bad")} ${redactShapes(text)}`);
    out.line(`  Fix: ${fix}`);
  };
  out.heading("Diagnosis (read-only)");
  out.line("Gateway connection details:");
  for (const line of targetLines(target)) out.line(`  ${line}`);
  out.line();

  if (!snapshot.exists) bad(`no config file at ${snapshot.path}`, say("setup"));
  else if (snapshot.valid) good(`Config: ${snapshot.path}`);
  else bad(`Config has ${snapshot.issues.length} problem(s)`, say("config validate"));
  const secrets = [...target.warnings, ...json.secretDiagnostics];
  if (secrets.length === 0) good("Secret diagnostics (0)");
  for (const problem of new Set(secrets)) look(`Secret: ${problem}`);
  if (target.token !== undefined || target.password !== undefined) {
    good("a gateway credential is known");
  } else bad("no gateway credential is known", say("setup"));
  printService(facts, { good, look, bad, say });
  if (probe.isConnected) good("gateway answers");
  else bad(`gateway does not answer: ${probe.error ?? ""}`, say("gateway status --deep"));
  if (json.rejectedConfig) look("the config file is refused, an earlier one is in force");
  for (const { path, message } of snapshot.warnings) look(`${path}: ${message}`);
  for (const [method, text] of Object.entries(probe.failures)) look(`${method}: ${text}`);
}

function printService(
  { json: { gatewayService } }: StatusFacts,
  { good, look, bad, say }: {
    good: (text: string) => void;
    look: (text: string) => void;
    bad: (text: string, fix: string) => void;
    say: (command: string) => string;
  },
): void {
  const { installed, externallyManaged, label, runtime, runtimeShort } = gatewayService;
  if (externallyManaged) return look("Service: a unit of the system, managed by somebody else");
  if (!installed) return look(`Service: not installed (${say("gateway install")})`);
  if (runtime?.status === "running") return good(`Service: ${label}, ${runtimeShort}`);
  bad(`Service: ${label}, ${runtimeShort}`, say("gateway status --deep"));
}

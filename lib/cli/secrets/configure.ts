/**
 * `openclaw secrets configure`: makes a plan that moves credentials out of files, checks it, and
 * applies it when that is wanted.
 *
 * @module
 */
import { AppError, type JsonObject } from "../../base/mod.ts";
import type { ConfigSnapshot } from "../../config/mod.ts";
import type { PlanTarget } from "../../secrets/plan/mod.ts";
import { readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";
import { carryOut, showResult } from "./apply.ts";
import { type Candidate, findCandidates, targetFor } from "./candidates.ts";
import { askProviders, type ProviderChanges } from "./provider_questions.ts";

/** A plan as it is written to a file. */
interface PlanFile extends ProviderChanges {
  version: 1;
  protocolVersion: 1;
  targets: JsonObject[];
  options: Readonly<Record<string, boolean>>;
}

/** Makes, checks, writes and applies a plan. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  assertOptions(context);
  const state = await readConfigState(context, "stop");
  const { paths, snapshot } = state;
  const candidates = await findCandidates(snapshot, paths, options.text("agent"));
  const file = makePlan(context, snapshot, candidates);
  if (file === undefined) {
    out.line("Nothing was chosen; nothing is changed.");
    return 0;
  }
  const { parsePlan } = await import("../../secrets/plan/mod.ts");
  const plan = parsePlan(file);
  const preflight = await carryOut(context, plan, state, true);
  const path = options.text("plan-out");
  if (path !== undefined) await writePlan(path, file);
  if (options.flag("json")) out.json({ plan: file, preflight });
  else showResult(context, preflight, paths.home);
  if (path !== undefined && !options.flag("json")) out.line(`Plan written to ${path}.`);
  if (!wantsApply(context)) return 0;
  const result = await carryOut(context, plan, state, false);
  if (options.flag("json")) out.json(result);
  else showResult(context, result, paths.home);
  return 0;
}

function assertOptions({ options, host }: CommandContext): void {
  if (options.flag("providers-only") && options.flag("skip-provider-setup")) {
    throw usage("Cannot use --providers-only with --skip-provider-setup", "secrets configure");
  }
  if (options.list("map").length > 0 || host.ask !== undefined) return;
  throw usage(
    "Cannot ask: this is no terminal, and no --map says where a credential is kept",
    "secrets configure --map <path>=env:default:<NAME> --plan-out plan.json",
  );
}

function usage(message: string, command: string): AppError {
  return new AppError("USAGE", message, { hint: `openclaw ${command}` });
}

function makePlan(
  context: CommandContext,
  snapshot: ConfigSnapshot,
  candidates: readonly Candidate[],
): PlanFile | undefined {
  const { options } = context;
  const isAsking = options.list("map").length === 0;
  const providers = isAsking && !options.flag("skip-provider-setup")
    ? askProviders(context, snapshot)
    : {};
  const targets = isAsking
    ? options.flag("providers-only") ? [] : askTargets(context, candidates)
    : options.list("map").map((text) => mappedTarget(text, candidates));
  if (targets.length === 0 && Object.keys(providers).length === 0) return undefined;
  return {
    version: 1,
    protocolVersion: 1,
    ...providers,
    targets: targets.map(asJson),
    options: {
      scrubEnv: true,
      scrubAuthProfilesForProviderTargets: true,
      scrubLegacyAuthJson: true,
    },
  };
}

function askTargets({ host, out }: CommandContext, candidates: readonly Candidate[]): PlanTarget[] {
  if (candidates.length === 0) out.line("No credential is written out in the files.");
  return candidates.flatMap((candidate) => {
    const { label, suggestion } = candidate;
    const answer = host.ask?.(`${label} [source:provider:id, such as ${suggestion}; empty skips]:`);
    return answer?.trim() ? [targetFor(candidate, answer.trim())] : [];
  });
}

/** `path=source:provider:id`; a field that has no credential yet can be named as well. */
function mappedTarget(text: string, candidates: readonly Candidate[]): PlanTarget {
  const [, path, ref] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (path === undefined || ref === undefined) {
    throw usage(
      `Cannot read --map "${text}": expected path=source:provider:id`,
      "secrets configure --map models.providers.openai.apiKey=env:default:OPENAI_API_KEY",
    );
  }
  const known = candidates.find(({ label }) => label === path.trim());
  return targetFor(known ?? { label: path.trim(), segments: path.trim().split(".") }, ref.trim());
}

function asJson({ type, segments, ref, agentId }: PlanTarget): JsonObject {
  return {
    type,
    path: segments.join("."),
    pathSegments: segments,
    ...(type === "models.providers.apiKey" ? { providerId: segments[2] } : {}),
    ...(agentId === undefined ? {} : { agentId }),
    ref,
  };
}

async function writePlan(path: string, plan: PlanFile): Promise<void> {
  const { writeFileAtomic } = await import("../../platform/mod.ts");
  await writeFileAtomic(path, `${JSON.stringify(plan, null, 2)}\n`, { mode: 0o600 });
}

function wantsApply({ options, host }: CommandContext): boolean {
  const asks = (question: string) => /^y(es)?$/i.test(host.ask?.(question)?.trim() ?? "");
  if (options.flag("apply")) {
    if (options.flag("yes")) return true;
    if (host.ask === undefined) throw usage("Missing --yes", "secrets configure --apply --yes");
    return asks("The credentials are removed from the files and no copy is kept. Apply? [y/N]:");
  }
  if (options.flag("json") || options.has("plan-out")) return false;
  return asks("Apply this plan now? [y/N]:");
}

/**
 * The credentials that a plan can move, and how an answer becomes a part of the plan.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { ConfigPaths, ConfigSnapshot, SecretRef } from "../../config/mod.ts";
import type { PlanTarget } from "../../secrets/plan/mod.ts";
import { plaintexts, profilesOf, readAgentFiles, typeOfPath } from "../../secrets/audit/mod.ts";

/** A field that holds a credential. */
export interface Candidate {
  /** How it is shown and named. */
  readonly label: string;
  readonly segments: readonly string[];
  /** Whose profile it is; absent for the configuration. */
  readonly agentId?: string;
  /** Where it could be kept. */
  readonly suggestion?: string;
  readonly type?: string;
}

/** Every credential that is written out, of the configuration and of the profiles. */
export async function findCandidates(
  { parsed }: ConfigSnapshot,
  paths: ConfigPaths,
  agent: string | undefined,
): Promise<Candidate[]> {
  const inConfig = [...plaintexts(parsed)].map(({ path }): Candidate => {
    const segments = path.map(String);
    return { label: segments.join("."), segments, suggestion: suggestionFor(segments) };
  });
  const files = await readAgentFiles(paths.stateDir, "auth-profiles.json");
  const inProfiles = files
    .filter(({ agentId }) => agent === undefined || agent === agentId)
    .flatMap((file) =>
      profilesOf(file).filter(({ plaintext }) => plaintext !== undefined)
        .map(({ id, field, provider }): Candidate => ({
          label: `${file.agentId}:profiles.${id}.${field}`,
          segments: ["profiles", id, field],
          agentId: file.agentId,
          suggestion: suggestionFor(["models", "providers", provider, "apiKey"]),
          type: field === "key" ? "auth-profiles.api_key.key" : "auth-profiles.token.token",
        }))
    );
  return [...inConfig, ...inProfiles];
}

/**
 * The part of a plan that points a field to `source:provider:id`.
 *
 * @throws {AppError} `USAGE` when it is written otherwise, or the field takes no reference.
 */
export function targetFor(
  { label, segments, agentId, type = typeOfPath(segments) }: Candidate,
  text: string,
): PlanTarget {
  const [, source, provider, id] = /^(env|file|exec):([^:]+):(.+)$/.exec(text) ?? [];
  if (source === undefined || provider === undefined || id === undefined) {
    throw new AppError("USAGE", `Cannot read reference "${text}": expected source:provider:id`, {
      hint: `Write it like env:default:OPENAI_API_KEY, file:vault:/openai or exec:helper:openai`,
    });
  }
  if (type === undefined) {
    throw new AppError("USAGE", `Cannot point "${label}" elsewhere: it takes no reference`, {
      hint: "openclaw secrets audit",
    });
  }
  const ref: SecretRef = { source: source as SecretRef["source"], provider, id };
  return { type, segments, ref, ...(agentId === undefined ? {} : { agentId }) };
}

/** A variable named after the field: `OPENAI_API_KEY`, `TELEGRAM_BOT_TOKEN`. */
function suggestionFor(segments: readonly string[]): string {
  const [first, second, third] = segments;
  const owner = first === "models" && second === "providers" ? third : second ?? first;
  const field = segments.at(-1)!.replace(/([a-z])([A-Z])/g, "$1_$2");
  const name = `${owner}_${field}`.toUpperCase().replace(/[^A-Z0-9]+/g, "_").replace(
    /^[^A-Z]+/,
    "",
  );
  return `env:default:${name}`;
}

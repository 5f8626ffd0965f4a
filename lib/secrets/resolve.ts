/**
 * Looks up what pointers lead to: each provider once, each id once, several providers side by side.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";
import { failed, unresolved } from "./failure.ts";
import {
  DEFAULT_PROVIDER_CONCURRENCY,
  DEFAULT_REFS_PER_PROVIDER,
  MAX_ALLOWLIST,
} from "./limits.ts";
import { askEnvironment } from "./providers/environment.ts";
import { DEFAULT_PROVIDER, formatRef, resolveRef } from "./reference.ts";
import type {
  ProviderAnswers,
  ProviderSettings,
  RefAtPath,
  ResolveContext,
  ResolvedRef,
  SecretOutcome,
} from "./types.ts";

/** The ids that one provider is asked for. */
interface Question {
  readonly source: ResolvedRef["source"];
  readonly provider: string;
  readonly ids: Set<string>;
}

/**
 * Looks every pointer up.
 *
 * @returns An outcome for each of `refs`, in their order; fields with plain text answer with it.
 */
export async function resolveRefs(
  refs: readonly RefAtPath[],
  context: ResolveContext,
): Promise<SecretOutcome[]> {
  const questions = new Map<string, Question>();
  const named = refs.map(({ input }) => nameOf(input, context, questions));
  const answers = new Map<string, ProviderAnswers>();
  const waiting = [...questions];
  const ask = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      answers.set(next[0], await answer(next[1], context));
    }
  };
  const width = context.config.secrets?.resolution?.maxProviderConcurrency ??
    DEFAULT_PROVIDER_CONCURRENCY;
  await Promise.all(Array.from({ length: Math.min(width, waiting.length) }, ask));
  return named.map((name) =>
    "ok" in name ? name : answers.get(keyOf(name))?.get(name.id) ??
      failed(`Provider "${name.provider}" did not answer for "${name.id}"`, AUDIT_HINT)
  );
}

const AUDIT_HINT = "openclaw secrets audit --allow-exec";

function nameOf(
  input: RefAtPath["input"],
  { config }: ResolveContext,
  questions: Map<string, Question>,
): ResolvedRef | SecretOutcome {
  try {
    const ref = resolveRef(input, config);
    if (ref === undefined) return { ok: true, value: String(input) };
    const { source, provider, id } = ref;
    const key = keyOf(ref);
    const question = questions.get(key) ?? { source, provider, ids: new Set<string>() };
    question.ids.add(id);
    questions.set(key, question);
    return ref;
  } catch (error) {
    return { ok: false, error: ownError(error) };
  }
}

/** Asks one provider; a failure of the provider as a whole is the answer to every id. */
async function answer(question: Question, context: ResolveContext): Promise<ProviderAnswers> {
  const ids = [...question.ids];
  try {
    return await askProvider(question, ids, context);
  } catch (thrown) {
    const outcome: SecretOutcome = { ok: false, error: ownError(thrown) };
    return new Map(ids.map((id) => [id, outcome]));
  }
}

async function askProvider(
  { source, provider }: Question,
  ids: readonly string[],
  context: ResolveContext,
): Promise<ProviderAnswers> {
  const { config, env } = context;
  const settings = settingsOf(source, provider, ids[0]!, context);
  const limit = config.secrets?.resolution?.maxRefsPerProvider ?? DEFAULT_REFS_PER_PROVIDER;
  if (ids.length > limit) {
    throw unresolved(
      `Provider "${provider}" would be asked for ${ids.length} secrets, the limit is ${limit}`,
      `openclaw config set secrets.resolution.maxRefsPerProvider ${ids.length}`,
    );
  }
  if (source === "env") return askEnvironment(provider, ids, settings, env);
  if (source === "file") {
    const { askFile } = await import("./providers/file.ts");
    return await askFile(provider, ids, settings!);
  }
  const { askProgram } = await import("./providers/program.ts");
  return await askProgram(provider, ids, settings!, context);
}

/** The provider's settings; absent only for the variables of the implicit provider. */
function settingsOf(
  source: ResolvedRef["source"],
  provider: string,
  id: string,
  { config }: ResolveContext,
): ProviderSettings | undefined {
  const providers = config.secrets?.providers ?? {};
  const settings = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
  if (settings === undefined) {
    if (source === "env" && provider === DEFAULT_PROVIDER) return undefined;
    throw unresolved(
      `Secret provider "${provider}" is not configured (ref: ${
        formatRef({ source, provider, id })
      })`,
      `openclaw config set secrets.providers.${provider} '{"source":"${source}"}' --strict-json`,
    );
  }
  if (settings.source !== source) {
    throw unresolved(
      `Secret provider "${provider}" has source "${settings.source}", the reference wants "${source}"`,
      `openclaw config get secrets.providers.${provider}`,
    );
  }
  if ((settings.allowlist?.length ?? 0) > MAX_ALLOWLIST) {
    throw unresolved(
      `secrets.providers.${provider}.allowlist has more than ${MAX_ALLOWLIST} entries`,
      `openclaw config get secrets.providers.${provider}.allowlist`,
    );
  }
  return settings;
}

function keyOf({ source, provider }: Pick<ResolvedRef, "source" | "provider">): string {
  return `${source}:${provider}`;
}

/** A failure that is ours to tell; anything else is a defect and goes on. */
function ownError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  throw thrown;
}
